import { expect, test } from 'vitest';
import type { BrokerClient } from './client.ts';
import { openSessionStore } from './session.ts';

test('a session goes in batches that the broker takes, in order, and what is large by itself alone', async () => {
  const batches: { entry: { n: number } }[][] = [];
  const client = {
    loadSession: async () => [],
    appendSession: async (entries: readonly unknown[]) => void batches.push(entries as (typeof batches)[number]),
  } as unknown as BrokerClient;
  const { store, flush } = await openSessionStore(client, null);
  const mebibytes = [1, 1, 20, 3, 3, 3, ...Array.from({ length: 250 }, () => 0)];
  const entries = mebibytes.map((size, n) => ({ type: 'user', n, text: 'ü'.repeat(size * 512 * 1024) }));
  await store.append({ projectKey: 'p', sessionId: 's' }, entries);
  await flush();
  expect(batches.map((batch) => batch.length)).toEqual([2, 1, 2, 200, 51]);
  expect(batches.flat().map(({ entry }) => entry.n)).toEqual(mebibytes.map((_, n) => n));
});
