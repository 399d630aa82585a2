import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { createBotProcess } from '../demo/bot-process.ts';
import { freePort } from '../demo/free-port.ts';
import { createWorld, type World } from '../demo/world.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
let world: World;
let port: number;
let directory: string;
beforeAll(async () => {
  port = await freePort();
  world = await createWorld(port);
});
afterAll(() => world.close());
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mainloop-doctor-test-'));
  return () => rmSync(directory, { recursive: true, force: true, maxRetries: 20 });
});

/** A database that answers at once, by refusing: for tests that are about something else. */
const noDatabase = { DATABASE_URL: 'postgres://u:hidden@127.0.0.1:1/d' };

/** The program in a directory of its own, so that no .env is there. */
async function doctor(env: NodeJS.ProcessEnv, words: readonly string[] = [], command = 'doctor') {
  const path = { PATH: process.env.PATH, HOME: directory };
  const child = spawn(process.execPath, [main, command, ...words], { cwd: directory, env: { ...path, ...env } });
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const lines = out.trim().split('\n');
  return { code, out, lines, line: (begin: string) => lines.find((line) => line.slice(2).startsWith(begin)) };
}

test('without settings it names each variable that is missing, and looks at the machine all the same', async () => {
  const { code, lines } = await doctor({ PORT: String(port) });
  expect(code).toBe(1);
  expect(lines.map((line) => line.split(/[ :]/).slice(0, 2).join(' '))).toEqual([
    '✖ GITHUB_TOKEN',
    '✖ ANTHROPIC_API_KEY',
    '✔ .env',
    '✔ Claude',
    '✔ git',
    '✔ DATA_DIR',
    '✔ Database',
    '✔ PORT',
  ]);
  expect(existsSync(join(directory, 'data'))).toBe(false);
}, 90_000);

test('it looks at each part and says which variable to correct', async () => {
  const { code, lines, line } = await doctor({
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_API_URL: `http://127.0.0.1:${port}/api/`,
    SLACK_APP_TOKEN: 'xapp-1',
    GITHUB_TOKEN: world.github.token,
    GITHUB_API_URL: world.github.apiUrl,
    GITHUB_URL: world.github.url,
    PROJECTS: 'acme/none',
    ANTHROPIC_API_KEY: world.anthropic.apiKey,
    ANTHROPIC_BASE_URL: world.anthropic.url,
    CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-expired',
    WORKER_MODEL: 'claude-2',
    DISCORD_TOKEN: 'd',
    DISCORD_API_URL: 'http://127.0.0.1:1',
    TELEGRAM_BOT_TOKEN: '1:t',
    TELEGRAM_API_URL: 'http://127.0.0.1:1',
    ...noDatabase,
    PORT: String(port),
  });
  expect(code).toBe(1);
  expect(lines).toContain('✔ Settings: well-formed');
  expect(line('Slack')).toMatch(/^✖ Slack can't be reached \(ECONNREFUSED\)\. Check the network and SLACK_API_URL\./);
  expect(lines).toContain("✖ Discord can't be reached (ECONNREFUSED). Check the network and DISCORD_API_URL.");
  expect(lines).toContain("✖ Telegram can't be reached (ECONNREFUSED). Check the network and TELEGRAM_API_URL.");
  expect(line('DATABASE_URL')).toContain('nothing listens at 127.0.0.1:1');
  expect(line('GitHub')).toBe('✔ GitHub: mainloop-bot (token)');
  expect(line('Project')).toMatch(/^✖ .*shows no repository acme\/none/);
  expect(line('WORKER_MODEL')).toMatch(/^✖ .*claude-2/);
  expect(line('CLAUDE_CODE_OAUTH_TOKEN')).toMatch(/^✖ .*does not accept this token.*claude setup-token/);
}, 90_000);

test('one part that is ill-formed keeps none of the others from being looked at', async () => {
  const { lines, line } = await doctor({
    ...world.environment(port),
    ...noDatabase,
    SLACK_APP_TOKEN: '',
    MAX_WORKERS: 'many',
  });
  expect(line('SLACK_APP_TOKEN')).toMatch(/^✖ .*setup asks for it/);
  expect(line('MAX_WORKERS')).toMatch(/^✖/);
  expect(lines).toContain('✔ GitHub: mainloop-bot (token)');
}, 90_000);

test('a file that others can read is wrong, and names that are no settings are told', async () => {
  writeFileSync(join(directory, '.env'), 'SLAK=1\n', { mode: 0o644 });
  const { line } = await doctor(noDatabase);
  expect(line('.env sets')).toMatch(/^○ .*SLAK/);
  expect(line('.env:')).toBe('✖ .env: others on this machine can read it (mode 644). Run: chmod 600 .env');
}, 90_000);

test('a place for files that cannot be made, and one where a file is, are wrong', async () => {
  writeFileSync(join(directory, 'file'), '');
  const { line } = await doctor({ ...noDatabase, DATA_DIR: join(directory, 'file/data') });
  expect(line('DATA_DIR')).toMatch(/^✖ DATA_DIR .* cannot be made: .*file is a file/);
}, 90_000);

test('a port that another program has is wrong', async () => {
  const server = createServer((_request, response) => response.end('hello')).listen(0);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const taken = address && typeof address === 'object' ? address.port : 0;
  const { code, line } = await doctor({ ...noDatabase, ...world.environment(taken) });
  expect(code).toBe(1);
  expect(line('PORT')).toBe(
    `✖ PORT ${taken} is in use by another program. Stop that program, or set PORT to a free one.`,
  );
}, 90_000);

test('beside a program that runs it looks at that, and leaves it its data', async () => {
  const dataDir = join(directory, 'data');
  const env = { ...world.environment(port), PUBLIC_URL: `http://127.0.0.2:${port}` };
  mkdirSync(dataDir);
  const bot = createBotProcess({ port, dataDir, path: process.env.PATH ?? '', env });
  await bot.start();
  onTestFinished(() => bot.kill());
  const { code, out, line } = await doctor(env);
  expect(out).not.toContain('✖');
  expect(code).toBe(0);
  expect(line('PORT')).toBe(`✔ PORT: Mainloop runs on ${port} (process ${bot.pid}): slack, database ready`);
  expect(line('Database')).toBe('✔ Database: embedded Postgres answers under data');
  expect(line('PUBLIC_URL')).toBe(`✔ PUBLIC_URL: http://127.0.0.2:${port} leads here`);
  expect((await doctor(env, [], 'setup')).out).toContain(`Mainloop runs (process ${bot.pid}): stop it, then npm start`);
  const { code: elsewhere, line: told } = await doctor({ ...env, ...noDatabase, DATA_DIR: join(directory, 'other') });
  expect(elsewhere).toBe(1);
  expect(told('PORT')).toContain('in use by another Mainloop, on another DATA_DIR');
  await bot.stop();
  const { out: report } = await doctor({ ...env, PUBLIC_URL: '' }, ['--json']);
  const { ok, checks } = JSON.parse(report);
  expect(ok).toBe(true);
  expect(checks).toContainEqual({ name: 'PORT', state: 'ok', says: `${port} is free` });
  expect(checks).toContainEqual({
    name: 'PUBLIC_URL',
    state: 'note',
    says: expect.stringContaining('where GitHub cannot call'),
  });
}, 180_000);
