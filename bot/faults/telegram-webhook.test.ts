import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { TelegramPerson, TelegramSim } from '../../sim/telegram/index.ts';
import type { House } from '../testing/house.ts';
import { openTelegramHouse, patient, type TelegramHouse } from './telegram-house.ts';
import { issuesOf, reaches } from './testing.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let opened: TelegramHouse;
let house: House;
let telegram: TelegramSim;
let ana: TelegramPerson;
beforeAll(async () => {
  opened = await openTelegramHouse({ webhook: true });
  ({ house, telegram, ana } = opened);
  await ana.start();
});
afterAll(() => opened.close());

const album = { files: ['a.txt', 'b.txt', 'c.txt'].map((name) => ({ name, content: `${name} says x` })) };
const names = ['a.txt', 'b.txt', 'c.txt'];

/** The one message that a conversation has of its person, by the names of its files. */
async function filesSaid(conversation: string, text: string): Promise<string[][]> {
  const all = await house.store.conversations.recent(conversation, 0);
  const from = all.findIndex((one) => one.text === text);
  return all
    .slice(from)
    .filter(({ role }) => role === 'person')
    .map(({ files }) => files.map(({ name }) => name));
}

test('the whole story, with the program killed in the middle of it', async () => {
  await ana.say(ana.id, 'please note it with a plan');
  await ana.press(await ana.waitFor(ana.id, /Start it\?/, patient), 'Start');
  const card = await ana.waitFor(ana.id, /wants you to read its plan/, patient);
  await house.bot.kill();
  await ana.say(ana.id, 'are you there');
  await house.bot.start();
  await ana.waitFor(ana.id, 'You said: are you there', patient);
  await ana.press(card, 'Approve plan');
  await ana.waitFor(ana.id, /Plan of .* approved by Ana on Telegram/, patient);
  const { number } = await reaches(house, await opened.newest(), 'review');
  await ana.waitFor(ana.id, new RegExp(`#${number} is ready for your review`), patient);
  expect(issuesOf(house, 'note it with a plan')).toHaveLength(1);
  expect(opened.ours(ana.id, /You said: are you there/)).toHaveLength(1);
  expect(telegram.calls.some(({ method }) => method === 'getUpdates')).toBe(false);
  expect(telegram.deliveries.every(({ via }) => via === 'webhook')).toBe(true);
});

test('an album in private is one thing said', async () => {
  await ana.say(ana.id, 'see these three', album);
  await ana.waitFor(ana.id, 'You said: see these three', patient);
  await ana.say(ana.id, 'that was all');
  await ana.waitFor(ana.id, 'You said: that was all', patient);
  expect(await filesSaid(`telegram::${ana.id}:`, 'see these three')).toEqual([names, []]);
});

test('an album in a group is one thing said, the files without a mention included', async () => {
  const group = telegram.createGroup('web', { bot: 'administrator' });
  telegram.invite(group, ana);
  const root = await ana.say(group, `@${telegram.botUsername} see these`, album);
  await ana.waitFor(group, 'You said: see these', patient);
  expect(await filesSaid(`telegram::${group}:${root.id}`, 'see these')).toEqual([names]);
  expect(opened.ours(group, /./)).toHaveLength(1);
});

test('an album whose every update comes twice is one thing said', async () => {
  telegram.faults.duplicateUpdates(1);
  await ana.say(ana.id, 'twice the three', album);
  await ana.waitFor(ana.id, 'You said: twice the three', patient);
  await ana.say(ana.id, 'no more');
  await ana.waitFor(ana.id, 'You said: no more', patient);
  telegram.faults.clear();
  expect(await filesSaid(`telegram::${ana.id}:`, 'twice the three')).toEqual([names, []]);
});
