/** Test helper: one sim with one repository, a checked octokit, and git as people have it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Octokit } from '@octokit/rest';
import { executablePath } from './config.ts';
import { createGitHubSim, type GitHubSim, type GitHubSimOptions } from './index.ts';
import { loadOpenApi } from './openapi.ts';

const run = promisify(execFile);

export const openApi = loadOpenApi();
export const repo = { owner: 'acme', repo: 'web' };

/** A workflow whose only job succeeds while the file `value` holds 1. */
export const FILES = {
  'README.md': '# web\n',
  'check.js': "process.exit(require('fs').readFileSync('value', 'utf8').trim() === '1' ? 0 : 1);\n",
  value: '1\n',
  '.github/workflows/ci.yml': `name: CI
on: [push, pull_request]
jobs:
  test:
    name: unit
    steps:
      - uses: actions/checkout@v4
      - run: node check.js
`,
};

export interface Fixture {
  sim: GitHubSim;
  /** As mainloop-bot; every answer is held against GitHub's description. */
  octokit: Octokit;
  as(token: string): Octokit;
  /** Runs git and gives its output; the error carries git's words. */
  git(cwd: string, ...args: string[]): Promise<string>;
  /** Clone address with a token in it, or without one. */
  remote(token: string | null, name?: string): string;
  scratch: string;
  close(): Promise<void>;
}

export async function openFixture(options: GitHubSimOptions = {}): Promise<Fixture> {
  const sim = await createGitHubSim(options);
  const scratch = await mkdtemp(join(tmpdir(), 'github-sim-test-'));
  const as = (token: string) =>
    new Octokit({ baseUrl: sim.apiUrl, auth: token, request: { fetch: openApi.fetch(sim.apiUrl) }, log: silent });
  return {
    sim,
    octokit: as(sim.token),
    as,
    async git(cwd, ...args) {
      const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', '-c', 'credential.helper='];
      const { stdout } = await run('git', ['-C', cwd, ...who, ...args], {
        env: { PATH: executablePath, GIT_TERMINAL_PROMPT: '0' },
      });
      return stdout.trim();
    },
    remote: (token, name = 'acme/web') =>
      `${token ? sim.url.replace('//', `//x-access-token:${token}@`) : sim.url}/${name}.git`,
    scratch,
    async close() {
      await sim.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

const nothing = () => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };
