import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkerEvent } from '../protocol.ts';
import { sql } from './drizzle.ts';
import type { LogEntry, LogPosition } from './log.ts';
import { type OpenStore, openStore, runIn } from './testing.ts';

let open: OpenStore;
let store: OpenStore['store'];
beforeAll(async () => {
  open = await openStore();
  store = open.store;
});
afterAll(() => open.close());

const log = (seq: number, text: string, at = seq): WorkerEvent => ({ seq, at, event: { type: 'log', text } });
const textOf = ({ event }: LogEntry) => ('text' in event ? event.text : event.type);

/** A task with two attempts whose events came at the same times. */
async function overlapping(): Promise<{ task: number; texts: string[] }> {
  const { task, run } = await runIn(store);
  for (const [n, name] of ['a', 'b'].entries()) {
    const attempt = `${run}.${n + 1}`;
    await store.runs.openAttempt({ id: attempt, run, task, lastsMs: 1000 }, 30 + n);
    const events = Array.from({ length: 7 }, (_, index) => log(index + 1, `${name}${index + 1}`, 100 + index));
    await store.worker.record(attempt, task, [...events, { seq: 8, at: 1, event: { type: 'checkpoint', sha: 'c' } }]);
  }
  return { task, texts: ['a', 'b'].flatMap((name) => Array.from({ length: 7 }, (_, n) => `${name}${n + 1}`)) };
}

async function walk(task: number, direction: 'older' | 'newer', limit: number, query = ''): Promise<string[]> {
  const texts: string[] = [];
  let from: LogPosition | null = null;
  for (;;) {
    const { entries, next } = await store.log.slice(task, { direction, from, limit, query });
    expect(entries.length).toBeLessThanOrEqual(limit);
    texts.push(...entries.map(textOf));
    if (!next) return direction === 'older' ? texts.reverse() : texts;
    from = next;
  }
}

test.each([1, 2, 3, 7, 14, 100])(
  'attempts that overlap are paged through both ways, %i at a time, with nothing lost or twice',
  async (limit) => {
    const { task, texts } = await overlapping();
    expect(await walk(task, 'older', limit)).toEqual(texts);
    expect(await walk(task, 'newer', limit)).toEqual(texts);
  },
);

test('a place of another task is no place: the log begins at its end', async () => {
  const { task } = await overlapping();
  const from = { attempt: '0.0.0', seq: 3 };
  const { entries } = await store.log.slice(task, { direction: 'older', from, limit: 1, query: '' });
  expect(entries.map(textOf)).toEqual(['b7']);
});

test('a search finds what stands there, in any case, and takes nothing for a pattern', async () => {
  const { task, run, attempt } = await runIn(store);
  await store.runs.openAttempt({ id: attempt, run, task, lastsMs: 1000 }, 30);
  const texts = [
    '100% sure',
    'a_b',
    'C:\\new\\path',
    'plain',
    'say "Über"',
    "it's'; drop table",
    'two\nlines',
    '\u001b[1mx',
  ];
  await store.worker.record(attempt, task, [
    ...texts.map((text, index) => log(index + 1, text)),
    { seq: 50, at: 1, event: { type: 'tool', name: 'Bash', summary: 'npm test' } },
    { seq: 51, at: 1, event: { type: 'commit', sha: 'abcdef', title: 'Fix' } },
  ]);
  const found = (query: string) => walk(task, 'older', 2, query);
  expect(await found('%')).toEqual(['100% sure']);
  expect(await found('_')).toEqual(['a_b']);
  expect(await found('\\')).toEqual(['C:\\new\\path']);
  expect(await found('\\N')).toEqual(['C:\\new\\path']);
  expect(await found('"üBER"')).toEqual(['say "Über"']);
  expect(await found("'; DROP")).toEqual(["it's'; drop table"]);
  expect(await found('o\nl')).toEqual(['two\nlines']);
  expect(await found('\u001b')).toEqual(['\u001b[1mx']);
  expect(await found('BASH')).toEqual(['tool']);
  expect(await found('bcde')).toEqual(['commit']);
  for (const nowhere of ['type', 'summary', 'a%b', 'npm_test', 'x\u0000y', '\ud800'])
    expect(await found(nowhere), nowhere).toEqual([]);
});

test('of 100,000 events a page, or one step of a search, is read in a moment, and the search finds them all', async () => {
  const { task, run, attempt } = await runIn(store);
  await store.runs.openAttempt({ id: attempt, run, task, lastsMs: 1000 }, 30);
  await open.db.execute(sql`
    insert into mainloop.worker_events (attempt, seq, task, at, event)
    select ${attempt}, n, ${task}, n, json_build_object('type', 'says', 'text',
      'I look at file ' || n || case when n % 30000 = 0 then ' and see the needle in' else ' now in' end || repeat(' the hay', 12))
    from generate_series(1, 100000) n`);
  expect(await walk(task, 'older', 100, 'NEEDLE')).toHaveLength(3);
  expect(await walk(task, 'newer', 2, 'NEEDLE')).toHaveLength(3);
  const took: Record<string, number> = {};
  for (const query of ['', 'the hay', 'nowhere']) {
    for (const from of [null, { attempt, seq: 50_000 }]) {
      const times = [];
      for (let n = 0; n < 5; n += 1) {
        const began = performance.now();
        await store.log.slice(task, { direction: 'older', from, limit: 200, query });
        times.push(performance.now() - began);
      }
      took[`${query} ${from?.seq}`] = Math.min(...times);
    }
  }
  await store.worker.record(attempt, task, [{ seq: 100_001, at: 1, event: { type: 'commit', sha: 'c', title: 'C' } }]);
  for (let n = 0; n < 5; n += 1) {
    const began = performance.now();
    expect(await store.worker.commits(task)).toBe(1);
    took.commits = Math.min(performance.now() - began, took.commits ?? Number.POSITIVE_INFINITY);
  }
  // Generous: the machine may be busy. Whoever reads all of them needs ten times as long.
  expect(Math.max(...Object.values(took)), JSON.stringify(took)).toBeLessThan(100);
}, 60_000);
