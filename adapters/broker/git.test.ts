import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createGitHubSim, type GitHubSim } from '../../sim/github/index.ts';
import { createBroker } from './index.ts';
import { createMemoryDoor, openAttempt, serveBroker } from './testing.ts';

const run = promisify(execFile);
const door = createMemoryDoor();
const branch = 'mainloop/k3x9/1-greet';
let dir: string;
let clone: string;
let github: GitHubSim;
let server: Awaited<ReturnType<typeof serveBroker>>;
let access: (repo: string) => { url: string; username: string; password: string };

beforeAll(async () => {
  github = await createGitHubSim();
  await github.createRepo('acme/web');
  await github.createRepo('acme/secret', { private: true });
  server = await serveBroker(
    createBroker({
      door,
      anthropic: { baseUrl: 'http://127.0.0.1:9', apiKey: 'k' },
      git: async ({ repo }) => access(repo),
      prefix: '/broker',
      log: pino({ level: 'silent' }),
    }),
  );
});
afterAll(async () => {
  await server.close();
  await github.close();
});
beforeEach(async () => {
  access = (repo) => ({ url: `${github.url}/${repo}.git`, username: 'x-access-token', password: github.token });
  door.state.attempts.set('good-token', openAttempt());
  dir = mkdtempSync(join(tmpdir(), 'mainloop-git-'));
  await git(dir, 'clone', '-q', `${server.url}/git/acme/web.git`, 'web');
  clone = join(dir, 'web');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Real git with the attempt's token in its environment; resolves with both streams, rejects when git fails. */
async function git(cwd: string, ...args: string[]): Promise<string> {
  const env = {
    ...{ PATH: process.env.PATH, HOME: dir, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_COUNT: '1' },
    ...{ GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@x', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@x' },
    GIT_CONFIG_KEY_0: `http.${server.url}/.extraHeader`,
    GIT_CONFIG_VALUE_0: 'Authorization: Bearer good-token',
  };
  const { stdout, stderr } = await run('git', args, { cwd, env });
  return stdout + stderr;
}

async function commit(content: string | Buffer = String(Math.random())): Promise<string> {
  writeFileSync(join(clone, 'file'), content);
  await git(clone, 'add', '-A');
  await git(clone, 'commit', '-qm', 'Change');
  return (await git(clone, 'rev-parse', 'HEAD')).trim();
}

test('clone and push to the task branch and the checkpoint ref work', async () => {
  const sha = await commit();
  await git(clone, 'push', '-q', 'origin', `HEAD:refs/heads/${branch}`, '+HEAD:refs/mainloop/k3x9/1/wip');
  expect(await github.head('acme/web', branch)).toBe(sha);
  expect(await git(clone, 'ls-remote', 'origin', 'refs/mainloop/k3x9/1/wip')).toContain(sha);
});

test('a push to another branch is refused in words that git shows, and nothing of it arrives', async () => {
  const main = await github.head('acme/web', 'main');
  await commit();
  await expect(git(clone, 'push', 'origin', 'HEAD:main')).rejects.toThrow(
    /! \[remote rejected\] HEAD -> main \(not allowed: this task may push only to mainloop\/k3x9\/1-greet\)/,
  );
  await expect(git(clone, 'push', 'origin', 'HEAD:main', `HEAD:refs/heads/other`)).rejects.toThrow(/not allowed/);
  await expect(git(clone, 'push', 'origin', 'HEAD:refs/tags/v1')).rejects.toThrow(/not allowed/);
  expect(await github.head('acme/web', 'main')).toBe(main);
});

test('a push of very many refs is refused in words that git shows, and is told in one line', async () => {
  await commit();
  door.state.refused.length = 0;
  const refs = Array.from({ length: 40 }, (_, n) => `HEAD:refs/heads/many-${n}`);
  await expect(git(clone, 'push', 'origin', ...refs)).rejects.toThrow(
    /! \[remote rejected\] HEAD -> many-39 \(not allowed: a push of more than 16 refs\)/,
  );
  expect(door.state.refused).toEqual(['a push of 40 refs']);
});

test('the commands of a packed push are read too, and one that is not understood is refused', async () => {
  const old = '0'.repeat(40);
  const line = `${old} ${'1'.repeat(40)} refs/heads/main\0 report-status`;
  const body = `${(line.length + 4).toString(16).padStart(4, '0')}${line}0000PACK`;
  const post = (content: Buffer, encoding: string) =>
    fetch(`${server.url}/git/acme/web.git/git-receive-pack`, {
      method: 'POST',
      headers: { authorization: 'Bearer good-token', 'content-encoding': encoding },
      body: new Uint8Array(content),
    });
  const refused = await post(gzipSync(body), 'gzip');
  expect(await refused.text()).toMatch(/unpack ok\n.*ng refs\/heads\/main not allowed/s);
  expect((await post(Buffer.from('zzzz'), 'identity')).status).toBe(400);
  expect((await post(Buffer.from('001bpush-cert\0report-status0000'), 'identity')).status).toBe(400);
});

test('deleting the own branch is refused', async () => {
  await commit();
  await git(clone, 'push', '-q', '--force', 'origin', `HEAD:refs/heads/${branch}`);
  await expect(git(clone, 'push', 'origin', `:refs/heads/${branch}`)).rejects.toThrow(/may not delete refs/);
  expect(await github.head('acme/web', branch)).toBeDefined();
});

test('another repository is refused', async () => {
  await expect(git(dir, 'clone', `${server.url}/git/acme/secret.git`)).rejects.toThrow(/403/);
});

test('a plan run may fetch but not push', async () => {
  door.state.attempts.set('good-token', openAttempt({ kind: 'plan' }));
  await git(clone, 'fetch', '-q', 'origin');
  await commit();
  await expect(git(clone, 'push', 'origin', `HEAD:refs/heads/${branch}`)).rejects.toThrow(/A plan run only reads|403/);
});

test.each(['/HEAD', '/objects/info/packs', '/info/refs', '/info/refs?service=git-upload-archive', '/info/lfs/objects'])(
  'there is no dumb protocol: %s',
  async (path) => {
    const headers = { authorization: `Basic ${Buffer.from('x:good-token').toString('base64')}` };
    const response = await fetch(`${server.url}/git/acme/web.git${path}`, { headers });
    expect(response.status).toBe(403);
  },
);

test('a closed attempt can neither fetch nor push', async () => {
  door.state.attempts.delete('good-token');
  await expect(git(clone, 'fetch', 'origin')).rejects.toThrow();
});

test('the credential never reaches the worker, not even by a redirect or a refusal', async () => {
  const moved = await serveBroker({
    async handler(request, response) {
      if (request.url?.startsWith('/broker/old')) {
        const location = `/broker/new${request.url.slice('/broker/old'.length)}`;
        response.writeHead(301, { location, 'set-cookie': 'secret=1' }).end();
      } else response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end('who are you');
    },
  });
  access = () => ({ url: `${moved.url}/old`, username: 'u', password: 'real-secret' });
  const headers = { authorization: 'Bearer good-token' };
  const response = await fetch(`${server.url}/git/acme/web.git/info/refs?service=git-upload-pack`, {
    headers,
    redirect: 'manual',
  });
  expect(response.status).toBe(502);
  expect(response.headers.get('www-authenticate')).toBeNull();
  expect(await response.text()).not.toContain('secret');
  await moved.close();
});

test('a renamed repository is fetched from where it is now', async () => {
  const seen: string[] = [];
  const moved = await serveBroker({
    async handler(request, response) {
      seen.push(`${request.method} ${request.url}`);
      const url = request.url ?? '';
      if (url.startsWith('/broker/old')) response.writeHead(301, { location: url.replace('old', 'new') }).end();
      else response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' }).end('0000');
    },
  });
  access = () => ({ url: `${moved.url}/old`, username: 'u', password: 'p' });
  const headers = { authorization: 'Bearer good-token' };
  const base = `${server.url}/git/acme/web.git`;
  expect((await fetch(`${base}/info/refs?service=git-upload-pack`, { headers })).status).toBe(200);
  expect((await fetch(`${base}/git-upload-pack`, { method: 'POST', headers, body: '0000' })).status).toBe(200);
  expect(seen.at(-1)).toBe('POST /broker/new/git-upload-pack');
  await moved.close();
});

test('a push that the door refuses is seen by the code host, but the branch stays where it was, and nothing is left', async () => {
  const first = await commit();
  await git(clone, 'push', '-qf', 'origin', `HEAD:refs/heads/${branch}`);
  const pushes: string[] = [];
  const stop = github.on('push', ({ ref }) => void pushes.push(ref));
  const asked: string[] = [];
  door.state.mayPush = (sha) => {
    asked.push(sha);
    return 'not allowed: it changes .github/workflows, which only a person may';
  };
  const second = await commit();
  await expect(
    git(clone, 'push', 'origin', `HEAD:refs/heads/${branch}`, '+HEAD:refs/mainloop/k3x9/1/wip'),
  ).rejects.toThrow(
    /! \[remote rejected\] HEAD -> mainloop\/k3x9\/1-greet \(not allowed: it changes \.github\/workflows, which only a person may\)/,
  );
  stop();
  door.state.mayPush = () => null;
  expect(asked).toEqual([second]);
  expect(await github.head('acme/web', branch)).toBe(first);
  expect(pushes.filter((ref) => ref.startsWith('refs/heads/'))).toEqual([]);
  const refs = await git(clone, 'ls-remote', 'origin');
  expect(refs).not.toContain('incoming');
  expect(refs).not.toContain(second);
  expect(door.state.refused.join()).toContain('.github/workflows');
});

test('a branch that has moved meanwhile is told as git tells it, and a forced push moves it', async () => {
  await commit();
  await git(clone, 'push', '-qf', 'origin', `HEAD:refs/heads/${branch}`);
  await git(clone, 'commit', '-q', '--amend', '-m', 'Other');
  await expect(git(clone, 'push', 'origin', `HEAD:refs/heads/${branch}`)).rejects.toThrow(
    /non-fast-forward|fetch first/,
  );
  await git(clone, 'push', '-qf', 'origin', `HEAD:refs/heads/${branch}`);
  expect(await github.head('acme/web', branch)).toBe((await git(clone, 'rev-parse', 'HEAD')).trim());
  expect(await git(clone, 'ls-remote', 'origin')).not.toContain('incoming');
});

test('an atomic push moves all of its refs or none', async () => {
  const first = await commit();
  const wip = 'refs/mainloop/k3x9/1/wip';
  await git(clone, 'push', '-qf', '--atomic', 'origin', `HEAD:refs/heads/${branch}`, `+HEAD:${wip}`);
  expect(await github.head('acme/web', branch)).toBe(first);
  // Somebody pushes meanwhile: what the client believes of the branch is over when its push arrives.
  const other = await commit();
  await git(clone, 'push', '-q', 'origin', `HEAD:refs/heads/${branch}`);
  const url = `${github.url}/acme/web.git`.replace('://', `://x:${github.token}@`);
  door.state.mayPush = async () => {
    await run('git', ['push', '-qf', url, `${first}:refs/heads/${branch}`], { cwd: clone });
    return null;
  };
  await commit();
  const late = git(clone, 'push', '--atomic', 'origin', `HEAD:refs/heads/${branch}`, `+HEAD:${wip}`);
  await expect(late).rejects.toThrow(/remote rejected/);
  door.state.mayPush = () => null;
  expect(await github.head('acme/web', branch)).toBe(first);
  const refs = await git(clone, 'ls-remote', 'origin');
  expect(refs).toContain(`${first}\t${wip}`);
  expect(refs).not.toContain('incoming');
  expect(other).not.toBe(first);
});

test('while it can’t be said whether a push may pass, it does not, and nothing is left', async () => {
  door.state.mayPush = () => {
    throw new Error('GitHub is away');
  };
  await commit();
  await expect(git(clone, 'push', 'origin', `HEAD:refs/heads/${branch}-x`)).rejects.toThrow('not allowed');
  await expect(git(clone, 'push', '-f', 'origin', `HEAD:refs/heads/${branch}`)).rejects.toThrow('503');
  door.state.mayPush = () => null;
  expect(await git(clone, 'ls-remote', 'origin')).not.toContain('incoming');
});

// The last, since every clone after it carries its 50 MB.
test('a push of 50 MB passes without being held in memory, and so does its refusal', async () => {
  const before = process.memoryUsage().rss;
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  const sha = await commit(randomBytes(50 * 1024 * 1024));
  await git(clone, 'push', '-q', '--force', 'origin', `HEAD:refs/heads/${branch}`);
  expect(await github.head('acme/web', branch)).toBe(sha);
  await expect(git(clone, 'push', 'origin', 'HEAD:main')).rejects.toThrow(/not allowed/);
  clearInterval(watch);
  expect((peak - before) / 1024 / 1024).toBeLessThan(150);
}, 60_000);
