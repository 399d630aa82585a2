import { readFile } from 'node:fs/promises';
import { Routes } from 'discord.js';
import { expect, onTestFinished, test } from 'vitest';
import { Failure } from '../../core/errors.ts';
import { quiet } from '../../core/testing/listener.ts';
import { createDiscordSim, type DiscordSim, type DiscordSimOptions } from '../../sim/discord/index.ts';
import { createApi } from './api.ts';
import { checkDiscord, PERMISSION_NUMBER, PERMISSIONS } from './check.ts';
import { createDiscord } from './index.ts';

async function startSim(options: DiscordSimOptions = {}): Promise<DiscordSim> {
  const sim = await createDiscordSim(options);
  onTestFinished(() => sim.close());
  return sim;
}

const check = ({ token, apiUrl }: DiscordSim, given = token) =>
  createDiscord({ token: given, apiUrl, log: quiet }).check();

test('good settings name the bot and its servers', async () => {
  const sim = await startSim();
  expect(await check(sim)).toMatchObject({ bot: 'mainloop', servers: ['Acme'] });
});

test('a bot in no server says where to add it', async () => {
  const sim = await startSim();
  sim.kickBot(sim.guildId);
  const { servers, invitation } = await check(sim);
  expect(servers).toEqual([]);
  expect(invitation).toContain(
    `client_id=${sim.botUserId}&scope=bot+applications.commands&permissions=${PERMISSION_NUMBER}`,
  );
});

test.each([
  ['a wrong token', 'MTA.b.c', 'DISCORD_TOKEN is refused by Discord.'],
  ['the public key', 'ab'.repeat(32), 'DISCORD_TOKEN is the public key'],
  ['the application’s id', '80351110224678912', "DISCORD_TOKEN is the application's id"],
  ['the client secret', 'A1b2'.repeat(8), 'DISCORD_TOKEN is the client secret'],
])('%s is named and not shown', async (_, token, message) => {
  const failure = await check(await startSim(), token).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'invalid_credentials',
    message: expect.stringContaining(message),
    advice: expect.any(String),
  });
  expect(String(failure)).not.toContain(token);
});

test('the missing intent and each missing right are named', async () => {
  await expect(check(await startSim({ privilegedIntents: [] }))).rejects.toMatchObject({ code: 'missing_intent' });
  const sim = await startSim();
  sim.permitBot(['ManageThreads']);
  await expect(check(sim)).rejects.toMatchObject({
    code: 'missing_permission',
    message: 'DISCORD_TOKEN: the bot lacks Manage Channels in Acme.',
  });
});

test('a server of somebody else, where the bot lacks rights, keeps it from nothing and is named', async () => {
  const sim = await startSim();
  sim.permitBot([], sim.createGuild('Evil'));
  expect(await check(sim)).toMatchObject({
    servers: ['Acme'],
    lacking: [expect.stringMatching(/^DISCORD_TOKEN: the bot lacks Manage Channels, Manage Threads in Evil\. /)],
  });
});

test('nor does a server into which it was added without its commands', async () => {
  const sim = await startSim();
  const other = sim.createGuild('Evil');
  const api = createApi({ token: sim.token, apiUrl: sim.apiUrl, timeoutMs: 1_500 });
  const forbidden = new Failure('no', { code: 'forbidden', remedy: 'never' });
  const get: typeof api.get = async (route) => {
    if (route === Routes.applicationGuildCommands(sim.botUserId, other)) throw forbidden;
    return api.get(route);
  };
  expect(await checkDiscord({ ...api, get }, sim.token)).toMatchObject({
    servers: ['Acme'],
    lacking: [expect.stringMatching(/may not register commands in Evil\..*applications\.commands/)],
  });
});

test('docs/discord.md names the rights that are checked, and their number', async () => {
  const text = await readFile(new URL('../../docs/discord.md', import.meta.url), 'utf8');
  for (const name of Object.keys(PERMISSIONS)) expect(text).toContain(name);
  expect(text).toContain(`permissions=${PERMISSION_NUMBER}`);
});
