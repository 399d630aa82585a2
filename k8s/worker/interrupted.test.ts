import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Git } from './git.ts';
import { createPlace, job, type Place } from './testing.ts';

let place: Place;
beforeEach(() => {
  place = createPlace(process.env.PATH ?? '');
});
afterEach(() => place.close());

/** The commits that lead to one, newest first, without those of main. */
const leadingTo = async (commit: string | null): Promise<string[]> =>
  (await place.git(['log', '--first-parent', '--format=%s', `origin/main..${commit}`])).split('\n');

/** Claude rebases, as it was told to, and meets a conflict; answers their version. */
async function inTheMiddleOfARebase(...how: string[]): Promise<string> {
  const base = await place.withMain();
  place.newMachine();
  await place.begin();
  const known = await place.commit('good', 'good\n');
  expect(await place.deliver()).toBe('pushed');
  await place.commit('new', 'ours\n');
  await place.commit('newer', 'newer\n');
  const theirs = await place.theyPush(base, 'new', 'theirs\n');
  expect(await place.deliver()).toBe('rewritten');
  expect(await place.git.maybe(['rebase', ...how, '--onto', `origin/${job.branch}`, known])).toBeNull();
  return theirs;
}

describe.each(['--merge', '--apply'])('a run that is interrupted in a rebase (%s) loses no commit', (how) => {
  test('that the directory has', async () => {
    const theirs = await inTheMiddleOfARebase(how);
    await place.checkpoint();
    const { head, aside } = await place.begin();
    expect(head).toBe(theirs);
    expect(await leadingTo(aside)).toEqual(['Work in progress', 'newer', 'new', 'good']);
    expect(await place.git(['status', '--porcelain'])).toBe('');
  });

  test('that the checkpoint is to bring back', async () => {
    const theirs = await inTheMiddleOfARebase(how);
    await place.checkpoint();
    place.newMachine();
    const { head, aside } = await place.begin();
    expect(head).toBe(theirs);
    expect(await leadingTo(aside)).toEqual(['Work in progress', 'newer', 'new', 'good']);
  });
});

test('a rebase that git itself can no longer give up is given up all the same', async () => {
  await inTheMiddleOfARebase();
  rmSync(place.file('.git/rebase-merge/onto'));
  const { aside } = await place.begin();
  expect(await leadingTo(aside)).toEqual(['Work in progress', 'newer', 'new', 'good']);
});

/** git of a worker that is killed as it begins the nth of such commands. */
function killedAt(command: string, nth: number): Git {
  let left = nth;
  const alive = (args: readonly string[]) => {
    if (args[0] === command) left -= 1;
    if (left <= 0) throw new Error('killed');
  };
  const git = async (args: readonly string[], extra?: Readonly<Record<string, string>>) => {
    alive(args);
    return place.git(args, extra);
  };
  const maybe = async (args: readonly string[]) => {
    alive(args);
    return place.git.maybe(args);
  };
  return Object.assign(git, { maybe });
}

describe('an attempt that is killed while it brings unfinished work back leaves it to the next,', () => {
  /** Work that no checkpoint has. */
  async function unsaved(): Promise<string> {
    const good = await place.firstRun();
    await place.goOn();
    await place.commit('newer', 'newer\n');
    place.write('note', 'unsaved\n');
    return good;
  }

  test.each([
    ['rebase', 1],
    ['cherry-pick', 1],
    ['checkout', 3],
    ['reset', 1],
  ])('at %s, call %i', async (command, nth) => {
    await place.push(`${await unsaved()}:refs/heads/${job.branch}`);
    await expect(place.begin(killedAt(command, nth))).rejects.toThrow('killed');
    expect(await place.begin()).toMatchObject({ restored: 'directory', aside: null });
    expect(await place.commits()).toEqual(['newer', 'new', 'good']);
    expect(await place.git(['status', '--porcelain'])).toBe(' M note');
  });

  test('in the middle of a rebase that conflicts', async () => {
    const theirs = await place.theyPush(await unsaved(), 'new', 'theirs\n');
    await expect(place.begin(killedAt('rebase', 2))).rejects.toThrow('killed');
    const { head, aside } = await place.begin();
    expect(head).toBe(theirs);
    expect(await leadingTo(aside)).toEqual(['Work in progress', 'newer', 'new', 'leak', 'good']);
    expect(await place.git(['show', `${aside}:note`])).toBe('unsaved');
  });

  test('and no work in progress becomes a commit of the branch', async () => {
    await place.firstRun();
    await place.goOn();
    place.newMachine();
    await expect(place.begin(killedAt('reset', 1))).rejects.toThrow('killed');
    await place.begin();
    expect(await place.commits()).toEqual(['new', 'leak', 'good']);
    expect(await place.git(['status', '--porcelain'])).toBe(' M good\n?? note');
  });
});
