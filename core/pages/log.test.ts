import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkerEvent } from '../protocol.ts';
import { openPages, type PageHouse } from './testing.ts';
import type { LogLine, LogRange } from './types.ts';

let house: PageHouse;
let task: number;
beforeAll(async () => {
  house = await openPages();
  task = await house.task();
  const run = `${task}.1`;
  await house.store.runs.queue({ id: run, task, kind: 'plan' }, 1, 20, () => 'Do it.');
  for (const n of [1, 2])
    await attempt(
      n,
      [1, 2, 3].map((seq) => says(seq, `${n}.${seq}`)),
    );
});
afterAll(() => house.close());

const says = (seq: number, text: string): WorkerEvent => ({ seq, at: seq, event: { type: 'says', text } });

async function attempt(n: number, events: readonly WorkerEvent[]): Promise<void> {
  const id = `${task}.1.${n}`;
  await house.store.runs.openAttempt({ id, run: `${task}.1`, task, lastsMs: 1_000 }, 30 + n);
  await house.store.worker.record(id, task, events);
}

async function read(range: Partial<LogRange>) {
  const found = await house.pages.log(house.vic, task, { limit: 2, ...range });
  if (!found) throw new Error('no log');
  return { ...found, texts: found.lines.map(({ text }) => text) };
}

test('it begins at the newest lines and goes both ways from anywhere, with nothing lost or twice', async () => {
  const newest = await read({});
  expect(newest).toMatchObject({ texts: ['2.2', '2.3'], hasNewer: false });
  const middle = await read({ before: newest.older ?? '' });
  expect(middle).toMatchObject({ texts: ['1.3', '2.1'], hasNewer: true });
  const oldest = await read({ before: middle.older ?? '' });
  expect(oldest).toMatchObject({ texts: ['1.1', '1.2'], older: null });
  const onward = await read({ after: oldest.newer ?? '', limit: 3 });
  expect(onward).toMatchObject({ texts: ['1.3', '2.1', '2.2'], hasNewer: true });
  expect((await read({ before: onward.older ?? '' })).texts).toEqual(['1.1', '1.2']);
  const end = await read({ after: onward.newer ?? '' });
  expect(end).toMatchObject({ texts: ['2.3'], hasNewer: false });
  expect(await read({ after: end.newer ?? '' })).toMatchObject({ texts: [], newer: end.newer, hasNewer: false });
  await attempt(2, [says(4, '2.4')]);
  expect((await read({ after: end.newer ?? '' })).texts).toEqual(['2.4']);
});

test('a line is all that the worker said, without what steers a terminal or hides', async () => {
  await attempt(3, [
    says(1, 'one\r\ntwo\n\n  three\u202e '),
    { seq: 2, at: 2, event: { type: 'tool', name: 'Bash', summary: '\u001b[31mnpm\u001b[0m test' } },
    { seq: 3, at: 3, event: { type: 'commit', sha: 'a'.repeat(40), title: '<script>' } },
    { seq: 4, at: 4, event: { type: 'checkpoint', sha: 'b' } },
    { seq: 5, at: 5, event: { type: 'check', name: 'tests', ok: false } },
    { seq: 6, at: 6, event: { type: 'started', session: 's' } },
  ]);
  const { lines } = await read({ limit: 5 });
  const shown = ({ kind, label, ok, text }: LogLine) => [kind, label, ok, text];
  expect(lines.map(shown)).toEqual([
    ['says', null, null, 'one\ntwo\n\n  three'],
    ['tool', 'Bash', null, 'npm test'],
    ['commit', 'aaaaaaaaa', null, '<script>'],
    ['check', null, false, 'tests'],
    ['started', null, null, ''],
  ]);
});

test('cursors and limits that nobody gave out read the newest lines, and no more than is allowed', async () => {
  const [last] = (await read({ limit: 1 })).lines;
  for (const cursor of ['', 'x', "1.1.1:1' or 1=1", '1.1.1:99999999999999', '9.9.9:1', `${task}.1.3:9999999999`])
    expect((await read({ before: cursor, limit: 1 })).lines, cursor).toEqual([last]);
  for (const limit of [0, -1, Number.NaN]) expect((await read({ limit })).lines).toEqual([last]);
  expect((await read({ limit: Number.POSITIVE_INFINITY })).lines.length).toBeGreaterThan(5);
});

test('a search is literal and goes on from where it stopped', async () => {
  await attempt(4, [says(1, '50% of it'), says(2, '505 of it'), says(3, 'A_B'), says(4, 'axb 50%')]);
  expect((await read({ query: '50%' })).texts).toEqual(['50% of it', 'axb 50%']);
  expect((await read({ query: 'a_b' })).texts).toEqual(['A_B']);
  const first = await read({ query: 'OF IT', limit: 1 });
  expect(first.texts).toEqual(['505 of it']);
  expect((await read({ query: 'OF IT', limit: 1, before: first.older ?? '' })).texts).toEqual(['50% of it']);
  expect(await read({ query: '\\' })).toMatchObject({ texts: [], older: null });
});
