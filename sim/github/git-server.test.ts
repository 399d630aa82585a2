import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FILES, type Fixture, openFixture, repo } from './fixture.ts';
import type { SimEvents } from './index.ts';

let fixture: Fixture;
let web: string;
let pushes: SimEvents['push'][];
const git = (...args: string[]) => fixture.git(web, ...args);

beforeEach(async () => {
  fixture = await openFixture();
  const { sim, scratch, remote } = fixture;
  await sim.createRepo('acme/web', { files: FILES });
  await fixture.git(scratch, 'clone', '-q', remote(sim.token), 'web');
  web = join(scratch, 'web');
  pushes = [];
  sim.on('push', (push) => pushes.push(push));
});
afterEach(() => fixture.close());

async function commit(name: string, content: string | Buffer): Promise<string> {
  await writeFile(join(web, name), content);
  await git('add', '-A');
  await git('commit', '-qm', `Write ${name}`);
  return git('rev-parse', 'HEAD');
}

test('pushes, forced pushes and deletions of several refs are all noticed', async () => {
  const first = await commit('a', 'a');
  await git('push', '-q', 'origin', 'HEAD:refs/heads/one', 'HEAD:refs/heads/two');
  expect(pushes.map(({ ref, after, by }) => [ref, after, by])).toEqual([
    ['refs/heads/one', first, 'mainloop-bot'],
    ['refs/heads/two', first, 'mainloop-bot'],
  ]);
  await git('commit', '-q', '--amend', '-m', 'Other');
  await expect(git('push', '-q', 'origin', 'HEAD:one')).rejects.toThrow('rejected');
  await git('push', '-qf', 'origin', 'HEAD:one', ':two');
  expect(pushes.slice(2).map(({ ref, forced, after }) => [ref, forced, /^0+$/.test(after)])).toEqual([
    ['refs/heads/one', true, false],
    ['refs/heads/two', false, true],
  ]);
});

test('refs outside branches are kept and start nothing', async () => {
  const sha = await commit('wip', 'wip');
  await git('push', '-q', 'origin', 'HEAD:refs/mainloop/41/wip');
  const { data } = await fixture.octokit.rest.git.getRef({ ...repo, ref: 'mainloop/41/wip' });
  expect(data.object.sha).toBe(sha);
  expect(fixture.sim.repo('acme/web').runs).toEqual([]);
  expect(fixture.sim.webhooks.deliveries).toEqual([]);
  await git('fetch', '-q', 'origin', 'refs/mainloop/41/wip:refs/back');
  expect(await git('rev-parse', 'refs/back')).toBe(sha);
});

test('a pull request can be fetched by its own ref and by SHA', async () => {
  const sha = await commit('value', '1 \n');
  await git('push', '-q', 'origin', 'HEAD:refs/heads/fix');
  await fixture.octokit.rest.pulls.create({ ...repo, title: 'Fix', head: 'fix', base: 'main' });
  expect(await git('ls-remote', 'origin', 'refs/pull/1/head')).toContain(sha);
  await expect(git('push', '-qf', 'origin', 'HEAD:refs/pull/1/head')).rejects.toThrow('hidden ref');
  await git('push', '-q', 'origin', ':fix');
  await git('fetch', '-q', 'origin', sha);
});

test('large pushes go through', async () => {
  // Above git's post buffer of 1 MB the request is chunked.
  const sha = await commit('large.bin', randomBytes(3_000_000));
  await git('push', '-q', 'origin', 'HEAD:refs/heads/large');
  expect(await fixture.sim.head('acme/web', 'large')).toBe(sha);
});

test('strangers read what is public and write nothing', async () => {
  const { sim, scratch, remote, git: run } = fixture;
  await sim.createRepo('acme/secret', { private: true });
  await run(scratch, 'clone', '-q', remote(null), 'open');
  await expect(run(scratch, 'clone', '-q', remote(null, 'acme/secret'), 'shut')).rejects.toThrow(
    /could not read Username/,
  );
  await expect(run(scratch, 'clone', '-q', remote('ghp_wrong', 'acme/secret'), 'wrong')).rejects.toThrow(
    /Authentication failed/,
  );
  await expect(run(join(scratch, 'open'), 'push', '-q', 'origin', 'HEAD:x')).rejects.toThrow(/could not read Username/);
  const reader = sim.person('reader', { permission: 'read' });
  await run(scratch, 'clone', '-q', remote(reader.token, 'acme/secret'), 'read');
  await expect(run(join(scratch, 'read'), 'push', '-q', 'origin', 'HEAD:x')).rejects.toThrow('403');
});

test('git feels the faults too: a push may arrive although its answer does not', async () => {
  const sha = await commit('a', 'a');
  fixture.sim.faults.add({ kind: 'error502', path: /info\/refs/ });
  await expect(git('push', '-q', 'origin', 'HEAD:refs/heads/lost')).rejects.toThrow('502');
  expect(await fixture.sim.head('acme/web', 'lost')).toBeUndefined();
  fixture.sim.faults.add({ kind: 'drop_after', method: 'POST', path: /git-receive-pack/ });
  await expect(git('push', '-q', 'origin', 'HEAD:refs/heads/kept')).rejects.toThrow();
  expect(await fixture.sim.head('acme/web', 'kept')).toBe(sha);
  expect(pushes).toHaveLength(1);
});

test('a client that goes away in the middle of a push does not stop the next one', async () => {
  const { sim } = fixture;
  const { hostname, port } = new URL(sim.url);
  const authorization = `Basic ${Buffer.from(`x:${sim.token}`).toString('base64')}`;
  const half = request({
    hostname,
    port,
    method: 'POST',
    path: '/acme/web.git/git-receive-pack',
    headers: { authorization, 'content-length': 5000, 'content-type': 'application/x-git-receive-pack-request' },
  });
  const broken = new Promise((resolve) => half.on('close', resolve));
  half.write('0');
  await new Promise((resolve) => setTimeout(resolve, 300));
  half.destroy();
  await broken;
  const sha = await commit('a', 'a');
  await git('push', '-q', 'origin', 'HEAD:refs/heads/next');
  expect(await sim.head('acme/web', 'next')).toBe(sha);
});
