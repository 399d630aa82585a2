/** The private way to the page that `/mainloop dashboard` gives on every platform, behind a proxy that ends TLS. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDiscordSim, type DiscordSim } from '../sim/discord/index.ts';
import { createTelegramSim, type TelegramSim } from '../sim/telegram/index.ts';
import { createWorld, type World } from './demo/world.ts';
import { model, openQuickHouse } from './faults/testing.ts';
import type { House } from './testing/house.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const publicUrl = 'https://bot.example';
let discord: DiscordSim;
let telegram: TelegramSim;
let house: House;

beforeAll(async () => {
  discord = await createDiscordSim();
  telegram = await createTelegramSim();
  const owners = [`discord:${discord.person('Dan').id}`, `telegram:${telegram.person('Tia').id}`];
  house = await openQuickHouse(model(), {
    createWorld: async (port): Promise<World> => {
      const world = await createWorld(port);
      const environment: World['environment'] = (at) => {
        const own = world.environment(at);
        return { ...own, OWNERS: [own.OWNERS, ...owners].join(',') };
      };
      return { ...world, environment };
    },
    env: {
      ...{ PUBLIC_URL: publicUrl, DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.apiUrl },
      ...{ TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_URL: telegram.apiRoot },
    },
  });
});
afterAll(async () => {
  await house?.close();
  await Promise.all([discord?.close(), telegram?.close()]);
});

/** What a button of the message opens: a way to the page. */
const wayIn = (message: unknown): string | undefined =>
  /"url":"https:\/\/bot\.example(\/sign-in\?code=\w+)"/.exec(JSON.stringify(message))?.[1];

async function asksOnSlack(): Promise<string> {
  const { ana, channel } = house.world;
  const { replies } = await ana.command('/mainloop', 'dashboard', channel);
  return house.until('a way in on Slack', () => wayIn(replies));
}

async function asksOnDiscord(): Promise<string> {
  const dan = discord.person('Dan');
  const channel = discord.createChannel('talk');
  await house.until('the commands', () => discord.commands(discord.guildId).length || undefined);
  await dan.command(channel, 'mainloop dashboard', {});
  return house.until('a way in on Discord', () => wayIn(discord.ephemerals(dan.id)));
}

async function asksOnTelegram(): Promise<string> {
  const tia = telegram.person('Tia');
  await tia.say(tia.id, '/dashboard');
  return house.until('a way in on Telegram', () => wayIn(telegram.messages(tia.id).map(({ wire }) => wire)));
}

const get = (path: string, cookie = '') =>
  fetch(`http://127.0.0.1:${house.port}${path}`, { headers: { cookie }, redirect: 'manual' });

const press = (way: string) =>
  fetch(`http://127.0.0.1:${house.port}/sign-in`, {
    ...{ method: 'POST', redirect: 'manual', headers: { origin: publicUrl } },
    body: new URLSearchParams({ code: way.split('code=')[1] ?? '' }),
  });

test.each([
  ['Slack', asksOnSlack, 'Ana'],
  ['Discord', asksOnDiscord, 'Dan'],
  ['Telegram', asksOnTelegram, 'Tia'],
])('on %s it is a button that signs its person in once, and previews use nothing up', async (_, asks, name) => {
  const way = await asks();
  for (const _preview of [1, 2]) expect(await (await get(way)).text()).toContain(`Sign in as ${name}`);
  const pressed = await press(way);
  expect(pressed.headers.get('location')).toBe('/chat');
  const [cookie = ''] = pressed.headers.getSetCookie();
  expect(cookie).toMatch(/^__Host-mainloop=.*HttpOnly; Secure; SameSite=Lax/);
  const page = await get('/chat', cookie.split(';')[0]);
  expect(await page.text()).toContain(`<summary>${name}</summary>`);
  for (const used of [await press(way), await get(way)]) expect(used.status).toBe(410);
});

test('who asks again has the new way alone, and nobody else reads it', async () => {
  const [first, second] = [await asksOnSlack(), await asksOnSlack()];
  expect((await get(first)).status).toBe(410);
  expect((await get(second)).status).toBe(200);
  expect(JSON.stringify(house.seen(house.world.channel, /./))).not.toContain('sign-in');
});
