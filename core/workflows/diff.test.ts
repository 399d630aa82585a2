import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Failure } from '../errors.ts';
import { type OpenStore, openStore, taskIn } from '../store/testing.ts';
import { createFakeCodeHost } from '../testing/code-host.ts';
import { createDiffReader } from './diff.ts';

let open: OpenStore;
beforeAll(async () => {
  open = await openStore();
});
afterAll(() => open.close());

const stat = { files: 3, additions: 87, deletions: 12, more: false };

async function reader(diffStat: () => Promise<typeof stat>) {
  const { store } = open;
  const asked: string[][] = [];
  const host = {
    ...createFakeCodeHost(),
    diffStat: (...about: string[]) => {
      asked.push(about);
      return diffStat();
    },
  };
  const number = await taskIn(store);
  const diffs = createDiffReader({ host, store, log: pino({ level: 'silent' }) });
  return {
    asked,
    diffs,
    async read(head: string | null) {
      diffs.read({ number, repo: 'acme/web', base: 'main', head });
      await diffs.stop();
    },
    history: async () => (await store.history.of(`task:${number}`)).map(({ data }) => data),
  };
}

test('what a head changes is read once and kept in the history, and so is the next head', async () => {
  const { read, history, asked } = await reader(async () => stat);
  await Promise.all([read('a'), read('a')]);
  expect(asked).toEqual([['acme/web', 'main', 'a']]);
  await read('a');
  await read('b');
  await read(null);
  expect(await history()).toEqual([
    { head: 'a', ...stat },
    { head: 'b', ...stat },
  ]);
});

test('a code host that fails is left alone for a while', async () => {
  const { read, history, asked } = await reader(async () => {
    throw new Failure('down', { code: 'unavailable', remedy: 'retry' });
  });
  await read('a');
  await read('a');
  expect(asked).toHaveLength(1);
  expect(await history()).toEqual([]);
});
