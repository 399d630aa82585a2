import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { TelegramMessage, TelegramPerson, TelegramSim } from '../../sim/telegram/index.ts';
import type { House } from '../testing/house.ts';
import { openTelegramHouse, patient, type TelegramHouse } from './telegram-house.ts';
import { execute } from './testing.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let opened: TelegramHouse;
let house: House;
let telegram: TelegramSim;
let ana: TelegramPerson;
let eve: TelegramPerson;
let group: number;
beforeAll(async () => {
  opened = await openTelegramHouse();
  ({ house, telegram, ana } = opened);
  eve = telegram.person('Eve');
  group = telegram.createGroup('web', { bot: 'administrator' });
  for (const person of [ana, eve]) telegram.invite(group, person);
  await ana.start();
});
afterEach(() => telegram.faults.clear());
afterAll(() => opened.close());

const saidBy = async (person: TelegramPerson) =>
  (await house.store.conversations.recent(`telegram::${person.id}:`, 0))
    .filter(({ role }) => role === 'person')
    .map(({ text }) => text);
const tasks = async () => (await house.store.tasks.latest(100)).length;
const stateOf = async (card: TelegramMessage) => {
  const place = { platform: 'telegram', space: '', channel: String(card.chat), dm: card.chat > 0 };
  const subject = await house.store.posts.subjectOf({ place, id: String(card.id) });
  return (await house.store.proposals.find(Number(subject?.split(':')[1])))?.state;
};
/** A proposal's card in a private chat. */
async function proposed(wish: string, chat = ana.id): Promise<TelegramMessage> {
  await ana.say(chat, `${chat === ana.id ? '' : `@${telegram.botUsername} `}please ${wish}`);
  return ana.waitFor(chat, new RegExp(`${wish}[\\s\\S]*Start it\\?`, 'i'), patient);
}
/** Everything that Ana did before is handled. */
async function settled(): Promise<void> {
  const word = `settled ${Date.now()}`;
  await ana.say(ana.id, word);
  await ana.waitFor(ana.id, `You said: ${word}`, patient);
}

test('an edit of what was answered already changes nothing', async () => {
  const message = await ana.say(ana.id, 'the first words');
  await ana.waitFor(ana.id, 'You said: the first words', patient);
  await ana.edit(message, 'please note the edited words');
  await settled();
  expect(await saidBy(ana)).toContain('the first words');
  expect(ana.sees(ana.id).join()).not.toMatch(/You said:.*edited|edited words[\s\S]*Start it/);
});

test.each([
  ['a sticker', { sticker: { emoji: '🙂' } as never }],
  ['a place', { location: { latitude: 1, longitude: 2 } }],
  ['a contact', { contact: { phone_number: '1', first_name: 'Ben' } }],
  ['a poll', { poll: { question: 'Lunch?' } as never }],
])('%s is answered by one clear line, when it is for us', async (_, other) => {
  const before = opened.ours(ana.id, /nothing in that message/).length;
  await ana.say(ana.id, '', { other });
  await ana.say(group, '', { other });
  await house.until('the line', () =>
    opened.ours(ana.id, /nothing in that message/).length > before ? true : undefined,
  );
  await settled();
  expect(opened.ours(group, /nothing in that message/)).toEqual([]);
  expect(opened.ours(ana.id, /no text/)).toEqual([]);
});

test('a file of 100 MB and a voice message get a clear line each', async () => {
  await ana.say(ana.id, 'see the dump', { files: [{ name: 'dump.log', content: Buffer.alloc(100 * 2 ** 20) }] });
  await ana.waitFor(ana.id, /dump\.log is larger than 10 MB/, patient);
  await ana.say(ana.id, '', { voice: { content: Buffer.from('ogg'), duration: 3 } });
  await ana.waitFor(ana.id, /I can't listen to voice-\d+\.oga; write what it says/, patient);
});

test('a reaction of a bot or an anonymous administrator starts nothing; Ana’s, taken off and put on again, one task', async () => {
  const boss = telegram.person('Boss');
  telegram.invite(group, boss, { anonymous: true });
  const robot = telegram.person('Robot', { bot: true });
  telegram.invite(group, robot);
  const before = await tasks();
  const card = await proposed('note the reaction', group);
  await robot.react(card, '👍');
  await boss.react(card, '👍');
  await eve.react(card, '👍');
  await settled();
  expect(await stateOf(card)).toBe('open');
  await ana.react(card, '👍');
  await ana.unreact(card);
  await ana.react(card, '👍');
  await ana.waitFor(group, /started by Ana/, patient);
  await settled();
  expect(await tasks()).toBe(before + 1);
});

test('forged button data decides nothing, and a card that has expired says so', async () => {
  const card = await proposed('note the forgery');
  const before = await tasks();
  await eve.start();
  const theirs = await eve.waitFor(eve.id, "I don't know you", patient);
  const buttons = card.wire.reply_markup?.inline_keyboard.flat() ?? [];
  const token = buttons.flatMap((button) => ('callback_data' in button ? [button.callback_data] : []))[0] ?? '';
  expect(token).toMatch(/^confirm:\d+$/);
  await eve.forge(theirs, token);
  for (const data of ['confirm:99999', 'answer:1:approve', 'unlink:1', 'nonsense', ':::', 'change:x', 'confirm:NaN'])
    await ana.forge(card, data);
  await settled();
  expect(await stateOf(card)).toBe('open');
  expect(await tasks()).toBe(before);
  await execute(house, "update mainloop.proposals set expires_at = 1 where state = 'open'");
  await ana.forge(card, token);
  await ana.waitFor(ana.id, /note the forgery\s+✖ Expired after/, patient);
  expect(await tasks()).toBe(before);
});

test('No declines, Undo takes back, and Change… is told in a reply and proposed anew', async () => {
  const first = await proposed('note to decline');
  await ana.press(first, 'No');
  await ana.waitFor(ana.id, /Declined by Ana/, patient);
  expect(await stateOf(first)).toBe('declined');
  const second = await proposed('note to undo');
  await ana.press(second, 'Start');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await ana.press(await ana.waitFor(ana.id, /started by Ana[\s\S]*Undo/, patient), 'Undo');
  await ana.waitFor(ana.id, /Taken back by Ana/, patient);
  const third = await proposed('note to change');
  await ana.press(third, 'Change…');
  const prompt = await ana.waitFor(ana.id, 'What should be different?', patient);
  expect(prompt.forceReply).toBe(true);
  await ana.say(ana.id, 'please note it in blue', { replyTo: prompt });
  await ana.waitFor(ana.id, /note it in blue[\s\S]*Start it\?/, patient);
});

test('the commands do what they say: /task, /inbox, /snooze, /log', async () => {
  await ana.say(ana.id, '/task please note by command');
  await ana.waitFor(ana.id, /note by command[\s\S]*Start it\?/i, patient);
  await ana.say(ana.id, '/inbox');
  await ana.waitFor(ana.id, /[Nn]othing waits|waits for you/, patient);
  await ana.say(ana.id, '/snooze #99999 2h');
  await ana.waitFor(ana.id, 'Nothing of #99999 waits for an answer.', patient);
  await ana.say(ana.id, `/log ${await opened.newest()}`);
  await ana.waitFor(ana.id, /Ana.*(start|confirm)/is, patient);
});

test('a member of a foreign group is a stranger there, whoever invited the bot', async () => {
  const foreign = telegram.createGroup('elsewhere', { bot: 'administrator' });
  telegram.invite(foreign, eve);
  await execute(house, "delete from mainloop.limits where key like 'stranger:%'");
  await eve.say(foreign, `@${telegram.botUsername} please note it for me`);
  await eve.waitFor(foreign, 'Write to me directly', patient);
  expect(opened.ours(foreign, /Start it|[0-9A-Z]{4}-[0-9A-Z]{4}/)).toEqual([]);
});

test('200 messages of one person in 10 seconds: none is lost, in order, within the limits', async () => {
  const said = Array.from({ length: 200 }, (_, n) => `flood ${n}`);
  for (const text of said) {
    await ana.say(ana.id, text);
    await new Promise((resolve) => setTimeout(resolve, 45));
  }
  await house.until('all of them', async () => ((await saidBy(ana)).includes('flood 199') ? true : undefined), 60_000);
  await house.until(
    'the last answer',
    async () => ((await house.store.conversations.activeTurns()).length === 0 ? true : undefined),
    60_000,
  );
  expect((await saidBy(ana)).filter((text) => text.startsWith('flood'))).toEqual(said);
  expect(opened.ours(ana.id, /flood 199/)).toHaveLength(1);
  expect(telegram.violations()).toBe(0);
});
