import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Budget } from './budget.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function countWithin(budget: Budget, ms: number): Promise<number> {
  let count = 0;
  for (let i = 0; i < 200; i += 1) void budget.take().then(() => (count += 1));
  await vi.advanceTimersByTimeAsync(ms);
  return count;
}

test('a minute lets no more than the budget and its burst through', async () => {
  const count = await countWithin(new Budget(40), 60_000);
  expect(count).toBeGreaterThanOrEqual(48);
  expect(count).toBeLessThanOrEqual(50);
});

test('what is only nice to have leaves a reserve for what must arrive', async () => {
  const budget = new Budget(40);
  let nice = 0;
  while (budget.tryTake()) nice += 1;
  expect(nice).toBeGreaterThan(0);
  await expect(budget.take()).resolves.toBeUndefined();
});

test('when Slack says to wait, nobody goes before then', async () => {
  const budget = new Budget(40);
  budget.hold(5_000);
  expect(budget.tryTake()).toBe(false);
  let isThrough = false;
  void budget.take().then(() => (isThrough = true));
  await vi.advanceTimersByTimeAsync(4_900);
  expect(isThrough).toBe(false);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(isThrough).toBe(true);
});
