import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Brain } from '../../sim/anthropic/index.ts';
import type { House } from '../testing/house.ts';
import { asked, begin, command, commitsOnce, model, openQuickHouse, pullsOf, reaches, shell } from './testing.ts';

vi.setConfig({ testTimeout: 180_000 });

/** A call that costs about so many dollars with Opus at $20 a million tokens. */
const costs = (usd: number, commandLine: string) => ({
  ...shell(commandLine),
  usage: { output_tokens: Math.round((usd / 20) * 1_000_000) },
});

/** Spends so much in its first run; when it has more money, it does the work. */
const spends = (usd: number): Brain => {
  let spent = false;
  const works = commitsOnce('echo x > $RANDOM.txt');
  return (request) => {
    if (spent) return works(request);
    spent = true;
    return costs(usd, 'sleep 2');
  };
};

let house: House;
beforeAll(async () => {
  house = await openQuickHouse(
    model([
      [/most of it/, { implement: spends(0.9) }],
      [/too much/, { implement: spends(1.2) }],
      [/drop it/, { implement: spends(1.2) }],
    ]),
    { env: { TASK_BUDGET_USD: '1' } },
  );
});
afterAll(() => house?.close());

test('at 80 % a person is asked while the work goes on; more money is added', async () => {
  const { task } = await begin(house, 'spend most of it');
  const card = await asked(house, task, /is close to its budget/);
  await house.world.ana.press(card, { text: 'Add $1' });
  const found = await reaches(house, task, 'review');
  expect(found.budgetUsd).toBe(2);
  expect((await house.store.runs.of(task)).map(({ kind }) => kind)).toEqual(['implement']);
  expect(pullsOf(house, found)).toHaveLength(1);
});

test('a spent budget stops the worker and parks the task; a raise goes on to one PR', async () => {
  const { task } = await begin(house, 'spend too much');
  const card = await asked(house, task, /has spent its/);
  const { status } = await house.store.tasks.get(task);
  expect(status).toMatchObject({ parked: true, holder: 'you' });
  expect(await command(house, `why #${task}`)).toMatch(/budget|spent/);
  expect(await house.store.runs.openAttempts()).toEqual([]);
  const calls = () => house.world.anthropic.requests.filter(({ view }) => view?.kind === 'worker').length;
  const before = calls();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(calls()).toBe(before);
  await house.world.ana.press(card, { text: 'Add $1' });
  const found = await reaches(house, task, 'review');
  expect(pullsOf(house, found)).toHaveLength(1);
  const dm = await house.world.ana.dm();
  expect(house.seen(dm, new RegExp(`#${task} is close to its budget`))).toEqual([]);
});

test('a spent budget can be let go in words', async () => {
  const { task } = await begin(house, 'spend and drop it');
  const card = await asked(house, task, /has spent its/);
  await house.world.ana.say(card.channel, 'no', { threadTs: card.ts });
  await reaches(house, task, 'cancelled');
});
