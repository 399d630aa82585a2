import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Job } from '../../core/protocol.ts';
import { commitLeftovers, commitsOf, push } from './delivery.ts';
import { createGit, type Git } from './git.ts';

const job = { base: 'main', branch: 'task' } as Job;
let dir: string;
let git: Git;
let theirs: Git;

/** A bare remote with one commit, our clone on the task branch, and somebody else's clone. */
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mainloop-delivery-'));
  const names = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@x', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@x' };
  const env = { PATH: process.env.PATH ?? '', HOME: dir, ...names };
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', 'remote'], { cwd: dir });
  for (const name of ['ours', 'theirs']) mkdirSync(join(dir, name));
  git = createGit(join(dir, 'ours'), env);
  theirs = createGit(join(dir, 'theirs'), env);
  await git(['init', '-q', '-b', 'main']);
  await git(['remote', 'add', 'origin', join(dir, 'remote')]);
  write('ours', 'a.txt', 'one\n');
  await commitLeftovers(git, 'First');
  await git(['push', '-q', 'origin', 'main']);
  await git(['fetch', '-q', 'origin']);
  await git(['checkout', '-q', '-b', 'task']);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const write = (clone: string, name: string, text: string) => writeFileSync(join(dir, clone, name), text);
const remote = async () => (await git(['ls-remote', 'origin', 'refs/heads/task'])).slice(0, 40);

async function theyPush(name: string, text: string): Promise<string> {
  await theirs(['clone', '-q', join(dir, 'remote'), '.']);
  await theirs.maybe(['checkout', '-q', 'task']);
  await theirs(['checkout', '-q', '-B', 'task']);
  write('theirs', name, text);
  await commitLeftovers(theirs, 'Theirs');
  await theirs(['push', '-q', 'origin', 'task']);
  return theirs(['rev-parse', 'HEAD']);
}

test('what is left uncommitted is committed; nothing left is no commit', async () => {
  write('ours', 'b.txt', 'two\n');
  await commitLeftovers(git, 'Leftovers');
  await commitLeftovers(git, 'Never');
  expect(await git(['log', '-1', '--format=%s'])).toBe('Leftovers');
  expect(await commitsOf(git, job)).toBe(1);
});

test('a new branch is pushed', async () => {
  write('ours', 'b.txt', 'two\n');
  await commitLeftovers(git, 'Ours');
  expect(await push(git, job, null)).toBe(true);
  expect(await remote()).toBe(await git(['rev-parse', 'HEAD']));
});

test('own history may be rewritten while nobody else has pushed', async () => {
  write('ours', 'b.txt', 'two\n');
  await commitLeftovers(git, 'Ours');
  await push(git, job, null);
  const before = await git(['rev-parse', 'HEAD']);
  await git(['commit', '-q', '--amend', '-m', 'Ours, better']);
  expect(await push(git, job, before)).toBe(true);
  expect(await remote()).toBe(await git(['rev-parse', 'HEAD']));
});

test("somebody else's commits are kept, with ours on top", async () => {
  const sha = await theyPush('c.txt', 'three\n');
  write('ours', 'b.txt', 'two\n');
  await commitLeftovers(git, 'Ours');
  expect(await push(git, job, null)).toBe(true);
  expect(await git(['rev-parse', 'HEAD^'])).toBe(sha);
  expect(await remote()).toBe(await git(['rev-parse', 'HEAD']));
});

test('a conflict leaves both sides as they were and says no', async () => {
  const sha = await theyPush('a.txt', 'theirs\n');
  write('ours', 'a.txt', 'ours\n');
  await commitLeftovers(git, 'Ours');
  expect(await push(git, job, null)).toBe(false);
  expect(await remote()).toBe(sha);
  expect(await git(['log', '-1', '--format=%s'])).toBe('Ours');
  expect(await git(['status', '--porcelain'])).toBe('');
});
