import { expect, test } from 'vitest';
import { readBounded } from './read-bounded.ts';

test('a stream is read whole up to the limit, and no further than one chunk beyond it', async () => {
  let given = 0;
  async function* endless() {
    for (; given < 1_000; given += 1) yield Buffer.from('ab');
  }
  expect(await readBounded(endless(), 5)).toBeNull();
  expect(given).toBe(2);
  async function* four() {
    yield* [Buffer.from('ab'), Buffer.from('cd')];
  }
  expect(Buffer.from((await readBounded(four(), 4)) ?? []).toString()).toBe('abcd');
  expect(await readBounded(null, 4)).toHaveLength(0);
});

test('a stream that breaks says so', async () => {
  async function* broken() {
    yield Buffer.from('ab');
    throw new Error('terminated');
  }
  await expect(readBounded(broken(), 10)).rejects.toThrow('terminated');
});
