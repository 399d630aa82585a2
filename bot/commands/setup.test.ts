import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type AnthropicSim, createAnthropicSim } from '../../sim/anthropic/index.ts';
import { createGitHubSim, type GitHubSim } from '../../sim/github/index.ts';
import { runCli } from '../cli.ts';
import { environment } from '../config.ts';
import type { Prompt } from '../prompt.ts';
import { settings } from '../settings.ts';
import { setup } from './setup.ts';

let anthropic: AnthropicSim;
let github: GitHubSim;
let directory: string;
let file: string;
let apart: Record<string, string>;
beforeAll(async () => {
  anthropic = await createAnthropicSim({ brain: () => ({ say: 'unused' }) });
  github = await createGitHubSim();
  await github.createRepo('acme/web', { files: { 'README.md': '# web\n' } });
  apart = { GITHUB_API_URL: github.apiUrl, GITHUB_URL: github.url, ANTHROPIC_BASE_URL: anthropic.url };
});
afterAll(async () => {
  await anthropic.close();
  await github.close();
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mainloop-setup-'));
  file = join(directory, '.env');
  // What the machine has set itself must not answer for the person.
  for (const name of Object.keys(settings)) vi.stubEnv(name, apart[name]);
  return () => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true, force: true });
  };
});

async function run(words: readonly string[], prompt: Prompt = null) {
  const lines: string[] = [];
  const io = { say: (line: string) => void lines.push(line), complain: (line: string) => void lines.push(line) };
  const code = await runCli(['setup', ...words], [setup(prompt, file)], io);
  return { code, lines };
}

/** A person who answers what the question names, each time with the next of the answers. */
function person(answers: Record<string, string[]>): { prompt: NonNullable<Prompt>; hidden: string[] } {
  const hidden: string[] = [];
  return {
    hidden,
    async prompt(question, secret) {
      const name = Object.keys(answers).find((key) => question.startsWith(key)) ?? '';
      if (secret) hidden.push(name);
      return answers[name]?.shift() ?? '';
    },
  };
}

test('it asks for what is missing alone, again when the check fails, and hides what is secret', async () => {
  writeFileSync(file, '# mine\nTERMINAL_USER=ana\n');
  const { prompt, hidden } = person({
    GITHUB_TOKEN: ['wrong', github.token],
    ANTHROPIC_API_KEY: [anthropic.apiKey],
    PROJECTS: ['acme/web'],
  });
  const { code, lines } = await run([], prompt);
  expect(lines.filter((line) => line.startsWith('✖'))).toEqual([expect.stringContaining('GITHUB_TOKEN')]);
  expect(code).toBe(0);
  expect(hidden).toEqual(['GITHUB_TOKEN', 'GITHUB_TOKEN', 'ANTHROPIC_API_KEY']);
  expect(readFileSync(file, 'utf8')).toMatch(/^# mine\nTERMINAL_USER=ana\n/);
  expect(environment(file, {})).toEqual({
    TERMINAL_USER: 'ana',
    GITHUB_TOKEN: github.token,
    ANTHROPIC_API_KEY: anthropic.apiKey,
    PROJECTS: 'acme/web',
  });
  expect(lines.at(-1)).toContain('npm start');
  expect(lines.join('\n')).not.toContain(github.token);
});

test('a person who leaves keeps what has passed', async () => {
  const { prompt } = person({ 'Talk to it': ['irc', 'terminal'], TERMINAL_USER: ['ana'] });
  expect((await run([], prompt)).code).toBe(1);
  expect(parseEnv(readFileSync(file, 'utf8'))).toMatchObject({ TERMINAL_USER: 'ana', GITHUB_TOKEN: '' });
});

test('without a terminal it takes NAME=VALUE, says what is missing, and writes no .env for nothing', async () => {
  const { code, lines } = await run([]);
  expect(code).toBe(1);
  expect(lines.join('\n')).toMatch(/No chat platform[\s\S]*GITHUB_TOKEN is missing[\s\S]*ANTHROPIC_API_KEY is missing/);
  expect(existsSync(file)).toBe(false);
  const words = ['TERMINAL_USER=ana', `GITHUB_TOKEN=${github.token}`, `ANTHROPIC_API_KEY=${anthropic.apiKey}`];
  expect((await run(words)).code).toBe(0);
  expect(environment(file, {})).toMatchObject({ TERMINAL_USER: 'ana', PORT: '3000' });
});

test.each([
  [['PORT'], /not NAME=VALUE/],
  [['SLAK=1'], /SLAK is no setting/],
  [['PORT=x'], /PORT/],
])('%j is wrong usage', async (words, what) => {
  const { code, lines } = await run(words);
  expect(code).toBe(2);
  expect(lines[0]).toMatch(what);
});
