import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { settings } from '../settings.ts';
import { createSetupWorld, openDirectory, person, runSetup, type SetupWorld } from './testing.ts';

let world: SetupWorld;
let home: string;
let file: string;
beforeAll(async () => {
  world = await createSetupWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  const place = openDirectory();
  home = place.directory;
  file = place.file;
  for (const name of Object.keys(settings)) vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', home);
  vi.stubEnv('CLAUDE_CONFIG_DIR', undefined);
  const all = { ...world.addresses, GITHUB_TOKEN: world.github.token, PROJECTS: 'acme/web', TERMINAL_USER: 'ana' };
  writeFileSync(
    file,
    Object.entries(all)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  return () => {
    vi.unstubAllEnvs();
    place.remove();
  };
});
const kept = () => parseEnv(readFileSync(file, 'utf8'));
const ownToken = 'sk-ant-oat01-of-the-person';

function signIn(): void {
  mkdirSync(join(home, '.claude'));
  const claudeAiOauth = {
    accessToken: ownToken,
    refreshToken: 'sk-ant-ort01-r',
    expiresAt: 1,
    subscriptionType: 'max',
  };
  writeFileSync(join(home, '.claude/.credentials.json'), JSON.stringify({ claudeAiOauth }));
}
const haveKey = (key: string) => writeFileSync(join(home, '.claude.json'), JSON.stringify({ primaryApiKey: key }));

test('the key that Claude Code has is offered by its place, and taken when it passes', async () => {
  haveKey(world.anthropic.apiKey);
  const { prompt, questions } = person({ 'Use it': ['y'] });
  const { code, text } = await runSetup(file, [], prompt);
  expect(code).toBe(0);
  expect(text).toContain('○ Claude Code has an Anthropic API key in ~/.claude.json.');
  expect(text).not.toContain(world.anthropic.apiKey);
  expect(questions).toHaveLength(1);
  expect(kept().ANTHROPIC_API_KEY).toBe(world.anthropic.apiKey);
});

test('one that Anthropic refuses is not taken, and a key is asked for', async () => {
  haveKey('sk-ant-api03-revoked');
  const { prompt } = person({ 'Use it': [''], ANTHROPIC_API_KEY: [world.anthropic.apiKey] });
  const { code, text } = await runSetup(file, [], prompt);
  expect(code).toBe(0);
  expect(text).toContain('✖ ANTHROPIC_API_KEY: Anthropic does not accept this key.');
  expect(text).not.toContain('revoked');
  expect(kept().ANTHROPIC_API_KEY).toBe(world.anthropic.apiKey);
});

test('without a terminal it is taken only with --found', async () => {
  haveKey(world.anthropic.apiKey);
  expect(await runSetup(file, [])).toMatchObject({ code: 1, text: expect.stringContaining('Add --found') });
  expect((await runSetup(file, ['--found'])).code).toBe(0);
  expect(kept().ANTHROPIC_API_KEY).toBe(world.anthropic.apiKey);
});

test('--found writes what the environment sets', async () => {
  vi.stubEnv('ANTHROPIC_API_KEY', world.anthropic.apiKey);
  expect((await runSetup(file, [])).code).toBe(0);
  expect(kept().ANTHROPIC_API_KEY).toBeUndefined();
  expect((await runSetup(file, ['--found'])).code).toBe(0);
  expect(kept().ANTHROPIC_API_KEY).toBe(world.anthropic.apiKey);
});

test('a subscription is named, its own tokens are refused, and one of setup-token is tried with Claude Code', async () => {
  signIn();
  const { prompt, hidden } = person({
    CLAUDE_CODE_OAUTH_TOKEN: [
      ownToken,
      'sk-ant-ort01-r',
      'sk-ant-api03-x',
      'sk-ant-oat01-expired',
      world.anthropic.apiKey,
    ],
  });
  const { code, lines, text } = await runSetup(file, [`ANTHROPIC_API_KEY=${world.anthropic.apiKey}`], prompt);
  expect(text).toContain(
    '○ Claude Code is signed in with a Claude subscription (max) here: ~/.claude/.credentials.json.',
  );
  expect(lines.filter((line) => line.startsWith('✖'))).toEqual([
    expect.stringContaining('is the access token of your own Claude Code'),
    expect.stringContaining('is a refresh token'),
    expect.stringContaining('is an API key'),
    expect.stringContaining('CLAUDE_CODE_OAUTH_TOKEN: Anthropic does not accept this token.'),
  ]);
  expect(new Set(hidden)).toEqual(new Set(['CLAUDE_CODE_OAUTH_TOKEN']));
  expect(code).toBe(0);
  expect(kept().CLAUDE_CODE_OAUTH_TOKEN).toBe(world.anthropic.apiKey);
  expect(text).not.toContain(ownToken);
  const asked = world.anthropic.requests.filter(({ headers }) => headers.authorization?.includes('expired'));
  expect(asked.map(({ path }) => path)).toContain('/v1/messages');
}, 60_000);

test('a subscription can be left out', async () => {
  signIn();
  const { prompt } = person({ CLAUDE_CODE_OAUTH_TOKEN: [''] });
  const { code } = await runSetup(file, [`ANTHROPIC_API_KEY=${world.anthropic.apiKey}`], prompt);
  expect(code).toBe(0);
  expect(kept().CLAUDE_CODE_OAUTH_TOKEN).toBeUndefined();
});
