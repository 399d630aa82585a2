import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createGitHubSim, type GitHubSim } from '../../sim/github/index.ts';
import { createBroker } from './index.ts';
import { createMemoryDoor, openAttempt, serveBroker } from './testing.ts';

const run = promisify(execFile);
const door = createMemoryDoor();
const branch = 'mainloop/k3x9/1-greet';
/** Hears of each push that the code host has answered before the broker does; whether the answer is to be lost. */
let between: (push: number) => Promise<boolean>;
let github: GitHubSim;
let way: Awaited<ReturnType<typeof wayToHost>>;
let server: Awaited<ReturnType<typeof serveBroker>>;
let dir: string;
let clone: string;

beforeAll(async () => {
  github = await createGitHubSim();
  await github.createRepo('acme/web');
  door.state.attempts.set('good-token', openAttempt());
});
afterAll(() => github.close());
beforeEach(async () => {
  between = async () => false;
  way = await wayToHost();
  const remote = { url: `${way.url}/acme/web.git`, username: 'x-access-token', password: github.token };
  const [anthropic, log] = [{ baseUrl: 'http://127.0.0.1:9' }, pino({ level: 'silent' })];
  server = await serveBroker(createBroker({ door, anthropic, git: async () => remote, prefix: '/broker', log }));
  dir = mkdtempSync(join(tmpdir(), 'mainloop-push-'));
  clone = join(dir, 'web');
  await git('clone', '-q', `${server.url}/git/acme/web.git`, clone);
});
afterEach(async () => {
  await server.close();
  await way.close();
  rmSync(dir, { recursive: true, force: true });
});

const environment = () => ({
  ...{ PATH: process.env.PATH, HOME: dir, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_COUNT: '1' },
  ...{ GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@x', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@x' },
  GIT_CONFIG_KEY_0: `http.${server.url}/.extraHeader`,
  GIT_CONFIG_VALUE_0: 'Authorization: Bearer good-token',
});

const git = async (...args: string[]) => (await run('git', args, { cwd: dir, env: environment() })).stdout;

async function commit(): Promise<string> {
  writeFileSync(join(clone, 'file'), String(Math.random()));
  await git('-C', clone, 'add', '-A');
  await git('-C', clone, 'commit', '-qm', 'Change');
  return (await git('-C', clone, 'rev-parse', 'HEAD')).trim();
}

const push = () => ['-C', clone, 'push', '-qf', 'origin', `HEAD:refs/heads/${branch}`];

const refsAtHost = () => git('ls-remote', `${github.url}/acme/web.git`.replace('://', `://x:${github.token}@`));

/** What stands before the code host, for answers to be late or lost. */
async function wayToHost() {
  let pushes = 0;
  return serveBroker({
    async handler(request, response) {
      const url = new URL(`${github.url}${request.url?.slice('/broker'.length)}`);
      const outgoing = httpRequest(url, { method: request.method, headers: { ...request.headers, host: url.host } });
      outgoing.on('error', () => response.destroy());
      outgoing.on('response', async (answer) => {
        if (request.method === 'POST' && url.pathname.endsWith('git-receive-pack')) {
          pushes += 1;
          // All of it: git sends its head before it has done anything.
          const body = await buffer(answer).catch(() => null);
          if (body === null || (await between(pushes))) return void response.destroy();
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          return void response.end(body);
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      response.on('close', () => outgoing.destroy());
      request.pipe(outgoing);
    },
  });
}

test('a client that goes away once its pack is there leaves nothing behind, and its push is carried out', async () => {
  const taken = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  between = async (nth) => {
    taken.resolve();
    if (nth === 1) await gone.promise;
    return false;
  };
  const sha = await commit();
  // With a group of its own, since the git that is connected is a child of this one.
  const client = spawn('git', push(), { cwd: dir, env: environment(), detached: true, stdio: 'ignore' });
  await taken.promise;
  expect(await refsAtHost()).toContain('incoming');
  process.kill(-(client.pid as number), 'SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, 300));
  gone.resolve();
  await expect.poll(() => github.head('acme/web', branch), { timeout: 5_000 }).toBe(sha);
  await expect.poll(refsAtHost, { timeout: 5_000 }).not.toContain('incoming');
});

test.each([1, 2])('when the answer to step %d of a push is lost, nothing is left behind', async (step) => {
  between = async (nth) => nth === step;
  await commit();
  await expect(git(...push())).rejects.toThrow('502');
  expect(await refsAtHost()).not.toContain('incoming');
});
