import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';
import { createFakeSandbox } from '../testing/sandbox.ts';
import { createSweeper } from './sweep.ts';

let house: CoreHouse;
beforeAll(async () => {
  house = await openCore();
  await house.admit('ana', 'owner');
});
afterAll(() => house.close());

test('a sandbox of a task that has ended, or that nobody knows, is removed; one of a task at work stays', async () => {
  const place = house.newPlace();
  const proposal = await house.propose(place);
  await house.press('ana', place, `confirm:${proposal}`);
  const task = await eventually('a task', async () => (await house.store.proposals.find(proposal))?.task);
  const sandbox = createFakeSandbox();
  const start = (n: number) =>
    sandbox.start({ attempt: `${n}.1.1`, task: n, token: 't', deadline: Date.now() + 60_000, memory: 1 });
  await start(task);
  await start(4_000);
  const sweeper = createSweeper({ sandbox, store: house.store, log: pino({ level: 'silent' }) });
  sweeper.start();
  await sweeper.stop();
  expect(sandbox.removed).toEqual([4_000]);

  await house.store.tasks.advance(task, { type: 'cancelled', detail: '' }, `end:${task}`, Date.now());
  sweeper.start();
  await sweeper.stop();
  expect(sandbox.removed).toEqual([4_000, task]);
});
