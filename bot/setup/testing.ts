/** A desk for tests: the services in miniature, a directory that is also the home, and people who answer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnthropicSim, createAnthropicSim } from '../../sim/anthropic/index.ts';
import { createGitHubSim, type GitHubSim } from '../../sim/github/index.ts';
import { runCli } from '../cli.ts';
import { setup } from '../commands/setup.ts';
import type { Prompt } from '../prompt.ts';

export interface SetupWorld {
  readonly anthropic: AnthropicSim;
  readonly github: GitHubSim;
  /** Where they are, as settings. */
  readonly addresses: Record<string, string>;
  close(): Promise<void>;
}

export async function createSetupWorld(): Promise<SetupWorld> {
  const anthropic = await createAnthropicSim({ brain: () => ({ say: 'ok' }) });
  const github = await createGitHubSim();
  await github.createRepo('acme/web', { files: { 'README.md': '# web\n' } });
  return {
    anthropic,
    github,
    addresses: { GITHUB_API_URL: github.apiUrl, GITHUB_URL: github.url, ANTHROPIC_BASE_URL: anthropic.url },
    async close() {
      await anthropic.close();
      await github.close();
    },
  };
}

/** A place of its own for `.env`, and for what Claude Code would have. */
export function openDirectory(): { directory: string; file: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'mainloop-setup-'));
  const remove = () => rmSync(directory, { recursive: true, force: true, maxRetries: 20 });
  return { directory, file: join(directory, '.env'), remove };
}

/** Runs setup in this process; answers its exit code and every line. */
export async function runSetup(file: string, words: readonly string[], prompt: Prompt = null) {
  const lines: string[] = [];
  const io = { say: (line: string) => void lines.push(line), complain: (line: string) => void lines.push(line) };
  const code = await runCli(['setup', ...words], [setup(prompt, file)], io);
  return { code, lines, text: lines.join('\n') };
}

/** A person who answers what the question begins with, each time with the next of the answers, and then leaves. */
export function person(answers: Readonly<Record<string, readonly string[]>>) {
  const left = new Map(Object.entries(answers).map(([name, list]) => [name, [...list]]));
  const hidden: string[] = [];
  const questions: string[] = [];
  return {
    hidden,
    questions,
    async prompt(question: string, secret: boolean): Promise<string | null> {
      const name = [...left.keys()].find((key) => question.startsWith(key)) ?? '';
      questions.push(question);
      if (secret) hidden.push(name);
      return left.get(name)?.shift() ?? null;
    },
  };
}
