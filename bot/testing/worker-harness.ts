/** A broker with its two upstreams in miniature, and real workers in a local sandbox, for tests of any of them. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { createBroker } from '../../adapters/broker/index.ts';
import { createMemoryDoor } from '../../adapters/broker/testing.ts';
import { createLocalSandbox } from '../../adapters/local/index.ts';
import type { OpenAttempt } from '../../core/door.ts';
import type { Job, Result } from '../../core/protocol.ts';
import { type Brain, createAnthropicSim } from '../../sim/anthropic/index.ts';
import { createGitHubSim } from '../../sim/github/index.ts';

export const repo = 'acme/web';
export const branch = 'mainloop/k3x9/1-greet';
export const checkpointRef = 'refs/mainloop/k3x9/1/wip';

/** Files of the repository that every harness begins with: one function and a test of it that needs no packages. */
const files = {
  'package.json': JSON.stringify({ name: 'web', type: 'module', scripts: { test: 'node --test' } }),
  'greet.js': "export const greet = () => 'helo';\n",
  'greet.test.js': [
    "import { test } from 'node:test';",
    "import assert from 'node:assert';",
    "import { greet } from './greet.js';",
    "test('greets', () => assert.match(greet(), /^hel/));\n",
  ].join('\n'),
};

export type WorkerHarness = Awaited<ReturnType<typeof createWorkerHarness>>;

/** Everything runs on loopback; `close` ends all processes and removes all files. */
export async function createWorkerHarness(extraFiles: Readonly<Record<string, string>> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'mainloop-worker-'));
  const anthropic = await createAnthropicSim({ brain: () => ({ say: 'ok' }) });
  const github = await createGitHubSim({ directory: join(dir, 'github') });
  await github.createRepo(repo, { files: { ...files, ...extraFiles } });
  const door = createMemoryDoor();
  const broker = createBroker({
    door,
    anthropic: { baseUrl: anthropic.url, apiKey: anthropic.apiKey },
    git: async ({ repo: name }) => ({
      url: `${github.url}/${name}.git`,
      username: 'x-access-token',
      password: github.token,
    }),
    prefix: '/broker',
    log: pino({ level: 'silent' }),
  });
  const server = createServer((request, response) => void broker.handler(request, response));
  const port = await listen(server, 0);
  const brokerUrl = `http://127.0.0.1:${port}/broker`;
  const sandbox = createLocalSandbox({
    dir: join(dir, 'tasks'),
    workerEntry: join(import.meta.dirname, '../../k8s/worker/main.ts'),
    brokerUrl,
    log: pino({ level: 'silent' }),
  });
  let attempts = 0;

  /** Opens an attempt and starts its worker. */
  async function start(job: Partial<Job>, brain?: Brain) {
    if (brain) anthropic.brain = brain;
    attempts += 1;
    const id = `1.${attempts}.1`;
    const token = `attempt-${randomUUID()}`;
    const kind = job.kind ?? 'implement';
    const open: OpenAttempt = {
      ...{ id, run: `1.${attempts}`, task: 1, kind, repo, branch, checkpointRef, model: 'claude-opus-5-5' },
      allowedModels: ['claude-opus-5-5', 'claude-haiku-5-5'],
      budgetLeft: 10,
    };
    door.state.attempts.set(token, open);
    door.state.results = [];
    door.state.jobs.set(id, {
      ...{ attempt: id, run: open.run, task: 1, kind, repo, base: 'main', branch, checkpointRef, model: open.model },
      ...{ prompt: 'Fix the greeting.', session: null, checks: null, deadline: Date.now() + 600_000, files: [] },
      author: { name: 'Ana', email: 'ana@example.com' },
      ...job,
    });
    await sandbox.start({ attempt: id, task: 1, token, deadline: Date.now() + 3_600_000, memory: 1 });
    return { id, token };
  }

  const log = (): string => {
    const attemptsDir = join(dir, 'tasks/1/attempts');
    if (!existsSync(attemptsDir)) return '';
    const logs = readdirSync(attemptsDir).filter((name) => name.endsWith('.log'));
    return logs.map((name) => readFileSync(join(attemptsDir, name), 'utf8')).join('\n');
  };

  /** Waits until `probe` answers something; fails with what the worker said. */
  async function until<T>(what: string, probe: () => T | undefined | Promise<T | undefined>, ms = 25_000): Promise<T> {
    for (const end = Date.now() + ms; Date.now() < end; await sleep(25)) {
      const found = await probe();
      if (found !== undefined) return found;
    }
    throw new Error(`waited in vain for ${what}\nevents: ${JSON.stringify(door.state.events)}\nlog: ${log()}`);
  }

  return {
    ...{ dir, anthropic, github, door, state: door.state, server, port, brokerUrl, sandbox, start, until, log },
    work: join(dir, 'tasks/1/work'),
    home: join(dir, 'tasks/1/home'),
    result: (ms?: number) => until<Result>('a result', () => door.state.results[0], ms),
    exited: (id: string) =>
      until('the end of the worker', async () => {
        const status = await sandbox.status(id);
        return status.state === 'exited' ? status.detail : undefined;
      }),
    /** Runs a whole attempt to its result. */
    async run(job: Partial<Job>, brain?: Brain): Promise<Result> {
      await start(job, brain);
      return this.result();
    },
    /** Takes the broker away, or brings it back at the same address. */
    async goAway(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    comeBack: () => listen(server, port),
    async close(): Promise<void> {
      await sandbox.remove(1);
      server.closeAllConnections();
      server.close();
      await Promise.all([anthropic.close(), github.close()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
