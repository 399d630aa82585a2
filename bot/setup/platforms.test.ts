import { readFileSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createDiscordSim } from '../../sim/discord/index.ts';
import { createSlackSim } from '../../sim/slack/index.ts';
import { createTelegramSim } from '../../sim/telegram/index.ts';
import { settings } from '../settings.ts';
import { createSetupWorld, openDirectory, person, runSetup, type SetupWorld } from './testing.ts';

let world: SetupWorld;
let file: string;
beforeAll(async () => {
  world = await createSetupWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  const place = openDirectory();
  file = place.file;
  for (const name of Object.keys(settings)) vi.stubEnv(name, world.addresses[name]);
  vi.stubEnv('HOME', place.directory);
  const rest = { GITHUB_TOKEN: world.github.token, ANTHROPIC_API_KEY: world.anthropic.apiKey, PROJECTS: 'acme/web' };
  writeFileSync(
    file,
    Object.entries(rest)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  return () => {
    vi.unstubAllEnvs();
    place.remove();
  };
});
const kept = () => parseEnv(readFileSync(file, 'utf8'));
const complaints = (lines: readonly string[]) => lines.filter((line) => line.startsWith('✖'));

test('each token of Slack is checked as it is given', async () => {
  const slack = await createSlackSim();
  onTestFinished(() => slack.close());
  vi.stubEnv('SLACK_API_URL', slack.apiUrl);
  const { prompt } = person({
    'slack, discord': ['sl'],
    SLACK_BOT_TOKEN: ['xoxp-1', 'xoxb-wrong', slack.botToken],
    SLACK_APP_TOKEN: ['xapp-wrong', slack.appToken],
    'Write them': ['n'],
  });
  const { code, lines } = await runSetup(file, [], prompt);
  expect(complaints(lines).map((line) => line.slice(0, 50))).toEqual([
    expect.stringContaining('SLACK_BOT_TOKEN is a token of another kind'),
    expect.stringContaining('Slack refuses SLACK_BOT_TOKEN (invalid_auth)'),
    expect.stringContaining('Slack refuses SLACK_APP_TOKEN'),
  ]);
  expect(code).toBe(0);
  expect(kept()).toMatchObject({ SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken });
});

test('scopes that Slack did not give are named, and the token is tried again when they are', async () => {
  const slack = await createSlackSim({ scopes: ['chat:write', 'commands'] });
  onTestFinished(() => slack.close());
  vi.stubEnv('SLACK_API_URL', slack.apiUrl);
  const { prompt } = person({ SLACK_BOT_TOKEN: [slack.botToken, ''] });
  const { lines } = await runSetup(file, ['slack'], prompt);
  expect(complaints(lines)).toHaveLength(2);
  expect(lines.join('\n')).toMatch(/SLACK_BOT_TOKEN lacks the scopes app_mentions:read, channels:history/);
  expect(kept().SLACK_BOT_TOKEN).toBeUndefined();
});

test('Slack over signed events needs no app-level token', async () => {
  const slack = await createSlackSim();
  onTestFinished(() => slack.close());
  vi.stubEnv('SLACK_API_URL', slack.apiUrl);
  const words = [`SLACK_BOT_TOKEN=${slack.botToken}`, `SLACK_SIGNING_SECRET=${slack.signingSecret}`];
  expect(await runSetup(file, words)).toMatchObject({ code: 0 });
  expect(kept().SLACK_SIGNING_SECRET).toBe(slack.signingSecret);
});

test('a Discord bot without the intent is refused until it has it, and - goes on without', async () => {
  const discord = await createDiscordSim({ privilegedIntents: [] });
  onTestFinished(() => discord.close());
  vi.stubEnv('DISCORD_API_URL', discord.apiUrl);
  const { prompt } = person({
    'slack, discord': ['discord'],
    DISCORD_TOKEN: [discord.token, '-'],
    'Write them': ['n'],
  });
  const { code, lines } = await runSetup(file, [], prompt);
  expect(complaints(lines)).toEqual([expect.stringContaining('Message Content intent')]);
  expect(code).toBe(0);
  expect(kept().DISCORD_TOKEN).toBeUndefined();
});

test('a Telegram token is checked by whom it belongs to', async () => {
  const telegram = await createTelegramSim();
  onTestFinished(() => telegram.close());
  vi.stubEnv('TELEGRAM_API_URL', telegram.apiRoot);
  const { prompt } = person({ TELEGRAM_BOT_TOKEN: ['nonsense', '1:wrong', telegram.token], 'Write them': ['n'] });
  const { code, lines, text } = await runSetup(file, ['telegram'], prompt);
  expect(complaints(lines)).toHaveLength(2);
  expect(text).toContain(`✔ Telegram: @${telegram.botUsername}`);
  expect(code).toBe(0);
  expect(text).not.toContain(telegram.token);
});
