import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AnthropicSim, createAnthropicSim } from '../../sim/anthropic/index.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
let sim: AnthropicSim;
let directory: string;
beforeAll(async () => {
  sim = await createAnthropicSim({ brain: () => ({ say: 'unused' }) });
  directory = mkdtempSync(join(tmpdir(), 'mainloop-doctor-'));
});
afterAll(async () => {
  await sim.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 20 });
});

/** The program in an empty directory, so that no .env is there. */
async function doctor(env: NodeJS.ProcessEnv): Promise<{ code: number; lines: string[] }> {
  const child = spawn(process.execPath, [main, 'doctor'], { cwd: directory, env: { PATH: process.env.PATH, ...env } });
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { code, lines: out.trim().split('\n') };
}

test('without settings it names each variable that is missing', async () => {
  const { code, lines } = await doctor({});
  expect(code).toBe(1);
  expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    '✖ SLACK_BOT_TOKEN',
    '✖ GITHUB_TOKEN',
    '✖ ANTHROPIC_API_KEY',
    '○ The',
  ]);
});

test('it looks at each part and says which variable to correct', async () => {
  const { code, lines } = await doctor({
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_API_URL: 'http://127.0.0.1:1/api/',
    GITHUB_API_URL: 'http://127.0.0.1:1',
    SLACK_APP_TOKEN: 'xapp-1',
    GITHUB_TOKEN: 'token',
    ANTHROPIC_API_KEY: sim.apiKey,
    ANTHROPIC_BASE_URL: sim.url,
    WORKER_MODEL: 'claude-2',
    DISCORD_TOKEN: 'd',
    DISCORD_API_URL: 'http://127.0.0.1:1',
    TELEGRAM_BOT_TOKEN: '1:t',
    TELEGRAM_API_URL: 'http://127.0.0.1:1',
  });
  expect(code).toBe(1);
  expect(lines).toContain('✔ Settings');
  expect(lines).toContain("✖ Discord: Discord can't be reached (ECONNREFUSED). Check the network and DISCORD_API_URL.");
  expect(lines).toContain(
    "✖ Telegram: Telegram can't be reached (ECONNREFUSED). Check the network and TELEGRAM_API_URL.",
  );
  expect(lines).toContain('✔ Database: embedded Postgres under data');
  expect(lines.find((line) => line.startsWith('✖ WORKER_MODEL'))).toMatch(/claude-2/);
}, 90_000);
