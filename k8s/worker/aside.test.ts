import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPlace, job, type Place } from './testing.ts';

let place: Place;
beforeEach(() => {
  place = createPlace(process.env.PATH ?? '');
});
afterEach(() => place.close());

/** An attempt that finds its unfinished work in conflict with what somebody made of the branch. */
async function withWorkAside(): Promise<string> {
  const base = await place.withMain();
  place.newMachine();
  await place.begin();
  await place.commit('good', 'good\n');
  await place.deliver();
  await place.goOn();
  await place.push(`${base}:refs/heads/${job.branch}`);
  const { aside } = await place.begin();
  expect(aside).not.toBeNull();
  return aside ?? '';
}

describe.each(['directory', 'checkpoint'] as const)('work that lies aside, from the %s,', (from) => {
  const move = async () => {
    await place.checkpoint();
    if (from === 'checkpoint') place.newMachine();
  };

  test('is told to each attempt until a push succeeds', async () => {
    const aside = await withWorkAside();
    await move();
    expect(await place.begin()).toMatchObject({ restored: from === 'directory' ? from : 'nothing', aside });
    await place.commit('again', 'again\n');
    await move();
    expect(await place.begin()).toMatchObject({ restored: from, aside });
    expect(await place.git(['ls-tree', '--name-only', aside])).toBe('a.txt\ngood\nnew\nnote');
    expect(await place.deliver()).toBe('pushed');
    expect(await place.begin()).toMatchObject({ aside: null });
    place.newMachine();
    expect(await place.begin()).toMatchObject({ aside: null });
    expect(await place.commits()).toEqual(['again']);
  });

  test('leads to what lay aside before', async () => {
    const first = await withWorkAside();
    await place.commit('again', 'again\n');
    const theirs = await place.theyPush('origin/main', 'again', 'theirs\n');
    await move();
    const { head, aside } = await place.begin();
    expect(head).toBe(theirs);
    expect(aside).not.toBe(first);
    expect(await place.git(['log', '-1', '--format=%(trailers:key=Aside,valueonly,separator=)', aside ?? ''])).toBe(
      first,
    );
    await move();
    expect(await place.begin()).toMatchObject({ head: theirs, aside });
    expect(await place.git(['show', `${first}:note`])).toBe('note');
  });
});
