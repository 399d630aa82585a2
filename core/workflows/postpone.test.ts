import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Person } from '../domain/policy.ts';
import { localTime, ownZone } from '../domain/zoned.ts';
import { askings, asks } from '../store/ask-schema.ts';
import { eq } from '../store/drizzle.ts';
import { type CoreHouse, eventually } from '../testing/core.ts';
import { dayMs, dm, hourMs, type InboxScene, newScene, openInboxHouse, rounds } from '../testing/inbox.ts';

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

describe('putting off', () => {
  test('by "Later" is three touches to choose from, and then one word when it comes again', async () => {
    const { task, ask } = await scene.asked();
    await scene.reads(dm(scene.ana), 'wants you');
    const before = house.chat.replies.length;
    await house.press(scene.ana.name, dm(scene.ana), `later:${ask}`);
    const offer = await eventually('the offer', async () => house.chat.replies[before]);
    expect(offer.buttons?.flat().map(({ label }) => label)).toEqual([
      'In 1 hour',
      'This evening',
      'Tomorrow morning',
      'Another time…',
    ]);
    await house.press(scene.ana.name, dm(scene.ana), offer.buttons?.[0]?.[0]?.token ?? '');
    expect((await eventually('an answer', async () => house.chat.replies[before + 1])).text).toContain(
      `about #${task} again`,
    );
    const until = (await house.store.askings.find(ask, scene.ana.id))?.snoozedUntil ?? 0;
    expect(Math.abs(until - Date.now() - hourMs)).toBeLessThan(10_000);
    // Nobody else is asked before either.
    expect((await house.store.asks.find(ask))?.escalateAt).toBeGreaterThanOrEqual(until);
    expect((await scene.say(scene.ana, 'inbox')).text).toContain('put off, again');
    await scene.pass(ask, scene.ana, hourMs);
    await scene.reads(dm(scene.ana), 'still waits');
  });

  test('works where there are no forms, by words too, and keeps no dead buttons', async () => {
    const { ask } = await scene.asked();
    await house.press(scene.ana.name, dm(scene.ana, 'green'), `later:${ask}`);
    const offer = await scene.reads(dm(scene.ana, 'green'), 'When shall I ask you');
    await house.press(scene.ana.name, dm(scene.ana, 'green'), `snooze:${ask}:at`);
    const prompt = await scene.reads(dm(scene.ana, 'green'), 'When? For example');
    await house.say(scene.ana.name, dm(scene.ana, 'green'), 'in 3h', { replyTo: prompt.ref });
    await scene.reads(dm(scene.ana, 'green'), "I'll ask you about");
    await eventually('no buttons', async () => offer.doc.buttons === undefined);
    expect((await house.store.askings.find(ask, scene.ana.id))?.snoozedUntil).toBeGreaterThan(Date.now() + 2 * hourMs);
  });

  test.each([
    ['snooze #TASK 2h', 'again'],
    ['snooze #TASK soon', 'did not understand'],
    ['snooze #999999 2h', 'Nothing of #999999'],
    ['snooze 2h', 'again'],
  ])('"%s" answers "%s"', async (text, part) => {
    const { task } = await scene.asked();
    expect((await scene.say(scene.ana, text.replace('TASK', `${task}`))).text).toContain(part);
  });

  test('is a reply to the card, too; what only begins like it is an answer', async () => {
    const { ask, task } = await scene.asked();
    const card = await scene.reads(dm(scene.ana), 'wants you');
    const thread = { ...dm(scene.ana), thread: card.ref.id };
    await house.say(scene.ana.name, thread, 'snooze 3h');
    await scene.reads(dm(scene.ana), `I'll ask you about #${task} again`);
    await house.say(scene.ana.name, thread, `delegate to ${scene.ben.name}`);
    await scene.reads(dm(scene.ben), `#${task} wants you`);
    expect((await house.store.asks.find(ask))?.state).toBe('open');
    await house.say(scene.ana.name, thread, 'delegate the check to the form');
    const { answer } = await eventually('an answer', async () => {
      const found = await house.store.asks.find(ask);
      return found?.answer && found;
    });
    expect(answer).toEqual({ type: 'revise', text: 'delegate the check to the form' });
  });

  test('is nothing for who may not answer, or when it is answered', async () => {
    const { task, ask } = await scene.asked();
    expect((await scene.say(scene.vic, `snooze #${task} 2h`)).text).toContain("can't");
    await house.store.asks.withdraw(ask, 1);
    const before = house.chat.replies.length;
    await house.press(scene.ana.name, dm(scene.ana), `snooze:${ask}:1h`);
    expect((await eventually('an answer', async () => house.chat.replies[before])).text).toContain(
      'no answer any more',
    );
  });
});

describe('handing over', () => {
  test('asks the other at once, reminds only them, and all cards say so', async () => {
    const { task, ask } = await scene.asked();
    const mine = await scene.reads(dm(scene.ana), 'wants you');
    expect((await scene.say(scene.ana, `delegate #${task} ${scene.ben.name.toUpperCase()}`)).text).toContain(
      `${scene.ben.name} is asked about #${task}`,
    );
    const theirs = await scene.reads(dm(scene.ben), `#${task} wants you`);
    expect(theirs.doc.note).toContain(`${scene.ana.name} handed this to ${scene.ben.name}.`);
    await eventually('the first copy', async () => mine.doc.note?.includes('handed this to'));
    expect((await house.store.askings.find(ask, scene.ana.id))?.dueAt).toBeNull();
    await eventually('shown', async () => (await house.store.askings.find(ask, scene.ben.id))?.told === 1);
    await scene.pass(ask, scene.ben, dayMs);
    await scene.reads(dm(scene.ben), 'still waits');
    expect(scene.textsTo(dm(scene.ana)).filter((text) => text.includes('still waits'))).toEqual([]);
  });

  test('works by a mention, and not to somebody who is unknown or may not answer', async () => {
    const { task } = await scene.asked();
    expect((await scene.say(scene.ana, `delegate #${task} Nobody`)).text).toContain('nobody called Nobody');
    expect((await scene.say(scene.ana, `delegate #${task} ${scene.vic.name}`)).text).toContain("can't answer");
    expect((await scene.say(scene.vic, `delegate #${task} ${scene.ben.name}`)).text).toContain("can't");
    expect((await scene.say(scene.ana, `delegate #${task} <@${scene.ben.name}>`)).text).toContain('is asked about');
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
    await house.store.inbox.set(scene.ana.id, { quiet: hours(-60, 60), digestAt: Date.now() + hourMs });
    const { task, ask } = await scene.asked();
    await rounds(2);
    expect(scene.sentTo(dm(scene.ana))).toEqual([]);
    expect((await house.store.askings.find(ask, scene.ana.id))?.told).toBe(0);
    await house.store.digest.spent(task, 6.4, Date.now() - dayMs);
    await over(scene.ana);
    await scene.reads(dm(scene.ana), 'wants you');
    await rounds(2);
    expect(scene.textsTo(dm(scene.ana))).toEqual([
      `While you were away: 1 waits for you (#${task}). $6.40 yesterday.`,
      expect.stringContaining(`#${task} wants you to read its plan`),
    ]);
    expect((await house.store.inbox.of(scene.ana.id)).digestAt).toBeGreaterThan(Date.now());
  });

  test('hold reminders and asks of others back too, and say nothing when nothing happened', async () => {
    const { task, ask } = await scene.asked();
    await scene.reads(dm(scene.ana), 'wants you');
    const quiet = { quiet: hours(-60, 60), digestAt: Date.now() + hourMs };
    await house.store.inbox.set(scene.ana.id, quiet);
    await house.store.inbox.set(scene.ben.id, quiet);
    await scene.pass(ask, scene.ana, dayMs);
    await house.db
      .update(asks)
      .set({ escalateAt: Date.now() - 1 })
      .where(eq(asks.id, ask));
    await rounds(3);
    expect(scene.textsTo(dm(scene.ana)).filter((text) => text.includes('still waits'))).toEqual([]);
    expect(scene.sentTo(dm(scene.ben))).toEqual([]);
    await house.press(scene.ana.name, dm(scene.ana), `answer:${ask}:drop`);
    await eventually('the end', async () => (await house.status(task)).phase === 'cancelled');
    await over(scene.ben);
    await eventually(
      'the end of the quiet',
      async () => ((await house.store.inbox.of(scene.ben.id)).digestAt ?? 0) > Date.now(),
    );
    await rounds(2);
    expect(scene.sentTo(dm(scene.ben))).toEqual([]);
  });

  test('are set, shown and taken away by a command; what they held back comes then', async () => {
    expect((await scene.say(scene.ana, 'quiet')).text).toContain('No quiet hours');
    expect((await scene.say(scene.ana, 'quiet 25:00-08:00')).text).toContain('did not understand');
    expect((await scene.say(scene.ana, 'quiet 22:00-08:00 Mars/Base')).text).toContain('no time zone `Mars/Base`');
    expect((await scene.say(scene.ana, 'quiet 22:00-8:00 europe/berlin')).text).toContain(
      'Quiet from 22:00 to 08:00 (Europe/Berlin)',
    );
    expect((await house.store.inbox.of(scene.ana.id)).digestAt).toBeGreaterThan(Date.now());
    await house.store.inbox.set(scene.ana.id, { quiet: hours(-60, 60), zone: null, digestAt: Date.now() + hourMs });
    const { task } = await scene.asked();
    expect((await scene.say(scene.ana, 'quiet off')).text).toContain('No quiet hours');
    await scene.reads(dm(scene.ana), `#${task} wants you`);
  });
});
