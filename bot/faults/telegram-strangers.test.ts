import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { TelegramPerson, TelegramSim } from '../../sim/telegram/index.ts';
import type { House } from '../testing/house.ts';
import { openTelegramHouse, patient, type TelegramHouse } from './telegram-house.ts';

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
  group = telegram.createGroup('web', { bot: 'member' });
  telegram.invite(group, ana);
  telegram.invite(group, eve);
  await ana.start();
});
afterEach(async () => {
  telegram.faults.clear();
  // What one test said is answered before the next one's faults hit.
  await house.until('quiet', async () =>
    (await house.store.conversations.activeTurns()).length === 0 ? true : undefined,
  );
});
afterAll(() => opened.close());

const aCode = /[0-9A-Z]{4}-[0-9A-Z]{4}/;
const heard = (text: string) =>
  house.until(`"${text}" stored`, async () =>
    (await house.store.conversations.recent(`telegram::${ana.id}:`, 0)).find((one) => one.text === text),
  );
/** What Ana says is heard at once, whatever becomes of others. */
async function isHeard(text: string): Promise<void> {
  const at = Date.now();
  await ana.say(ana.id, text);
  await heard(text);
  expect(Date.now() - at).toBeLessThan(3_000);
}

/** The program confirms an update to Telegram a moment after it has stored it. */
const allTaken = () => house.until('all taken', () => telegram.pending() === 0 || undefined, 3_000);

test('a code is shown in private, and the group reads only that', async () => {
  await ana.say(group, '/link');
  const shown = await ana.waitFor(ana.id, aCode, patient);
  await ana.waitFor(group, 'I answered you in private.', patient);
  expect(eve.sees(group).join()).not.toMatch(aCode);
  expect(shown.chat).toBe(ana.id);
});

test.each([
  ['/tasks', /No tasks|#/],
  ['/inbox', /Nothing waits|waits/],
  ['/why', /Which task/],
  ['/log', /Which task/],
  ['/help', /\/|tasks/],
])('what answers an owner’s %s in a group is read by nobody else', async (command, answer) => {
  const before = opened.ours(group, /./).length;
  const beforeInPrivate = opened.ours(ana.id, /./).length;
  await ana.say(group, command);
  await house.until('the answer', () => (opened.ours(ana.id, /./).length > beforeInPrivate ? true : undefined));
  await house.until('the line', () => (opened.ours(group, /./).length > before ? true : undefined));
  expect(opened.ours(ana.id, /./).at(-1)).toMatch(answer);
  expect(opened.ours(group, /./).slice(before)).toEqual(['I answered you in private.']);
});

test('who never wrote to the bot in private reads in the group that they have to', async () => {
  const ben = telegram.person('Ben');
  telegram.invite(group, ben);
  const account = { platform: 'telegram', space: '', id: String(ben.id), name: 'Ben', bot: false };
  await house.store.people.admit(account, 'member', Date.now());
  await ben.say(group, '/link');
  await ben.waitFor(group, 'Write to me there first', patient);
  expect(ben.sees(group).join()).not.toMatch(aCode);
});

test('a stranger’s command in a group brings no code there, nor is one taken there', async () => {
  await ana.say(ana.id, '/link');
  const code = aCode.exec(opened.ours(ana.id, aCode).at(-1) ?? '')?.[0] ?? '';
  await eve.say(group, `/link ${code}`);
  await eve.waitFor(group, 'Write to me directly', patient);
  await eve.say(group, '/help');
  await isHeard('after help');
  expect(opened.ours(group, aCode)).toEqual([]);
  expect(await house.store.people.of({ platform: 'telegram', space: '', id: String(eve.id), bot: false })).toBeNull();
});

test('a stranger who presses Start and blocks the bot while it is down stops nobody', async () => {
  const mallory = telegram.person('Mallory');
  await house.bot.stop();
  await mallory.start();
  await mallory.block();
  await ana.say(ana.id, 'said behind it');
  await house.bot.start();
  await heard('said behind it');
  await isHeard('and after it');
  await allTaken();
});

test('a stranger’s command where the bot may not write stops nobody', async () => {
  const mute = telegram.createGroup('mute', { bot: 'member' });
  const max = telegram.person('Max');
  telegram.invite(mute, max);
  const description = 'Bad Request: not enough rights to send text messages to the chat';
  telegram.faults.add({ kind: 'error', method: 'sendMessage', code: 400, description, times: 6 });
  await max.say(mute, `/tasks@${telegram.botUsername}`);
  await house.until('the refusal', () => telegram.calls.some(({ error }) => error === description) || undefined);
  telegram.faults.clear();
  await isHeard('in spite of it');
  await allTaken();
  expect(opened.ours(mute, /./)).toEqual([]);
});

test('a stranger whose answer is limited holds up nobody, and gets it later', async () => {
  const oscar = telegram.person('Oscar');
  telegram.faults.add({ kind: 'ratelimited', method: 'sendMessage', retryAfter: 4, times: 2 });
  await oscar.start();
  await isHeard('while it is limited');
  await oscar.waitFor(oscar.id, aCode, patient);
});
