import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { environment } from '../config.ts';
import { settings } from '../settings.ts';
import { createSetupWorld, openDirectory, person, runSetup, type SetupWorld } from '../setup/testing.ts';

let world: SetupWorld;
let file: string;
beforeAll(async () => {
  world = await createSetupWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  const place = openDirectory();
  file = place.file;
  // What the machine has set itself must not answer for the person.
  for (const name of Object.keys(settings)) vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', place.directory);
  vi.stubEnv('CLAUDE_CONFIG_DIR', undefined);
  const addresses = Object.entries(world.addresses).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, `# mine\n${addresses.join('')}`, { mode: 0o644 });
  return () => {
    vi.unstubAllEnvs();
    place.remove();
  };
});

const kept = () => parseEnv(readFileSync(file, 'utf8'));
const needed = () => [`GITHUB_TOKEN=${world.github.token}`, `ANTHROPIC_API_KEY=${world.anthropic.apiKey}`];

test('it asks for what is missing alone, again when the check fails, and hides what is secret', async () => {
  writeFileSync(file, `${readFileSync(file, 'utf8')}TERMINAL_USER=ana # me\n`);
  const { prompt, hidden } = person({
    GITHUB_TOKEN: ['', 'wrong', world.github.token],
    ANTHROPIC_API_KEY: [world.anthropic.apiKey],
    PROJECTS: ['acme/none', 'acme/web'],
  });
  const { code, lines, text } = await runSetup(file, [], prompt);
  expect(lines.filter((line) => line.startsWith('✖'))).toEqual([
    expect.stringContaining('GITHUB_TOKEN is not accepted'),
    expect.stringContaining('acme/none'),
  ]);
  expect(code).toBe(0);
  expect(hidden).toEqual(['GITHUB_TOKEN', 'GITHUB_TOKEN', 'GITHUB_TOKEN', 'ANTHROPIC_API_KEY']);
  expect(readFileSync(file, 'utf8')).toMatch(/^# mine\n[\s\S]*TERMINAL_USER=ana # me\n/);
  expect(kept()).toEqual({
    ...world.addresses,
    TERMINAL_USER: 'ana',
    GITHUB_TOKEN: world.github.token,
    ANTHROPIC_API_KEY: world.anthropic.apiKey,
    PROJECTS: 'acme/web',
  });
  expect(lines.at(-1)).toContain('npm start');
  expect(text).not.toContain(world.github.token);
});

test('when all is there it asks nothing, and takes the file from the eyes of others', async () => {
  await runSetup(file, [...needed(), 'PROJECTS=acme/web', 'TERMINAL_USER=ana']);
  chmodSync(file, 0o644);
  const { prompt, questions } = person({});
  expect((await runSetup(file, [], prompt)).code).toBe(0);
  expect(questions).toEqual([]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('no chat platform is needed: its web page is a choice', async () => {
  const { prompt } = person({ PROJECTS: [''], 'slack, discord': ['irc', ''] });
  expect(await runSetup(file, needed(), prompt)).toMatchObject({ code: 0 });
  expect(Object.keys(kept()).filter((name) => /SLACK|DISCORD|TELEGRAM|TERMINAL|PROJECTS/.test(name))).toEqual([]);
});

test('a person who leaves keeps what has passed, and only that', async () => {
  const { prompt } = person({ GITHUB_TOKEN: [world.github.token], ANTHROPIC_API_KEY: ['sk-ant-api03-wrong'] });
  const { code, lines } = await runSetup(file, [], prompt);
  expect(code).toBe(1);
  expect(lines.at(-1)).toContain('run this again');
  expect(kept()).toMatchObject({ GITHUB_TOKEN: world.github.token });
  expect(kept().ANTHROPIC_API_KEY).toBeUndefined();
});

test('a model that is not there is asked for, not the key', async () => {
  writeFileSync(file, `${readFileSync(file, 'utf8')}CHAT_MODEL=claude-2\n`);
  const { prompt, questions } = person({
    ANTHROPIC_API_KEY: [world.anthropic.apiKey],
    CHAT_MODEL: ['claude-sonnet-5-5'],
  });
  await runSetup(file, needed().slice(0, 1), prompt);
  expect(questions.filter((question) => question.startsWith('ANTHROPIC_API_KEY'))).toHaveLength(1);
  expect(kept()).toMatchObject({ CHAT_MODEL: 'claude-sonnet-5-5', ANTHROPIC_API_KEY: world.anthropic.apiKey });
});

test('when the service fails, Enter tries the same answer again', async () => {
  world.github.faults.add({ kind: 'error500', path: /^\/user$/, times: 3 });
  const { prompt, questions } = person({ GITHUB_TOKEN: [world.github.token, ''] });
  await runSetup(file, [], prompt);
  expect(questions.filter((question) => question.startsWith('GITHUB_TOKEN'))[1]).toContain('Enter: try the same again');
  expect(kept().GITHUB_TOKEN).toBe(world.github.token);
});

test('a setting that nobody is asked for is asked for when it is ill-formed', async () => {
  writeFileSync(file, `${readFileSync(file, 'utf8')}PORT=http\n`);
  const { prompt } = person({ PROJECTS: [''], 'slack, discord': [''], PORT: ['1x', '3001'] });
  const { code, text } = await runSetup(file, needed(), prompt);
  expect(text).toContain('✖ PORT expected a whole number from 1 to 65535');
  expect(code).toBe(0);
  expect(kept().PORT).toBe('3001');
});

test('what only this shell sets is written when the person says so', async () => {
  vi.stubEnv('GITHUB_TOKEN', world.github.token);
  const { prompt } = person({ PROJECTS: [''], 'slack, discord': [''], 'Write it': ['y'] });
  expect((await runSetup(file, needed().slice(1), prompt)).code).toBe(0);
  expect(kept().GITHUB_TOKEN).toBe(world.github.token);
});

test('a variable of this shell that will win over the file is named', async () => {
  vi.stubEnv('GITHUB_TOKEN', 'ghp_old');
  const { code, text } = await runSetup(file, needed());
  expect(code).toBe(0);
  expect(text).toContain('unset GITHUB_TOKEN');
  expect(text).not.toContain('ghp_old');
});

test('without a terminal it takes NAME=VALUE, says what is missing, and writes nothing for nothing', async () => {
  writeFileSync(file, '');
  const { code, text } = await runSetup(file, []);
  expect(code).toBe(1);
  expect(text).toMatch(/GITHUB_TOKEN is missing[\s\S]*ANTHROPIC_API_KEY is missing/);
  expect(readFileSync(file, 'utf8')).toBe('');
});

test('no file is made while there is nothing to write', async () => {
  vi.stubEnv('GITHUB_TOKEN', world.github.token);
  for (const [name, value] of Object.entries(world.addresses)) vi.stubEnv(name, value);
  expect((await runSetup(`${file}.fresh`, [])).code).toBe(1);
  expect(existsSync(`${file}.fresh`)).toBe(false);
});

test('a new file is the example, filled in', async () => {
  const fresh = `${file}.fresh`;
  const addresses = Object.entries(world.addresses).map(([name, value]) => `${name}=${value}`);
  expect((await runSetup(fresh, [...needed(), ...addresses])).code).toBe(0);
  expect(environment(fresh, {})).toMatchObject({ ...world.addresses, GITHUB_TOKEN: world.github.token, PORT: '3000' });
  expect(statSync(fresh).mode & 0o777).toBe(0o600);
});

test('of values that are given together only those that pass are written', async () => {
  const words = [`GITHUB_TOKEN=wrong`, `ANTHROPIC_API_KEY=${world.anthropic.apiKey}`];
  expect((await runSetup(file, words)).code).toBe(1);
  expect(kept()).toEqual({ ...world.addresses, ANTHROPIC_API_KEY: world.anthropic.apiKey });
});

test('a platform that is asked for by name cannot be left out', async () => {
  const { code, text } = await runSetup(file, [...needed(), 'telegram']);
  expect(code).toBe(1);
  expect(text).toContain('TELEGRAM_BOT_TOKEN is missing');
});

test.each([
  [['PORT'], /Word 1 is neither a platform nor NAME=VALUE/],
  [['slack', 'sk-ant-api03-secret'], /Word 2 is neither/],
  [['c2VjcmV0=='], /Word 1 is neither/],
  [['SLAK=1'], /SLAK is no setting/],
  [['PORT=x'], /PORT/],
])('%j is wrong usage, and is not repeated when it may be a secret', async (words, what) => {
  const { code, lines, text } = await runSetup(file, words);
  expect(code).toBe(2);
  expect(lines[0]).toMatch(what);
  expect(text).not.toMatch(/sk-ant|c2Vj/);
});
