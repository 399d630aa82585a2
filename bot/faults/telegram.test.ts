import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { TelegramPerson, TelegramSim } from '../../sim/telegram/index.ts';
import type { House } from '../testing/house.ts';
import { openTelegramHouse, patient, type TelegramHouse } from './telegram-house.ts';
import { issuesOf, reaches } from './testing.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let opened: TelegramHouse;
let house: House;
let telegram: TelegramSim;
let ana: TelegramPerson;
const ours = (chat: number, text: RegExp) => opened.ours(chat, text);
const newest = () => opened.newest();

/** Ana is made owner by the code that the program prints. */
beforeAll(async () => {
  opened = await openTelegramHouse({ isOwner: false });
  ({ house, telegram, ana } = opened);
  await ana.start(
    await house.until('the code', async () => /: ([0-9A-Z]{4}-[0-9A-Z]{4})/.exec(await house.log())?.[1]),
  );
  await ana.waitFor(ana.id, 'You are an owner now', patient);
});
afterEach(() => telegram.faults.clear());
afterAll(() => opened.close());

test('a stranger gets a code and nothing else', async () => {
  const eve = telegram.person('Eve');
  await eve.start();
  await eve.waitFor(eve.id, /I don't know you yet.*[0-9A-Z]{4}-[0-9A-Z]{4}/, patient);
  await eve.say(eve.id, '/tasks');
  await house.until('the second line', () => (ours(eve.id, /I don't know you/).length === 2 ? true : undefined));
  expect(ours(eve.id, /./)).toHaveLength(2);
});

test('from a wish in a private chat to a review, by buttons alone', async () => {
  await ana.say(ana.id, 'please note it with a plan');
  const answer = ana.press(await ana.waitFor(ana.id, /Start it\?/, patient), 'Start');
  await ana.waitFor(ana.id, /started by Ana/, patient);
  await answer;
  await ana.press(await ana.waitFor(ana.id, /wants you to read its plan/, patient), 'Approve plan');
  await ana.waitFor(ana.id, /Plan of .* approved by Ana on Telegram/, patient);
  const found = await reaches(house, await newest(), 'review');
  await ana.waitFor(ana.id, new RegExp(`#${found.number} is ready for your review`), patient);
  expect(issuesOf(house, 'note it with a plan')).toHaveLength(1);
  expect(telegram.violations()).toBe(0);
});

test('in a forum, a mention gets a topic with the answer, the card and the task', async () => {
  const forum = telegram.createGroup('web', { forum: true, bot: 'administrator' });
  telegram.invite(forum, ana);
  await ana.say(forum, `@${telegram.botUsername} please note the forum`);
  const card = await ana.waitFor(forum, /Start it\?/, patient);
  const topic = card.wire.message_thread_id ?? 0;
  expect(card.wire.is_topic_message).toBe(true);
  await ana.react(card, '👍');
  await ana.waitFor(forum, /started by Ana/, { ...patient, topic });
  await ana.say(forum, 'hello from the topic', { topic });
  await ana.waitFor(forum, 'You said: hello from the topic', { ...patient, topic });
  await reaches(house, await newest(), 'review');
  expect(telegram.violations()).toBe(0);
});

test('what was said while the program was dead is answered, once', async () => {
  await house.bot.kill();
  await ana.say(ana.id, 'are you there');
  await house.bot.start();
  await ana.waitFor(ana.id, 'You said: are you there', patient);
  await ana.say(ana.id, 'good');
  await ana.waitFor(ana.id, 'You said: good', patient);
  expect(ours(ana.id, /You said: are you there/)).toHaveLength(1);
});

test.each([
  ['is limited (429)', 'ratelimited', 1],
  ['breaks the connection after accepting', 'drop_after', 2],
  ['breaks the connection before accepting', 'drop_before', 1],
  ['answers 500', 'error500', 1],
] as const)('when Telegram %s, a message still gets its reply, whole (%s, at most %i)', async (_, kind, most) => {
  for (const method of ['sendMessage', 'sendMessageDraft', 'getUpdates'])
    telegram.faults.add({ kind, method, retryAfter: 1 });
  await ana.say(ana.id, `talk under ${kind}`);
  await ana.waitFor(ana.id, `You said: talk under ${kind}`, patient);
  await ana.say(ana.id, `and after ${kind}`);
  await ana.waitFor(ana.id, `You said: and after ${kind}`, patient);
  const shown = ours(ana.id, new RegExp(`You said: talk under ${kind}`));
  expect(shown.length).toBeLessThanOrEqual(most);
});

test('everything that Telegram says comes twice, and is answered once', async () => {
  telegram.faults.duplicateUpdates(1);
  await ana.say(ana.id, 'twice');
  await ana.waitFor(ana.id, 'You said: twice', patient);
  await ana.say(ana.id, 'last');
  await ana.waitFor(ana.id, 'You said: last', patient);
  expect(ours(ana.id, /You said: twice/)).toHaveLength(1);
  expect(telegram.violations()).toBe(0);
});
