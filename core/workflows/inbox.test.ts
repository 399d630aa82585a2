import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AskBody, AskKind } from '../domain/ask.ts';
import type { MessageRef, Place } from '../domain/chat.ts';
import type { Person } from '../domain/policy.ts';
import { localTime, ownZone } from '../domain/zoned.ts';
import { Failure } from '../errors.ts';
import type { Result } from '../protocol.ts';
import { askings, asks } from '../store/ask-schema.ts';
import { people } from '../store/schema.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const platforms = ['fake', 'red', 'green', 'blue'];

let house: CoreHouse;
let count = 0;
/** Who starts a task and who else there is, new for each test. */
let ana: Person;
let ben: Person;

beforeAll(async () => {
  house = await openCore({ maxWorkers: 60, escalateMs: 4 * hourMs }, [
    { platform: 'red' },
    { platform: 'green', forms: 'reply' },
    { platform: 'blue' },
  ]);
  await house.core.start();
});
afterAll(() => house.close());
beforeEach(async () => {
  // Nobody of another test hears of this one's asks, and of theirs there are none.
  for (const { id } of await house.store.asks.inbox()) await house.store.asks.withdraw(id, 1);
  await house.db.update(people).set({ role: 'viewer' });
  count += 1;
  ana = await house.admit(`ana${count}`, 'owner');
  ben = await house.admit(`ben${count}`, 'member');
  for (const platform of platforms.slice(1)) await house.join(ana.name, platform);
});

const chat = (platform: string) => {
  const found = house.chats.get(platform);
  if (!found) throw new Error(platform);
  return found;
};
const dm = (person: Person, platform = 'fake'): Place => ({
  ...{ platform, space: 'T1', channel: `dm-${person.name}`, dm: true },
});
/** All that was sent to a place, as it reads now. */
const sentTo = (place: Place) =>
  chat(place.platform).messages.filter((message) => message.ref.place.channel === place.channel);
const textsTo = (place: Place) => sentTo(place).map(({ doc }) => [doc.title, doc.text].filter(Boolean).join('\n'));
const reads = (place: Place, part: string) =>
  eventually(`"${part}" for ${place.channel} on ${place.platform}`, async () =>
    sentTo(place).find(({ doc }) => `${doc.title}\n${doc.text}`.includes(part)),
  );

type Questions = Extract<Result, { type: 'question' }>['questions'];

const plan: AskBody = { kind: 'plan', summary: 'Do it.', version: 1 };

/** A task of Ana's that asks her something. */
async function asked(body: AskBody = plan): Promise<{ task: number; ask: number; thread: Place }> {
  const thread = house.newPlace();
  const id = await house.propose(thread, { planFirst: body.kind === 'plan' });
  await house.press(ana.name, thread, `confirm:${id}`);
  const task = await eventually('a task', async () => (await house.store.proposals.find(id))?.task);
  const worker = await house.worker(task);
  await house.core.door.result(
    worker,
    body.kind === 'question'
      ? { type: 'question', questions: structuredClone(body.questions) as Questions, session: 's' }
      : { type: 'plan', plan: 'Do it.', summary: 'Do it.', session: 's' },
  );
  const ask = await eventually('an ask', async () => (await house.store.asks.openOf(task))[0]);
  await eventually('who hears of it', () => house.store.inbox.asking(ask.id, ana.id));
  return { task, ask: ask.id, thread };
}

/** Lets time pass for one ask and person: what is due in `ms` is due now. */
async function pass(ask: number, person: Person, ms: number): Promise<void> {
  const asking = await house.store.inbox.asking(ask, person.id);
  const dueAt = asking?.dueAt;
  if (dueAt === null || dueAt === undefined) return;
  await house.db
    .update(askings)
    .set({ dueAt: dueAt - ms, snoozedUntil: asking?.snoozedUntil ? asking.snoozedUntil - ms : null })
    .where(eq(askings.person, person.id));
}

const say = async (by: Person, text: string, place = house.newPlace()) => {
  const { replies } = chat(place.platform);
  const before = replies.length;
  await house.command(by.name, place, text);
  return eventually(`an answer to ${text}`, async () => replies[before]);
};

const rounds = (n: number) => new Promise((wait) => setTimeout(wait, n * 1_100));

describe('an ask goes', () => {
  test('to the DM used last, and the thread reads one line', async () => {
    const { task, thread } = await asked();
    await reads(dm(ana), `#${task} wants you to read its plan`);
    const line = await reads(thread, `I asked ${ana.name} to read the plan of **#${task}**`);
    expect(line.doc.buttons).toBeUndefined();
    for (const platform of platforms.slice(1)) expect(sentTo(dm(ana, platform))).toEqual([]);
  });

  test('to all four surfaces that a person chose; the first answer wins and every copy says so', async () => {
    expect((await say(ana, 'inbox via fake, red, green, blue')).text).toContain('your DM on fake, red, green and blue');
    const { task, ask } = await asked();
    const copies = await Promise.all(platforms.map((platform) => reads(dm(ana, platform), `#${task} wants you`)));
    await Promise.all([
      house.press(ana.name, dm(ana, 'green'), `answer:${ask}:approve`),
      house.press(ana.name, dm(ana, 'blue'), `answer:${ask}:drop`),
    ]);
    const { answeredOn } = await eventually('an answer', async () => {
      const found = await house.store.asks.find(ask);
      return found?.state === 'answered' && found;
    });
    await eventually('all copies', async () =>
      copies.every(({ doc }) => doc.text.includes(`by ${ana.name} on ${answeredOn}`)),
    );
    for (const { doc } of copies) expect(doc.buttons).toBeUndefined();
  });

  test('to the next surface when one cannot be reached, and to the thread at last', async () => {
    const closed = new Failure('DMs are closed.', { code: 'unreachable', remedy: 'never' });
    await say(ana, 'inbox via red');
    chat('red').failNext('dm', closed);
    const first = await asked();
    await reads(dm(ana), `#${first.task} wants you`);
    for (const platform of platforms) chat(platform).failNext('dm', closed);
    const second = await asked();
    const card = await reads(second.thread, `#${second.task} wants you`);
    expect(card.doc.buttons?.flat().map(({ label }) => label)).toContain('Approve plan');
    expect(textsTo(second.thread).filter((text) => text.includes('I asked'))).toEqual([]);
  });

  test('nowhere that a person has no account', async () => {
    expect((await say(ben, 'inbox via red')).text).toBe('You have no account on red here. Yours: fake.');
    expect((await say(ana, 'inbox via last')).text).toContain('used last');
  });
});

describe('an ask that nobody answers', () => {
  test('goes once to everybody else who may answer, and to nobody who may not', async () => {
    const vic = await house.admit(`vic${count}`, 'viewer');
    const { task, ask } = await asked();
    await reads(dm(ana), `#${task} wants you`);
    await rounds(2);
    expect(sentTo(dm(ben))).toEqual([]);
    await house.db
      .update(asks)
      .set({ escalateAt: Date.now() - 1 })
      .where(eq(asks.id, ask));
    const copy = await reads(dm(ben), `#${task} wants you`);
    await rounds(2);
    expect(sentTo(dm(ben))).toHaveLength(1);
    expect(sentTo(dm(vic))).toEqual([]);
    expect(sentTo(dm(ana))).toHaveLength(1);
    expect((await house.store.inbox.asking(ask, ben.id))?.dueAt).toBeNull();
    await house.press(ben.name, dm(ben), `answer:${ask}:approve`);
    await eventually(
      'both copies',
      async () => copy.doc.text.includes('approved') && textsTo(dm(ana))[0]?.includes(`by ${ben.name}`),
    );
  });

  test('is reminded of after 1, 3 and 7 days and then weekly, by a line that links to its card', async () => {
    const { task, ask } = await asked();
    await reads(dm(ana), `#${task} wants you`);
    for (const [n, days] of [1, 2, 4, 7, 7].entries()) {
      await pass(ask, ana, days * dayMs - 60_000);
      await rounds(1);
      expect(textsTo(dm(ana)).filter((text) => text.includes('still waits'))).toHaveLength(n);
      await pass(ask, ana, 60_000);
      await eventually(
        `reminder ${n}`,
        async () => textsTo(dm(ana)).filter((text) => text.includes('still waits')).length === n + 1,
      );
      await eventually(
        'the next',
        async () => ((await house.store.inbox.asking(ask, ana.id))?.dueAt ?? 0) > Date.now(),
      );
    }
    const card = sentTo(dm(ana))[0]?.ref.id;
    expect(textsTo(dm(ana)).at(-1)).toContain(
      `[#${task}](https://chat.example/${card}) still waits for you: plan to read`,
    );
    await house.say(ana.name, dm(ana), 'yes', { replyTo: sentTo(dm(ana)).at(-1)?.ref as MessageRef });
    await eventually('an answer', async () => (await house.store.asks.find(ask))?.answer?.type === 'approve');
  });

  test('is reminded of once when the program dies between the reminder and the note of it', async () => {
    const { ask } = await asked();
    await reads(dm(ana), 'wants you');
    const { told } = house.store.inbox;
    let deaths = 2;
    house.store.inbox.told = async (asking, next) => {
      deaths -= 1;
      if (deaths >= 0) throw new Error('killed here');
      return told(asking, next);
    };
    await pass(ask, ana, dayMs);
    await eventually('the note', async () => (await house.store.inbox.asking(ask, ana.id))?.told === 2);
    house.store.inbox.told = told;
    await rounds(1);
    expect(textsTo(dm(ana)).filter((text) => text.includes('still waits'))).toHaveLength(1);
  });

  test('a thumb on a reminder approves nothing', async () => {
    const { ask } = await asked();
    await reads(dm(ana), 'wants you');
    await pass(ask, ana, dayMs);
    const line = await reads(dm(ana), 'still waits');
    await house.react(ana.name, line.ref, 'yes');
    await rounds(1);
    expect((await house.store.asks.find(ask))?.state).toBe('open');
  });
});

describe('putting off', () => {
  test('by "Later" is three touches to choose from, and then one word when it comes again', async () => {
    const { task, ask } = await asked();
    await reads(dm(ana), 'wants you');
    const before = house.chat.replies.length;
    await house.press(ana.name, dm(ana), `later:${ask}`);
    const offer = await eventually('the offer', async () => house.chat.replies[before]);
    expect(offer.buttons?.flat().map(({ label }) => label)).toEqual([
      'In 1 hour',
      'This evening',
      'Tomorrow morning',
      'Another time…',
    ]);
    await house.press(ana.name, dm(ana), offer.buttons?.[0]?.[0]?.token ?? '');
    expect((await eventually('an answer', async () => house.chat.replies[before + 1])).text).toContain(
      `about #${task} again`,
    );
    const until = (await house.store.inbox.asking(ask, ana.id))?.snoozedUntil ?? 0;
    expect(Math.abs(until - Date.now() - hourMs)).toBeLessThan(10_000);
    // Nobody else is asked before either.
    expect((await house.store.asks.find(ask))?.escalateAt).toBeGreaterThanOrEqual(until);
    expect((await say(ana, 'inbox')).text).toContain('put off, again');
    await pass(ask, ana, hourMs);
    await reads(dm(ana), 'still waits');
  });

  test('works where there are no forms, by words too, and keeps no dead buttons', async () => {
    const { ask } = await asked();
    await house.press(ana.name, dm(ana, 'green'), `later:${ask}`);
    const offer = await reads(dm(ana, 'green'), 'When shall I ask you');
    await house.press(ana.name, dm(ana, 'green'), `snooze:${ask}:at`);
    const prompt = await reads(dm(ana, 'green'), 'When? For example');
    await house.say(ana.name, dm(ana, 'green'), 'in 3h', { replyTo: prompt.ref });
    await reads(dm(ana, 'green'), "I'll ask you about");
    await eventually('no buttons', async () => offer.doc.buttons === undefined);
    expect((await house.store.inbox.asking(ask, ana.id))?.snoozedUntil).toBeGreaterThan(Date.now() + 2 * hourMs);
  });

  test.each([
    ['snooze #TASK 2h', 'again'],
    ['snooze #TASK soon', 'did not understand'],
    ['snooze #999999 2h', 'Nothing of #999999'],
    ['snooze 2h', 'again'],
  ])('"%s" answers "%s"', async (text, part) => {
    const { task } = await asked();
    expect((await say(ana, text.replace('TASK', `${task}`))).text).toContain(part);
  });

  test('is nothing for who may not answer, or when it is answered', async () => {
    const vic = await house.admit(`vic${count}`, 'viewer');
    const { task, ask } = await asked();
    expect((await say(vic, `snooze #${task} 2h`)).text).toContain("can't");
    await house.store.asks.withdraw(ask, 1);
    const before = house.chat.replies.length;
    await house.press(ana.name, dm(ana), `snooze:${ask}:1h`);
    expect((await eventually('an answer', async () => house.chat.replies[before])).text).toContain(
      'no answer any more',
    );
  });
});

describe('handing over', () => {
  test('asks the other at once, reminds only them, and all cards say so', async () => {
    const { task, ask } = await asked();
    const mine = await reads(dm(ana), 'wants you');
    expect((await say(ana, `delegate #${task} ${ben.name.toUpperCase()}`)).text).toContain(
      `${ben.name} is asked about #${task}`,
    );
    const theirs = await reads(dm(ben), `#${task} wants you`);
    expect(theirs.doc.note).toContain(`${ana.name} handed this to ${ben.name}.`);
    await eventually('the first copy', async () => mine.doc.note?.includes('handed this to'));
    expect((await house.store.inbox.asking(ask, ana.id))?.dueAt).toBeNull();
    await eventually('shown', async () => (await house.store.inbox.asking(ask, ben.id))?.told === 1);
    await pass(ask, ben, dayMs);
    await reads(dm(ben), 'still waits');
    expect(textsTo(dm(ana)).filter((text) => text.includes('still waits'))).toEqual([]);
  });

  test('works by a mention, and not to somebody who is unknown or may not answer', async () => {
    const vic = await house.admit(`vic${count}`, 'viewer');
    const { task } = await asked();
    expect((await say(ana, `delegate #${task} Nobody`)).text).toContain('nobody called Nobody');
    expect((await say(ana, `delegate #${task} ${vic.name}`)).text).toContain("can't answer");
    expect((await say(vic, `delegate #${task} ${ben.name}`)).text).toContain("can't");
    expect((await say(ana, `delegate #${task} <@${ben.name}>`)).text).toContain('is asked about');
  });
});

describe('quiet hours', () => {
  /** Hours of a day around now, or that ended just before. */
  const hours = (from: number, to: number) => {
    const { minute } = localTime(Date.now(), ownZone());
    return { from: (minute + from + 1440) % 1440, to: (minute + to + 1440) % 1440 };
  };
  const over = async (person: Person) => {
    const at = Date.now() - 1;
    await house.store.inbox.set(person.id, { quiet: hours(-120, 0), digestAt: at });
    await house.db.update(askings).set({ dueAt: at }).where(eq(askings.person, person.id));
  };

  test('hold asks back; afterwards comes one digest, then the asks', async () => {
    await house.store.inbox.set(ana.id, { quiet: hours(-60, 60), digestAt: Date.now() + hourMs });
    const { task, ask } = await asked();
    await rounds(2);
    expect(sentTo(dm(ana))).toEqual([]);
    expect((await house.store.inbox.asking(ask, ana.id))?.told).toBe(0);
    await house.store.digest.spent(task, 6.4, Date.now() - dayMs);
    await over(ana);
    await reads(dm(ana), 'wants you');
    await rounds(2);
    expect(textsTo(dm(ana))).toEqual([
      `While you were away: 1 waits for you (#${task}). $6.40 yesterday.`,
      expect.stringContaining(`#${task} wants you to read its plan`),
    ]);
    expect((await house.store.inbox.of(ana.id)).digestAt).toBeGreaterThan(Date.now());
  });

  test('hold reminders and asks of others back too, and say nothing when nothing happened', async () => {
    const { task, ask } = await asked();
    await reads(dm(ana), 'wants you');
    const quiet = { quiet: hours(-60, 60), digestAt: Date.now() + hourMs };
    await house.store.inbox.set(ana.id, quiet);
    await house.store.inbox.set(ben.id, quiet);
    await pass(ask, ana, dayMs);
    await house.db
      .update(asks)
      .set({ escalateAt: Date.now() - 1 })
      .where(eq(asks.id, ask));
    await rounds(3);
    expect(textsTo(dm(ana)).filter((text) => text.includes('still waits'))).toEqual([]);
    expect(sentTo(dm(ben))).toEqual([]);
    await house.press(ana.name, dm(ana), `answer:${ask}:drop`);
    await eventually('the end', async () => (await house.status(task)).phase === 'cancelled');
    await over(ben);
    await eventually(
      'the end of the quiet',
      async () => ((await house.store.inbox.of(ben.id)).digestAt ?? 0) > Date.now(),
    );
    await rounds(2);
    expect(sentTo(dm(ben))).toEqual([]);
  });

  test('are set, shown and taken away by a command; what they held back comes then', async () => {
    expect((await say(ana, 'quiet')).text).toContain('No quiet hours');
    expect((await say(ana, 'quiet 25:00-08:00')).text).toContain('did not understand');
    expect((await say(ana, 'quiet 22:00-08:00 Mars/Base')).text).toContain('no time zone `Mars/Base`');
    expect((await say(ana, 'quiet 22:00-8:00 europe/berlin')).text).toContain(
      'Quiet from 22:00 to 08:00 (Europe/Berlin)',
    );
    expect((await house.store.inbox.of(ana.id)).digestAt).toBeGreaterThan(Date.now());
    await house.store.inbox.set(ana.id, { quiet: hours(-60, 60), zone: null, digestAt: Date.now() + hourMs });
    const { task } = await asked();
    expect((await say(ana, 'quiet off')).text).toContain('No quiet hours');
    await reads(dm(ana), `#${task} wants you`);
  });
});

describe('the inbox', () => {
  const question: AskBody = {
    kind: 'question',
    questions: [{ question: 'Which?', header: '', options: [], multiSelect: false }],
  };

  test('lists what one may answer, stopped workers first, each a link to its card', async () => {
    const first = await asked(question);
    const second = await asked();
    await reads(dm(ana), `#${second.task} wants you`);
    const warned: AskKind = 'budget';
    const body: AskBody = { kind: 'budget', spentUsd: 4, limitUsd: 5, hard: false };
    await asked().then(async ({ task, ask }) => {
      await house.store.asks.withdraw(ask, 1);
      await house.store.tasks.advance(task, { type: 'run_started', kind: 'plan' }, `run:${task}`, Date.now());
      await house.store.asks.open({ origin: `w${task}`, task, kind: warned, body, at: 1 });
    });
    const doc = await say(ana, 'inbox', dm(ana));
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
    const vic = await house.admit(`vic${count}`, 'viewer');
    expect((await say(vic, 'inbox')).text).toBe('Nothing waits for you.');
  });

  test('shows a card again that was lost, with its buttons, and keeps it true', async () => {
    const { task, ask } = await asked();
    await reads(dm(ana), 'wants you');
    await house.press(ben.name, dm(ben), `show:${ask}`);
    const copy = await reads(dm(ben), `#${task} wants you`);
    await house.press(ben.name, dm(ben), `answer:${ask}:approve`);
    await eventually('the copy', async () => copy.doc.buttons === undefined);
    await house.press(ben.name, dm(ben), `show:${ask}`);
    await eventually('a word', async () => house.chat.replies.at(-1)?.text.includes('no answer any more'));
  });
});
