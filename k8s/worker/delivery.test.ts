import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Job } from '../../core/protocol.ts';
import { commitLeftovers, commitsOf, push } from './delivery.ts';
import { createGit, type Git } from './git.ts';

const job = { base: 'main', branch: 'task', checkpointRef: 'refs/mainloop/task/wip' } as Job;
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

/** Two commits of ours on the branch, of which somebody then drops the second. */
async function theyDropTheLeak(also: Readonly<Record<string, string>> = {}): Promise<string> {
  for (const name of ['good', 'leak']) await ours(name, `${name}\n`);
  expect(await push(git, job)).toBe('pushed');
  await theirs(['clone', '-q', '-b', 'task', join(dir, 'remote'), '.']);
  await theirs(['reset', '-q', '--hard', 'HEAD~1']);
  for (const [name, text] of Object.entries(also)) write('theirs', name, text);
  await commitLeftovers(theirs, 'Theirs');
  await theirs(['push', '-q', '--force', 'origin', 'task']);
  return theirs(['rev-parse', 'HEAD']);
}

async function ours(name: string, text: string): Promise<void> {
  write('ours', name, text);
  await commitLeftovers(git, name);
}

const pushed = async () => {
  await git(['fetch', '-q', 'origin']);
  return (await git(['log', '--format=%s', 'origin/main..origin/task'])).split('\n');
};

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
  expect(await push(git, job)).toBe('pushed');
  expect(await remote()).toBe(await git(['rev-parse', 'HEAD']));
});

test('own history may be rewritten while nobody else has pushed', async () => {
  write('ours', 'b.txt', 'two\n');
  await commitLeftovers(git, 'Ours');
  await push(git, job);
  await git(['commit', '-q', '--amend', '-m', 'Ours, better']);
  expect(await push(git, job)).toBe('pushed');
  expect(await remote()).toBe(await git(['rev-parse', 'HEAD']));
});

test("somebody else's commits are kept, with ours on top", async () => {
  const sha = await theyPush('c.txt', 'three\n');
  write('ours', 'b.txt', 'two\n');
  await commitLeftovers(git, 'Ours');
  expect(await push(git, job)).toBe('pushed');
  expect(await git(['rev-parse', 'HEAD^'])).toBe(sha);
  expect(await remote()).toBe(await git(['rev-parse', 'HEAD']));
});

test('a conflict leaves both sides as they were and says no', async () => {
  const sha = await theyPush('a.txt', 'theirs\n');
  write('ours', 'a.txt', 'ours\n');
  await commitLeftovers(git, 'Ours');
  expect(await push(git, job)).toBe('moved');
  expect(await remote()).toBe(sha);
  expect(await git(['log', '-1', '--format=%s'])).toBe('Ours');
  expect(await git(['status', '--porcelain'])).toBe('');
});

test('a commit that somebody dropped while we worked stays dropped, with ours on top of theirs', async () => {
  await theyDropTheLeak();
  await ours('new', 'new\n');
  expect(await push(git, job)).toBe('pushed');
  expect(await pushed()).toEqual(['new', 'good']);
  expect(await git(['ls-tree', '--name-only', 'origin/task'])).not.toContain('leak');
});

test('a commit that somebody dropped stays so when Claude has fetched their branch meanwhile', async () => {
  await theyDropTheLeak();
  await git(['fetch', '-q', 'origin']);
  await ours('new', 'new\n');
  expect(await push(git, job)).toBe('pushed');
  expect(await pushed()).toEqual(['new', 'good']);
});

test('what somebody drops between two pushes of one run stays dropped', async () => {
  await ours('good', 'good\n');
  await push(git, job);
  const good = await git(['rev-parse', 'HEAD']);
  await ours('leak', 'leak\n');
  await push(git, job);
  await git(['push', '-q', '--force', join(dir, 'remote'), `${good}:refs/heads/task`]);
  await ours('new', 'new\n');
  expect(await push(git, job)).toBe('pushed');
  expect(await pushed()).toEqual(['new', 'good']);
});

test('new work that conflicts with a rewritten branch is pushed only without what was dropped', async () => {
  const sha = await theyDropTheLeak({ new: 'theirs\n' });
  await ours('new', 'ours\n');
  const known = await git(['rev-parse', 'HEAD~1']);
  expect(await push(git, job)).toBe('rewritten');
  expect(await remote()).toBe(sha);
  expect(await git(['log', '-1', '--format=%s'])).toBe('new');
  // Merging would bring it back.
  await git.maybe(['merge', '-q', 'origin/task']);
  await ours('new', 'both\n');
  expect(await push(git, job)).toBe('rewritten');
  expect(await remote()).toBe(sha);
  await git(['reset', '-q', '--hard', 'HEAD~1']);
  await git.maybe(['rebase', '-q', '--onto', 'origin/task', known]);
  write('ours', 'new', 'both\n');
  await git(['add', '-A']);
  await git(['rebase', '--continue'], { GIT_EDITOR: 'true' });
  expect(await push(git, job)).toBe('pushed');
  expect(await pushed()).toEqual(['new', 'Theirs', 'good']);
});

test('what was merged from the base is not made again when our work goes on top of theirs', async () => {
  await ours('good', 'good\n');
  await push(git, job);
  await theyPush('c.txt', 'three\n');
  const main = await git(['commit-tree', 'origin/main^{tree}', '-p', 'origin/main', '-m', 'On main']);
  await git(['push', '-q', 'origin', `${main}:refs/heads/main`]);
  await git(['merge', '-q', '--no-ff', '-m', 'Merge main', main]);
  expect(await push(git, job)).toBe('pushed');
  expect(await pushed()).toEqual(['Merge main', 'Theirs', 'good']);
});
