import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Job } from '../../core/protocol.ts';
import { createCheckpoint } from './checkpoint.ts';
import { push as deliver } from './delivery.ts';
import { createGit, type Git } from './git.ts';
import { initialise, prepare } from './workspace.ts';

const job = {
  repo: 'acme/web',
  base: 'main',
  branch: 'mainloop/k3x9/1-greet',
  checkpointRef: 'refs/mainloop/k3x9/1/wip',
} as Job;
const names = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@x', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@x' };
let dir: string;
let git: Git;

/** An empty remote where a broker would have it, and an empty directory for the attempt. */
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mainloop-workspace-'));
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', 'broker/git/acme/web.git'], { cwd: dir });
  mkdirSync(join(dir, 'work'));
  git = createGit(join(dir, 'work'), { PATH: process.env.PATH ?? '', HOME: dir, ...names });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = (name: string) => join(dir, 'work', name);
const push = (...specs: string[]) => git(['push', '-q', '--force', 'origin', ...specs]);

async function begin() {
  await initialise(git, join(dir, 'work'));
  return prepare(git, join(dir, 'broker'), job);
}

/** What every attempt begins with: main has one commit, and the directory is as a new machine's. */
async function withMain(): Promise<string> {
  await initialise(git, join(dir, 'work'));
  await git(['remote', 'add', 'origin', join(dir, 'broker/git/acme/web.git')]);
  const sha = await commit('a.txt', 'one\n');
  await push('HEAD:refs/heads/main');
  return sha;
}

async function commit(name: string, text: string): Promise<string> {
  writeFileSync(file(name), text);
  await git(['add', '-A']);
  await git(['commit', '-q', '-m', name]);
  return git(['rev-parse', 'HEAD']);
}

function newMachine(): void {
  rmSync(join(dir, 'work'), { recursive: true });
  mkdirSync(join(dir, 'work'));
}

test('a new branch begins at the base, and origin is the repository behind the broker', async () => {
  const base = await withMain();
  newMachine();
  expect(await begin()).toEqual({ base, head: base, restored: 'nothing', aside: null });
  expect(await git(['symbolic-ref', '--short', 'HEAD'])).toBe(job.branch);
  expect(await git(['remote', 'get-url', 'origin'])).toBe(join(dir, 'broker/git/acme/web.git'));
  expect(readFileSync(file('a.txt'), 'utf8')).toBe('one\n');
});

test('a branch that was pushed is gone on from, whatever other names begin like it', async () => {
  const base = await withMain();
  await push(`HEAD:refs/heads/${job.branch}-2`, 'HEAD:refs/mainloop/k3x9/1/wip-2');
  const head = await commit('b.txt', 'two\n');
  await push(`HEAD:refs/heads/${job.branch}`);
  newMachine();
  expect(await begin()).toEqual({ base, head, restored: 'nothing', aside: null });
});

test('a branch that somebody has deleted meanwhile is not taken for one that is there', async () => {
  const base = await withMain();
  await commit('b.txt', 'two\n');
  await push(`HEAD:refs/heads/${job.branch}`);
  newMachine();
  await begin();
  await push(`:refs/heads/${job.branch}`);
  expect(await begin()).toMatchObject({ base, restored: 'directory' });
});

test('the checkpoint brings back what was not committed', async () => {
  const base = await withMain();
  writeFileSync(file('a.txt'), 'changed\n');
  writeFileSync(file('new.txt'), 'new\n');
  await checkpoint();
  newMachine();
  expect(await begin()).toEqual({ base, head: base, restored: 'checkpoint', aside: null });
  expect(readFileSync(file('a.txt'), 'utf8')).toBe('changed\n');
  expect(await git(['status', '--porcelain'])).toBe(' M a.txt\n?? new.txt');
});

const checkpoint = (): Promise<void> => createCheckpoint(git, join(dir, 'work'), job, () => undefined).save();
const commits = async (): Promise<string[]> => (await git(['log', '--format=%s', 'origin/main..HEAD'])).split('\n');

/** A first run: it has pushed two commits. Answers the first, to which somebody may reset the branch. */
async function firstRun(): Promise<string> {
  await withMain();
  newMachine();
  await begin();
  const good = await commit('good', 'good\n');
  await commit('leak', 'key\n');
  expect(await deliver(git, job)).toBe('pushed');
  return good;
}

/** What an interrupted run has not pushed: a commit, a change and a new file. */
async function goOn(): Promise<void> {
  await commit('new', 'new\n');
  writeFileSync(file('good'), 'better\n');
  writeFileSync(file('note'), 'note\n');
  await checkpoint();
}

describe.each(['directory', 'checkpoint'] as const)('from the %s,', (restored) => {
  const move = () => {
    if (restored === 'checkpoint') newMachine();
  };

  test('commits that somebody dropped from the branch are not brought back', async () => {
    const good = await firstRun();
    await push(`${good}:refs/heads/${job.branch}`);
    move();
    expect(await begin()).toMatchObject({ head: good, restored: 'nothing' });
    expect(existsSync(file('leak'))).toBe(false);
    expect(await git(['status', '--porcelain'])).toBe('');
    // Nor by the attempt after that.
    expect(await begin()).toMatchObject({ head: good });
  });

  test('unfinished work goes on top of a branch that somebody has rewritten, without what they dropped', async () => {
    const good = await firstRun();
    await goOn();
    await push(`${good}:refs/heads/${job.branch}`);
    move();
    expect(await begin()).toMatchObject({ restored, aside: null });
    expect(await commits()).toEqual(['new', 'good']);
    expect(existsSync(file('leak'))).toBe(false);
    expect(await git(['status', '--porcelain'])).toBe(' M good\n?? note');
  });

  test('unfinished work goes on top of what somebody has added to the branch', async () => {
    await firstRun();
    await goOn();
    const tree = await git(['rev-parse', 'HEAD~1^{tree}']);
    const theirs = await git(['commit-tree', tree, '-p', 'HEAD~1', '-m', 'theirs']);
    await push(`${theirs}:refs/heads/${job.branch}`);
    move();
    expect(await begin()).toMatchObject({ restored, aside: null });
    expect(await commits()).toEqual(['new', 'theirs', 'leak', 'good']);
    expect(await git(['status', '--porcelain'])).toBe(' M good\n?? note');
  });

  test('unfinished work that conflicts with a rewritten branch lies aside, whole', async () => {
    const base = await withMain();
    newMachine();
    await begin();
    await commit('good', 'good\n');
    await deliver(git, job);
    await goOn();
    await push(`${base}:refs/heads/${job.branch}`);
    move();
    const { aside, ...found } = await begin();
    expect(found).toEqual({ base, head: base, restored: 'nothing' });
    expect(await git(['status', '--porcelain'])).toBe('');
    expect(await git(['ls-tree', '--name-only', aside ?? ''])).toBe('a.txt\ngood\nnew\nnote');
  });

  test('work that was never pushed goes on top of a base that has moved on', async () => {
    await withMain();
    newMachine();
    await begin();
    await commit('good', 'good\n');
    await goOn();
    const main = await git(['commit-tree', 'origin/main^{tree}', '-p', 'origin/main', '-m', 'On main']);
    await push(`${main}:refs/heads/main`);
    move();
    expect(await begin()).toMatchObject({ base: main, restored });
    expect(await commits()).toEqual(['new', 'good']);
    expect(await git(['status', '--porcelain'])).toBe(' M good\n?? note');
  });

  test('nothing is unfinished after a push, whatever was saved before it', async () => {
    await firstRun();
    await goOn();
    rmSync(file('note'));
    await git(['commit', '-q', '-a', '-m', 'better']);
    expect(await deliver(git, job)).toBe('pushed');
    const theirs = await git(['commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'theirs']);
    await push(`${theirs}:refs/heads/${job.branch}`);
    move();
    expect(await begin()).toMatchObject({ head: theirs, restored: 'nothing' });
    expect(await git(['status', '--porcelain'])).toBe('');
  });
});

test('what a killed attempt left in the directory is gone on from, its locks aside', async () => {
  const base = await withMain();
  newMachine();
  await begin();
  const head = await commit('b.txt', 'two\n');
  for (const lock of ['index.lock', 'config.lock']) writeFileSync(file(`.git/${lock}`), '');
  expect(await begin()).toEqual({ base, head, restored: 'directory', aside: null });
  expect(existsSync(file('b.txt'))).toBe(true);
});

test('a broker at another address becomes the origin', async () => {
  await withMain();
  await git(['remote', 'set-url', 'origin', 'http://127.0.0.1:9/git/acme/web.git']);
  await begin();
  expect(await git(['remote', 'get-url', 'origin'])).toBe(join(dir, 'broker/git/acme/web.git'));
});

test('an empty repository, a missing base and a remote that is away are told apart', async () => {
  await expect(begin()).rejects.toMatchObject({ code: 'empty_repository', retryable: false });
  await git(['commit', '-q', '--allow-empty', '-m', 'x']);
  await push('HEAD:refs/heads/develop');
  await expect(begin()).rejects.toMatchObject({ code: 'base_not_found', retryable: false });
  rmSync(join(dir, 'broker'), { recursive: true });
  await expect(begin()).rejects.toMatchObject({ code: 'clone_failed', retryable: true });
});
