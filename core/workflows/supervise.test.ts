import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { AttemptId } from '../domain/ids.ts';
import { eq } from '../store/drizzle.ts';
import { attempts } from '../store/schema.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';

let house: CoreHouse;
beforeAll(async () => {
  house = await openCore();
  await house.admit('ana', 'owner');
  // As if it had been listening for a while: nobody is late before that.
  const now = Date.now;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() - 60_000);
  await house.core.start();
  clock.mockRestore();
});
afterAll(() => house.close());

async function worker() {
  const place = house.newPlace();
  const proposal = await house.propose(place);
  await house.press('ana', place, `confirm:${proposal}`);
  const task = await eventually('a task', async () => (await house.store.proposals.find(proposal))?.task);
  return house.worker(task);
}

const silentFor = (id: string, ms: number) => house.store.runs.heartbeat(id, Date.now() - ms);
const closed = (id: string) =>
  eventually(`the end of ${id}`, async () => (await house.store.runs.attempt(id))?.state === 'closed');
const hasToken = async (id: string) => {
  const token = house.sandbox.begun.find((item) => item.attempt === id)?.token ?? '';
  return (await house.core.door.admit({ token })) !== null;
};

test('a worker that ended by itself is replaced, and its token is worthless', async () => {
  const first = await worker();
  house.sandbox.exit(first.id);
  const second = await house.worker(first.task, `${first.run}.2`);
  expect(second.run).toBe(first.run);
  expect(await hasToken(first.id)).toBe(false);
  expect(await hasToken(second.id)).toBe(true);
});

test('a worker that runs longer than it may is ended, not replaced, and a person says how to go on', async () => {
  const { id, run, task } = await worker();
  await house.db
    .update(attempts)
    .set({ deadline: Date.now() - 1 })
    .where(eq(attempts.id, id));
  await closed(id);
  expect(house.sandbox.running.has(id)).toBe(false);
  const asked = await eventually('the ask', async () => (await house.store.asks.openOf(task))[0]);
  expect(asked.body).toMatchObject({ kind: 'failure', title: 'the worker ran out of time' });
  expect((await house.store.runs.get(run)).outcome).toMatchObject({ type: 'failed', code: 'worker_deadline' });
  expect((await house.store.runs.of(task)).map((each) => each.attempts)).toEqual([1]);
});

test('a worker that replaces another has what is left of the time of its run, without the time that nobody worked', async () => {
  const first = await worker();
  const hour = 3_600_000;
  const begun = Date.now() - 5 * hour;
  await house.db
    .update(attempts)
    .set({ startedAt: begun, heartbeatAt: begun + hour, deadline: begun + 1.5 * hour })
    .where(eq(attempts.id, first.id));
  house.sandbox.exit(first.id);
  const second = await house.worker(first.task, `${first.run}.2`);
  const { deadline } = await house.core.door.job(second);
  const { startedAt } = (await house.store.runs.attempt(second.id)) ?? { startedAt: 0 };
  expect(deadline - startedAt).toBe(hour / 2);
});

test('a silent worker is given time after a start of the program, and a worker with a result is not judged', async () => {
  const silent = await worker();
  const done = await worker();
  await house.core.stop();
  await silentFor(silent.id, 600_000);
  await house.core.start();
  await new Promise((wait) => setTimeout(wait, 3_000));
  expect((await house.store.runs.attempt(silent.id))?.state).toBe('open');
  await house.core.door.result(done, { type: 'nothing', summary: 'x', session: 's' });
  house.sandbox.exit(done.id);
  await closed(done.id);
  expect((await house.store.runs.of(done.task)).at(0)?.attempts).toBe(1);
});

test('only the first result of an attempt counts, and none after its end', async () => {
  const open = await worker();
  const result = { type: 'nothing', summary: 'first', session: 's' } as const;
  await house.core.door.result(open, result);
  await house.core.door.result(open, { ...result, summary: 'second' });
  await closed(open.id);
  await house.core.door.result(open, { ...result, summary: 'third' });
  expect((await house.store.runs.attempt(open.id))?.result).toMatchObject({ summary: 'first' });
  const outcome = await eventually('the outcome', async () => (await house.store.runs.get(open.run)).outcome);
  expect(outcome).toMatchObject({ type: 'nothing', summary: 'first' });
});

test('nobody is silent while the broker is away, which is said; afterwards a worker has time to be heard', async () => {
  const { id, task } = await worker();
  const holder = async () => (await house.store.tasks.get(task)).status;
  house.sandbox.heardSince = () => null;
  await silentFor(id, 600_000);
  const held = await eventually('the word', async () => {
    const status = await holder();
    return status.holder === 'cluster' && status;
  });
  expect(held.detail).toBe('its broker does not answer, I keep trying');
  const back = Date.now();
  house.sandbox.heardSince = () => back;
  await eventually('the worker', async () => (await holder()).holder === 'worker');
  expect((await house.store.runs.attempt(id))?.state).not.toBe('closed');
  house.sandbox.heardSince = () => back - 60_000;
  await closed(id);
  delete house.sandbox.heardSince;
});

const budgetLeft = async ({ id }: { id: AttemptId }) => (await house.core.door.admit({ attempt: id }))?.budgetLeft;

test('four fifths of the budget asks once while the work goes on; all of it stops the worker', async () => {
  const open = await worker();
  const spend = { model: 'm', inputTokens: 1, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 1 };
  const none = new AbortController().signal;
  await house.core.door.spend(open, { ...spend, id: 'a', usd: 4 });
  await house.core.door.spend(open, { ...spend, id: 'b', usd: 0.5 });
  expect(await house.store.asks.openOf(open.task)).toMatchObject([{ kind: 'budget', body: { hard: false } }]);
  expect((await house.core.door.steering(open, 0, none)).stop).toBeNull();
  const waiting = house.core.door.steering(open, 20_000, none);
  await house.core.door.spend(open, { ...spend, id: 'c', usd: 0.5 });
  expect((await waiting).stop).toBe('budget');
  expect(await budgetLeft(open)).toBe(0);
  await house.core.door.result(open, { type: 'stopped', reason: 'budget' });
  const asked = await eventually('the ask', async () => {
    const asks = await house.store.asks.openOf(open.task);
    return asks.find((ask) => ask.body.kind === 'budget' && ask.body.hard);
  });
  await eventually('the parking', async () => (await house.status(open.task)).parked);
  await house.press('ana', house.newPlace(), `answer:${asked.id}:raise`);
  const next = await house.worker(open.task, `${open.task}.2.1`);
  expect(next.budgetLeft).toBe(5);
});
