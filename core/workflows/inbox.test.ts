import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AskBody } from '../domain/ask.ts';
import { Failure } from '../errors.ts';
import { asks } from '../store/ask-schema.ts';
import { eq } from '../store/drizzle.ts';
import { type CoreHouse, eventually } from '../testing/core.ts';
import { dayMs, dm, type InboxScene, newScene, openInboxHouse, platforms, rounds } from '../testing/inbox.ts';

let house: CoreHouse;
let scene: InboxScene;
let count = 0;

beforeAll(async () => {
  house = await openInboxHouse();
});
afterAll(() => house.close());
beforeEach(async () => {
  count += 1;
  scene = await newScene(house, count);
});

describe('an ask goes', () => {
  test('to the DM used last, and the thread reads one line', async () => {
    const { task, thread } = await scene.asked();
    await scene.reads(dm(scene.ana), `#${task} wants you to read its plan`);
    const line = await scene.reads(thread, `I asked ${scene.ana.name} to read the plan of **#${task}**`);
    expect(line.doc.buttons).toBeUndefined();
    for (const platform of platforms.slice(1)) expect(scene.sentTo(dm(scene.ana, platform))).toEqual([]);
  });

  test('to the DM of the platform to which its person came back a moment after they left it', async () => {
    for (const platform of ['fake', 'red']) await scene.say(scene.ana, 'inbox', house.newPlace(platform));
    const { task } = await scene.asked();
    await scene.reads(dm(scene.ana), `#${task} wants you to read its plan`);
  });

  test('to all four surfaces that a person chose; the first answer wins and every copy says so', async () => {
    expect((await scene.say(scene.ana, 'inbox via fake, red, green, blue')).text).toContain(
      'your DM on fake, red, green and blue',
    );
    const { task, ask } = await scene.asked();
    const copies = await Promise.all(
      platforms.map((platform) => scene.reads(dm(scene.ana, platform), `#${task} wants you`)),
    );
    await Promise.all([
      house.press(scene.ana.name, dm(scene.ana, 'green'), `answer:${ask}:approve`),
      house.press(scene.ana.name, dm(scene.ana, 'blue'), `answer:${ask}:drop`),
    ]);
    const { answeredOn } = await eventually('an answer', async () => {
      const found = await house.store.asks.find(ask);
      return found?.state === 'answered' && found;
    });
    await eventually('all copies', async () =>
      copies.every(({ doc }) => doc.text.includes(`by ${scene.ana.name} on ${answeredOn}`)),
    );
    for (const { doc } of copies) expect(doc.buttons).toBeUndefined();
  });

  test('to the next surface when one cannot be reached, and to the thread at last', async () => {
    const closed = new Failure('DMs are closed.', { code: 'unreachable', remedy: 'never' });
    await scene.say(scene.ana, 'inbox via red');
    scene.chat('red').failNext('dm', closed);
    const first = await scene.asked();
    await scene.reads(dm(scene.ana), `#${first.task} wants you`);
    for (const platform of platforms) scene.chat(platform).failNext('dm', closed);
    const second = await scene.asked();
    const card = await scene.reads(second.thread, `#${second.task} wants you`);
    expect(card.doc.buttons?.flat().map(({ label }) => label)).toContain('Approve plan');
    expect(scene.textsTo(second.thread).filter((text) => text.includes('I asked'))).toEqual([]);
  });

  test('nowhere that a person has no account', async () => {
    expect((await scene.say(scene.ben, 'inbox via red')).text).toBe('You have no account on red here. Yours: fake.');
    expect((await scene.say(scene.ana, 'inbox via last')).text).toContain('used last');
  });
});

describe('an ask that nobody answers', () => {
  test('goes once to everybody else who may answer, and to nobody who may not', async () => {
    const { task, ask } = await scene.asked();
    await scene.reads(dm(scene.ana), `#${task} wants you`);
    await rounds(2);
    expect(scene.sentTo(dm(scene.ben))).toEqual([]);
    await house.db
      .update(asks)
      .set({ escalateAt: Date.now() - 1 })
      .where(eq(asks.id, ask));
    const copy = await scene.reads(dm(scene.ben), `#${task} wants you`);
    await rounds(2);
    expect(scene.sentTo(dm(scene.ben))).toHaveLength(1);
    expect(scene.sentTo(dm(scene.vic))).toEqual([]);
    expect(scene.sentTo(dm(scene.ana))).toHaveLength(1);
    expect((await house.store.askings.find(ask, scene.ben.id))?.dueAt).toBeNull();
    await house.press(scene.ben.name, dm(scene.ben), `answer:${ask}:approve`);
    await eventually(
      'both copies',
      async () =>
        copy.doc.text.includes('approved') && scene.textsTo(dm(scene.ana))[0]?.includes(`by ${scene.ben.name}`),
    );
  });

  test('is reminded of after 1, 3 and 7 days and then weekly, by a line that links to its card', async () => {
    const { task, ask } = await scene.asked();
    await scene.reads(dm(scene.ana), `#${task} wants you`);
    for (const [n, days] of [1, 2, 4, 7, 7].entries()) {
      await scene.pass(ask, scene.ana, days * dayMs - 60_000);
      await rounds(1);
      expect(scene.textsTo(dm(scene.ana)).filter((text) => text.includes('still waits'))).toHaveLength(n);
      await scene.pass(ask, scene.ana, 60_000);
      await eventually(
        `reminder ${n}`,
        async () => scene.textsTo(dm(scene.ana)).filter((text) => text.includes('still waits')).length === n + 1,
      );
      await eventually(
        'the next',
        async () => ((await house.store.askings.find(ask, scene.ana.id))?.dueAt ?? 0) > Date.now(),
      );
    }
    const card = scene.sentTo(dm(scene.ana))[0]?.ref.id;
    expect(scene.textsTo(dm(scene.ana)).at(-1)).toContain(
      `[#${task}](https://chat.example/${card}) still waits for you: plan to read`,
    );
    await house.say(scene.ana.name, dm(scene.ana), 'yes', {
      replyTo: scene.sentTo(dm(scene.ana)).at(-1)?.ref ?? { place: dm(scene.ana), id: '' },
    });
    await eventually('an answer', async () => (await house.store.asks.find(ask))?.answer?.type === 'approve');
  });

  test('is reminded of once when the program dies between the reminder and the note of it', async () => {
    const { ask } = await scene.asked();
    await scene.reads(dm(scene.ana), 'wants you');
    const { told } = house.store.askings;
    let deaths = 2;
    house.store.askings.told = async (asking, next) => {
      deaths -= 1;
      if (deaths >= 0) throw new Error('killed here');
      return told(asking, next);
    };
    await scene.pass(ask, scene.ana, dayMs);
    await eventually('the note', async () => (await house.store.askings.find(ask, scene.ana.id))?.told === 2);
    house.store.askings.told = told;
    await rounds(1);
    expect(scene.textsTo(dm(scene.ana)).filter((text) => text.includes('still waits'))).toHaveLength(1);
  });

  test('a thumb on a reminder approves nothing', async () => {
    const { ask } = await scene.asked();
    await scene.reads(dm(scene.ana), 'wants you');
    await scene.pass(ask, scene.ana, dayMs);
    const line = await scene.reads(dm(scene.ana), 'still waits');
    await house.react(scene.ana.name, line.ref, 'yes');
    await rounds(1);
    expect((await house.store.asks.find(ask))?.state).toBe('open');
  });
});

describe('the inbox', () => {
  const question: AskBody = {
    kind: 'question',
    questions: [{ question: 'Which?', header: '', options: [], multiSelect: false }],
  };

  test('lists what one may answer, stopped workers first, each a link to its card', async () => {
    const first = await scene.asked(question);
    const second = await scene.asked();
    await scene.reads(dm(scene.ana), `#${second.task} wants you`);
    const body: AskBody = { kind: 'budget', spentUsd: 4, limitUsd: 5, hard: false };
    await scene.asked().then(async ({ task, ask }) => {
      await house.store.asks.withdraw(ask, 1);
      await house.store.tasks.advance(task, { type: 'run_started', kind: 'plan' }, `run:${task}`, Date.now());
      await house.store.asks.open({ origin: `w${task}`, task, kind: body.kind, body, at: 1 });
    });
    const doc = await scene.say(scene.ana, 'inbox', dm(scene.ana));
    expect(doc.title).toBe('3 things wait for you');
    const lines = doc.text.split('\n');
    expect(lines[0]).toMatch(
      new RegExp(`^1\\. \\[#${first.task}\\]\\(https://chat.example/.*\\) asks Which\\? · .*worker stopped, just now`),
    );
    expect(lines[1]).toContain(`[#${second.task}](https://chat.example/`);
    expect(lines[2]).toContain('close to its budget');
    expect(
      doc.buttons
        ?.flat()
        .map(({ label }) => label)
        .slice(0, 2),
    ).toEqual([`Show #${first.task}`, `Show #${second.task}`]);
    expect((await scene.say(scene.vic, 'inbox')).text).toBe('Nothing waits for you.');
  });

  test('shows a card again that was lost, with its buttons, and keeps it true', async () => {
    const { task, ask } = await scene.asked();
    await scene.reads(dm(scene.ana), 'wants you');
    await house.press(scene.ben.name, dm(scene.ben), `show:${ask}`);
    const copy = await scene.reads(dm(scene.ben), `#${task} wants you`);
    await house.press(scene.ben.name, dm(scene.ben), `answer:${ask}:approve`);
    await eventually('the copy', async () => copy.doc.buttons === undefined);
    await house.press(scene.ben.name, dm(scene.ben), `show:${ask}`);
    await eventually('a word', async () => house.chat.replies.at(-1)?.text.includes('no answer any more'));
  });
});
