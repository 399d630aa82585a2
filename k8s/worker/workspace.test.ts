import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPlace, job, type Place } from './testing.ts';

let place: Place;
beforeEach(() => {
  place = createPlace(process.env.PATH ?? '');
});
afterEach(() => place.close());

test('a new branch begins at the base, and origin is the repository behind the broker', async () => {
  const base = await place.withMain();
  place.newMachine();
  expect(await place.begin()).toEqual({ base, head: base, restored: 'nothing', aside: null });
  expect(await place.git(['symbolic-ref', '--short', 'HEAD'])).toBe(job.branch);
  expect(await place.git(['remote', 'get-url', 'origin'])).toBe(place.remote);
  expect(readFileSync(place.file('a.txt'), 'utf8')).toBe('one\n');
});

test('a branch that was pushed is gone on from, whatever other names begin like it', async () => {
  const base = await place.withMain();
  await place.push(`HEAD:refs/heads/${job.branch}-2`, 'HEAD:refs/mainloop/k3x9/1/wip-2');
  const head = await place.commit('b.txt', 'two\n');
  await place.push(`HEAD:refs/heads/${job.branch}`);
  place.newMachine();
  expect(await place.begin()).toEqual({ base, head, restored: 'nothing', aside: null });
});

test('a branch that somebody has deleted meanwhile is not taken for one that is there', async () => {
  const base = await place.withMain();
  await place.commit('b.txt', 'two\n');
  await place.push(`HEAD:refs/heads/${job.branch}`);
  place.newMachine();
  await place.begin();
  await place.push(`:refs/heads/${job.branch}`);
  expect(await place.begin()).toMatchObject({ base, restored: 'directory' });
});

test('the checkpoint brings back what was not committed', async () => {
  const base = await place.withMain();
  writeFileSync(place.file('a.txt'), 'changed\n');
  writeFileSync(place.file('new.txt'), 'new\n');
  await place.checkpoint();
  place.newMachine();
  expect(await place.begin()).toEqual({ base, head: base, restored: 'checkpoint', aside: null });
  expect(readFileSync(place.file('a.txt'), 'utf8')).toBe('changed\n');
  expect(await place.git(['status', '--porcelain'])).toBe(' M a.txt\n?? new.txt');
});

test('a checkpoint of an earlier release is read, unless the branch has what it lacks', async () => {
  await place.firstRun();
  await place.goOn();
  const old = await place.git([
    'commit-tree',
    `${await place.git(['stash', 'create'])}^{tree}`,
    '-p',
    'HEAD',
    '-m',
    'Work in progress',
  ]);
  await place.push(`${old}:${job.checkpointRef}`);
  place.newMachine();
  expect(await place.begin()).toMatchObject({ restored: 'checkpoint', aside: null });
  expect(await place.commits()).toEqual(['new', 'leak', 'good']);
  expect(await place.git(['status', '--porcelain'])).toBe(' M good');
  const theirs = await place.theyPush(`origin/${job.branch}`, 'b.txt', 'theirs\n');
  place.newMachine();
  expect(await place.begin()).toMatchObject({ head: theirs, restored: 'nothing', aside: null });
});

describe.each(['directory', 'checkpoint'] as const)('from the %s,', (restored) => {
  const move = () => {
    if (restored === 'checkpoint') place.newMachine();
  };

  test('commits that somebody dropped from the branch are not brought back', async () => {
    const good = await place.firstRun();
    await place.push(`${good}:refs/heads/${job.branch}`);
    move();
    expect(await place.begin()).toMatchObject({ head: good, restored: 'nothing' });
    expect(existsSync(place.file('leak'))).toBe(false);
    expect(await place.git(['status', '--porcelain'])).toBe('');
    // Nor by the attempt after that.
    expect(await place.begin()).toMatchObject({ head: good });
  });

  test('unfinished work goes on top of a branch that somebody has rewritten, without what they dropped', async () => {
    const good = await place.firstRun();
    await place.goOn();
    await place.push(`${good}:refs/heads/${job.branch}`);
    move();
    expect(await place.begin()).toMatchObject({ restored, aside: null });
    expect(await place.commits()).toEqual(['new', 'good']);
    expect(existsSync(place.file('leak'))).toBe(false);
    expect(await place.git(['status', '--porcelain'])).toBe(' M good\n?? note');
  });

  test('unfinished work goes on top of what somebody has added to the branch', async () => {
    await place.firstRun();
    await place.goOn();
    const tree = await place.git(['rev-parse', 'HEAD~1^{tree}']);
    const theirs = await place.git(['commit-tree', tree, '-p', 'HEAD~1', '-m', 'theirs']);
    await place.push(`${theirs}:refs/heads/${job.branch}`);
    move();
    expect(await place.begin()).toMatchObject({ restored, aside: null });
    expect(await place.commits()).toEqual(['new', 'theirs', 'leak', 'good']);
    expect(await place.git(['status', '--porcelain'])).toBe(' M good\n?? note');
  });

  test('unfinished work that conflicts with a rewritten branch lies aside, whole', async () => {
    const base = await place.withMain();
    place.newMachine();
    await place.begin();
    await place.commit('good', 'good\n');
    await place.deliver();
    await place.goOn();
    await place.push(`${base}:refs/heads/${job.branch}`);
    move();
    const { aside, ...found } = await place.begin();
    expect(found).toEqual({ base, head: base, restored: 'nothing' });
    expect(await place.git(['status', '--porcelain'])).toBe('');
    expect(await place.git(['ls-tree', '--name-only', aside ?? ''])).toBe('a.txt\ngood\nnew\nnote');
  });

  test('work that was never pushed goes on top of a base that has moved on', async () => {
    await place.withMain();
    place.newMachine();
    await place.begin();
    await place.commit('good', 'good\n');
    await place.goOn();
    const main = await place.git(['commit-tree', 'origin/main^{tree}', '-p', 'origin/main', '-m', 'On main']);
    await place.push(`${main}:refs/heads/main`);
    move();
    expect(await place.begin()).toMatchObject({ base: main, restored });
    expect(await place.commits()).toEqual(['new', 'good']);
    expect(await place.git(['status', '--porcelain'])).toBe(' M good\n?? note');
  });

  test('nothing is unfinished after a push, whatever was saved before it', async () => {
    await place.firstRun();
    await place.goOn();
    rmSync(place.file('note'));
    await place.git(['commit', '-q', '-a', '-m', 'better']);
    expect(await place.deliver()).toBe('pushed');
    const theirs = await place.git(['commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'theirs']);
    await place.push(`${theirs}:refs/heads/${job.branch}`);
    move();
    expect(await place.begin()).toMatchObject({ head: theirs, restored: 'nothing' });
    expect(await place.git(['status', '--porcelain'])).toBe('');
  });
});

test('what a killed attempt left in the directory is gone on from, its locks aside', async () => {
  const base = await place.withMain();
  place.newMachine();
  await place.begin();
  const head = await place.commit('b.txt', 'two\n');
  for (const lock of ['index.lock', 'config.lock']) writeFileSync(place.file(`.git/${lock}`), '');
  expect(await place.begin()).toEqual({ base, head, restored: 'directory', aside: null });
  expect(existsSync(place.file('b.txt'))).toBe(true);
});

test('a broker at another address becomes the origin', async () => {
  await place.withMain();
  await place.git(['remote', 'set-url', 'origin', 'http://127.0.0.1:9/git/acme/web.git']);
  await place.begin();
  expect(await place.git(['remote', 'get-url', 'origin'])).toBe(place.remote);
});

test('an empty repository, a missing base and a remote that is away are told apart', async () => {
  await expect(place.begin()).rejects.toMatchObject({ code: 'empty_repository', retryable: false });
  await place.git(['commit', '-q', '--allow-empty', '-m', 'x']);
  await place.push('HEAD:refs/heads/develop');
  await expect(place.begin()).rejects.toMatchObject({ code: 'base_not_found', retryable: false });
  rmSync(join(place.dir, 'broker'), { recursive: true });
  await expect(place.begin()).rejects.toMatchObject({ code: 'clone_failed', retryable: true });
});
