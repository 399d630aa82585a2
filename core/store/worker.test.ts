import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkerEvent } from '../protocol.ts';
import { type OpenStore, openStore, runIn, taskIn } from './testing.ts';

let house: OpenStore;
beforeAll(async () => {
  house = await openStore();
});
afterAll(() => house.close());

test('a run is withdrawn or opened, never both', async () => {
  const { store } = house;
  for (let n = 0; n < 10; n += 1) {
    const { task, run, attempt } = await runIn(store);
    const [withdrawn, opened] = await Promise.all([
      store.runs.withdraw(run, 5),
      store.runs.openAttempt({ id: attempt, run, task, lastsMs: 9 }, 5),
    ]);
    expect(withdrawn).toBe(!opened);
    expect((await store.runs.attempt(attempt)) !== null).toBe(opened);
  }
});

test('an attempt opened again stays as it was; closed, its token is worthless and results are ignored', async () => {
  const { store } = house;
  const { task, run, attempt } = await runIn(store);
  expect(await store.runs.openAttempt({ id: attempt, run, task, lastsMs: 9 }, 5)).toBe(true);
  await store.runs.arm(attempt, `hash of ${attempt}`, 6);
  expect(await store.runs.openAttempt({ id: attempt, run, task, lastsMs: 99 }, 50)).toBe(true);
  expect(await store.runs.attempt(attempt)).toMatchObject({ deadline: 15, startedAt: 6 });
  expect(await store.runs.openBy({ tokenHash: `hash of ${attempt}` })).toMatchObject({
    id: attempt,
    kind: 'implement',
  });
  await store.runs.close(attempt, 7);
  expect(await store.runs.openBy({ tokenHash: `hash of ${attempt}` })).toBeNull();
  expect(await store.runs.result(attempt, { type: 'stopped', reason: 'closed' }, 8)).toBe(false);
  await store.runs.arm(attempt, 'another', 9);
  expect(await store.runs.openBy({ tokenHash: 'another' })).toBeNull();
});

test('an attempt has the time that those before it in the run did not work', async () => {
  const { store } = house;
  const { task, run, attempt } = await runIn(store);
  await store.runs.openAttempt({ id: attempt, run, task, lastsMs: 90 }, 5);
  await store.runs.arm(attempt, `hash of ${attempt}`, 5);
  await store.runs.heartbeat(attempt, 25);
  await store.runs.openAttempt({ id: `${run}.2`, run, task, lastsMs: 90 }, 1_000);
  expect(await store.runs.attempt(`${run}.2`)).toMatchObject({ deadline: 1_070, startedAt: 1_000 });
  await store.runs.heartbeat(`${run}.2`, 1_060);
  await store.runs.openAttempt({ id: `${run}.3`, run, task, lastsMs: 90 }, 2_000);
  expect(await store.runs.attempt(`${run}.3`)).toMatchObject({ deadline: 2_010 });
});

test('the time of an attempt begins when its sandbox is to start', async () => {
  const { store } = house;
  const { task, run, attempt } = await runIn(store);
  await store.runs.openAttempt({ id: attempt, run, task, lastsMs: 90 }, 5);
  for (const at of [6, 1_000]) await store.runs.arm(attempt, `hash of ${attempt}, ${at}`, at);
  expect(await store.runs.attempt(attempt)).toMatchObject({ deadline: 1_090, startedAt: 1_000, heartbeatAt: 1_000 });
});

test('the first result of an attempt counts, and so does the first reason to stop', async () => {
  const { store } = house;
  const { task, run, attempt } = await runIn(store);
  await store.runs.openAttempt({ id: attempt, run, task, lastsMs: 9 }, 5);
  const kept = await Promise.all(
    ['a', 'b', 'c'].map((summary) => store.runs.result(attempt, { type: 'nothing', summary, session: 's' }, 6)),
  );
  expect(kept.filter(Boolean)).toHaveLength(1);
  await store.runs.stop(attempt, 'budget');
  await store.runs.stop(attempt, 'cancelled');
  expect(await store.runs.heartbeat(attempt, 7)).toBe('budget');
});

test('events sent again are stored once, and only the new ones are answered', async () => {
  const { store } = house;
  const { task, run, attempt } = await runIn(store);
  await store.runs.openAttempt({ id: attempt, run, task, lastsMs: 1_000 }, 1);
  const says = (seq: number): WorkerEvent => ({ seq, at: seq, event: { type: 'says', text: `${seq}` } });
  const [one, two] = await Promise.all([
    store.worker.record(attempt, task, [says(1), says(2)]),
    store.worker.record(attempt, task, [says(1), says(2)]),
  ]);
  expect([...one, ...two].map((event) => event.seq).sort()).toEqual([1, 2]);
  expect((await store.worker.record(attempt, task, [says(2), says(3)])).map((event) => event.seq)).toEqual([3]);
  expect(await store.worker.latest(task, 2)).toMatchObject([{ event: { text: '2' } }, { event: { text: '3' } }]);
});

test("a session's entries come back once each and in the order in which they were sent", async () => {
  const { store } = house;
  const task = await taskIn(store);
  const entry = (n: number) => ({ uuid: `u${n}`, entry: { uuid: `u${n}`, n } });
  await store.worker.appendSession(task, [entry(1), entry(2)]);
  await store.worker.appendSession(task, [entry(2), entry(3)]);
  await store.worker.appendSession(task, [entry(1), entry(4), entry(4)]);
  expect(await all(store.worker.session(task))).toEqual([1, 2, 3, 4].map((n) => entry(n).entry));
  expect(await all(store.worker.session(await taskIn(store)))).toEqual([]);
});

test('a steer is kept once per origin and waits until an attempt has it', async () => {
  const { store } = house;
  const { task, attempt } = await runIn(store);
  const steer = { origin: `s:${task}`, task, author: 'Ana', text: 'Use vitest.', at: 1 };
  await store.worker.steer(steer);
  await store.worker.steer(steer);
  const [pending, ...more] = await store.worker.pendingSteers(task);
  expect(more).toEqual([]);
  await store.worker.steered(pending?.id ?? 0, task, attempt);
  expect(await store.worker.pendingSteers(task)).toEqual([]);
});

async function all(entries: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const entry of entries) found.push(entry);
  return found;
}
