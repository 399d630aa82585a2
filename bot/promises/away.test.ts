/** What people said and touched while the program was away is found, on each platform, and counts once. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { execute, model } from '../faults/testing.ts';
import { type FacesHouse, openFacesHouse } from '../testing/faces-house.ts';
import { type PlatformName, platforms, type Room, type Shown } from '../testing/seat.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const minute = 60_000;
/** What the chats' clocks are behind: what is said now was said so long ago. */
let behind = 8 * minute;

let house: FacesHouse;
const rooms = new Map<PlatformName, Room>();
const cards = new Map<PlatformName, Shown>();
const roomOn = (platform: PlatformName): Room => rooms.get(platform) ?? { channel: '' };

beforeAll(async () => {
  house = await openFacesHouse({ brain: model(), clock: () => Date.now() - behind });
  for (const platform of platforms) {
    const ana = house.ana.at[platform];
    rooms.set(platform, await ana.mention(`good morning on ${platform}`));
    await house.reads(ana, roomOn(platform), /You said: good morning/);
    const wish = await ana.mention(`please note ${platform}`);
    cards.set(platform, await house.reads(ana, wish, /Start it\?/));
    await ana.say(ana.dm, `hello on ${platform}`);
    await house.reads(ana, ana.dm, /You said: hello/);
  }
  await house.bot.stop();
  // It has been away for as long as the clocks are behind.
  await execute(
    house,
    `update mainloop.cursors set value = value::bigint - ${behind} where name in ('heard:slack', 'heard:discord')`,
  );
  house.world.slack.keepWhileDown(false);
  for (const platform of platforms) {
    const ana = house.ana.at[platform];
    await ana.say(roomOn(platform), `are you there on ${platform}?`);
    await ana.say(ana.dm, `and here on ${platform}?`);
    await cards.get(platform)?.thumb('up');
  }
  house.world.slack.keepWhileDown(true);
  behind = 0;
  await house.bot.start();
});
afterAll(() => house?.close());

test.each(platforms)('on %s, with the word that it was away when that is minutes ago', async (platform) => {
  const ana = house.ana.at[platform];
  const late = /I was away when you wrote this, \d+ min ago\.[\s_]+You said: /;
  const inThread = await house.reads(ana, roomOn(platform), /You said: are you there/);
  const inDm = await house.reads(ana, ana.dm, /You said: and here/);
  for (const answer of [inThread, inDm]) expect(answer.text()).toMatch(late);
});

test.each(platforms)('on %s, a thumb that was put up meanwhile starts its task, once', async (platform) => {
  const card = cards.get(platform);
  if (card) await house.becomes(card, /#\d+\W* started by Ana/);
  const tasks = (await house.store.tasks.latest(9)).filter(({ title }) => title === `note ${platform}`);
  expect(tasks).toHaveLength(1);
  await house.command(house.ana.at[platform], `cancel #${tasks[0]?.number}`, /./);
});

test.each(platforms)(
  'on %s, once, also after another start; and what is said then is answered as ever',
  async (platform) => {
    if (platform === 'slack') {
      await house.bot.stop();
      await house.bot.start();
    }
    const ana = house.ana.at[platform];
    await ana.say(roomOn(platform), `good on ${platform}`);
    const next = await house.reads(ana, roomOn(platform), /You said: good on/);
    expect(next.text()).not.toMatch(/I was away/);
    const texts = [...ana.shown(roomOn(platform)), ...ana.shown(ana.dm)].map((message) => message.text());
    for (const said of [/You said: are you there/, /You said: and here/])
      expect(texts.filter((text) => said.test(text))).toHaveLength(1);
  },
);
