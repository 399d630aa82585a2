import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Failure } from '../errors.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';

let house: CoreHouse;
beforeAll(async () => {
  house = await openCore();
  await house.admit('ana', 'owner');
  // As if it had been listening for a while: nobody is silent before that.
  const now = Date.now;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() - 60_000);
  await house.core.start();
  clock.mockRestore();
});
afterAll(() => house.close());
beforeEach(() => {
  house.sandbox.told = null;
  house.sandbox.lastWords = '';
});

async function begin() {
  const place = house.newPlace();
  const proposal = await house.propose(place);
  await house.press('ana', place, `confirm:${proposal}`);
  const task = await eventually('a task', async () => (await house.store.proposals.find(proposal))?.task);
  return house.worker(task);
}

const status = async (task: number) => (await house.store.tasks.get(task)).status;
/** The worker was not heard for a minute. */
const silence = (id: string) => house.store.runs.heartbeat(id, Date.now() - 60_000);
const asked = (task: number) => eventually('the ask', async () => (await house.store.asks.openOf(task))[0]);
const next = (task: number, after: string) =>
  eventually('the next worker', async () =>
    house.sandbox.begun.find((spec) => spec.task === task && spec.attempt !== after),
  );

describe('what a cluster does to a worker', () => {
  test('a worker that waits for the cluster says for what, until it runs', async () => {
    const { task } = await begin();
    house.sandbox.told = { state: 'starting', detail: 'no node has room' };
    await eventually('the wait', async () => (await status(task)).holder === 'cluster');
    expect((await status(task)).detail).toBe('no node has room');
    house.sandbox.told = { state: 'starting', detail: 'its image is being pulled' };
    await eventually('the other wait', async () => (await status(task)).detail === 'its image is being pulled');
    house.sandbox.told = null;
    await eventually('the work', async () => (await status(task)).holder === 'worker');
  });

  test('a worker without memory is replaced once, by one with twice as much, and people see why', async () => {
    const { id, task } = await begin();
    house.sandbox.told = { state: 'exited', detail: 'it needed more than 4 GiB', cause: 'out_of_memory' };
    await eventually('the reason', async () => (await status(task)).holder === 'cluster');
    expect((await status(task)).detail).toContain('ran out of memory');
    expect(await next(task, id)).toMatchObject({ memory: 2 });
    expect((await asked(task)).body).toMatchObject({ title: 'the worker ran out of memory, twice' });
    expect(house.sandbox.begun.filter((spec) => spec.task === task).map(({ memory }) => memory)).toEqual([1, 2]);
  });

  test('a worker whose image is not to be had is not tried again', async () => {
    const { task } = await begin();
    house.sandbox.told = { state: 'exited', detail: 'mainloop/worker is not there', cause: 'image' };
    const { body } = await asked(task);
    expect(body).toMatchObject({ title: "the worker's image can't be pulled" });
    expect(house.sandbox.begun.filter((spec) => spec.task === task)).toHaveLength(1);
  });

  test('an attempt is closed though its sandbox can not be ended', async () => {
    const { id, task } = await begin();
    const token = house.sandbox.begun.find((spec) => spec.attempt === id)?.token ?? '';
    expect(await house.core.door.admit({ token })).not.toBeNull();
    const refusal = Promise.reject(new Failure('Forbidden.', { code: 'cluster_forbidden', remedy: 'never' }));
    refusal.catch(() => undefined);
    house.sandbox.stopping = refusal;
    house.sandbox.exit(id);
    await next(task, id);
    house.sandbox.stopping = null;
    expect(await house.core.door.admit({ token })).toBeNull();
  });

  test('a worker is missed though the cluster refuses to tell of it', async () => {
    const { id, task } = await begin();
    const { status: tell } = house.sandbox;
    onTestFinished(() => {
      house.sandbox.status = tell;
    });
    house.sandbox.status = () =>
      Promise.reject(new Failure('Forbidden.', { code: 'cluster_forbidden', remedy: 'never' }));
    await silence(id);
    // Nor does it say whether there is a next one, so a person hears of it.
    expect((await asked(task)).body).toMatchObject({ title: 'the cluster refuses to run the worker' });
    expect((await house.store.runs.attempt(id))?.state).toBe('closed');
  });

  test('what a dead worker wrote last is in the log of its task', async () => {
    const { id, task } = await begin();
    house.sandbox.lastWords = 'worker: Error: it broke\n';
    house.sandbox.told = { state: 'exited', detail: 'exit code 1' };
    await next(task, id);
    const log = await house.store.worker.latest(task, 20);
    expect(log.map(({ event }) => event)).toContainEqual({ type: 'log', text: 'worker: Error: it broke' });
  });
});
