import { setTimeout as sleep } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';

let house: CoreHouse;
beforeAll(async () => {
  house = await openCore({ restMs: 200, maxWorkers: 20 });
  await house.admit('ana', 'owner');
  await house.core.start();
});
afterAll(() => house.close());

const state = async (task: number) => (await DBOS.getWorkflowStatus(`task:${task}`))?.status;
const resting = (task: number) =>
  eventually(`#${task} to rest`, async () => (await state(task)) === 'CANCELLED' || undefined);
const openAsk = (task: number, kind: string) =>
  eventually(`an ask ${kind}`, async () => (await house.store.asks.openOf(task)).find((ask) => ask.kind === kind));

/** A task that waits for the approval of its plan. */
async function planned(): Promise<{ task: number; place: ReturnType<CoreHouse['newPlace']>; ask: number }> {
  const place = house.newPlace();
  const proposal = await house.propose(place, { planFirst: true });
  await house.press('ana', place, `confirm:${proposal}`);
  const task = await eventually('a task', async () => (await house.store.proposals.find(proposal))?.task);
  const worker = await house.worker(task);
  await house.core.door.result(worker, { type: 'plan', plan: 'Mend it.', summary: 'Mend.', session: 's' });
  return { task, place, ask: (await openAsk(task, 'plan')).id };
}

test('a task that hears nothing rests, and goes on where it was when it is answered', async () => {
  const { task, place, ask } = await planned();
  await resting(task);
  await house.press('ana', place, `answer:${ask}:approve`);
  await house.finish(await house.worker(task, `${task}.2.1`));
  await eventually('CI', async () => (await house.status(task)).phase === 'ci');
  expect(house.host.issues.filter((issue) => issue.marker.endsWith(`/${task}`))).toHaveLength(1);
  expect((await house.store.runs.of(task)).map((run) => run.kind)).toEqual(['plan', 'implement']);
});

test('a resting task stays at rest until it is told something', async () => {
  const { task } = await planned();
  await resting(task);
  await sleep(1_000);
  expect(await state(task)).toBe('CANCELLED');
});

test('a resting task is cancelled like any other and leaves nothing open', async () => {
  const { task, place } = await planned();
  await resting(task);
  await house.command('ana', place, `cancel #${task}`);
  await eventually('its end', async () => (await house.status(task)).phase === 'cancelled');
  expect(await house.store.asks.openOf(task)).toEqual([]);
  await eventually('the end of its workflow', async () => (await state(task)) === 'SUCCESS');
});

test('a task that is told something at the very moment it is laid down hears it once', async () => {
  const told = await Promise.all(
    Array.from({ length: 8 }, async (_, i) => {
      const { task, place, ask } = await planned();
      await sleep(120 + i * 40);
      await house.press('ana', place, `answer:${ask}:revise`, 'Smaller, please.');
      await house.worker(task, `${task}.2.1`);
      return task;
    }),
  );
  for (const task of told) {
    expect((await house.store.runs.of(task)).map((run) => run.kind)).toEqual(['plan', 'plan']);
  }
});
