import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { Budgets, Lane } from './budget.ts';

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

test('a place is free again a window after its call ended, however long the call took', async () => {
  const lane = new Lane(1, 1_000);
  const ended = await lane.take();
  const times: number[] = [];
  const next = lane.take().then(() => times.push(Date.now()));
  const began = Date.now();
  await vi.advanceTimersByTimeAsync(3_000);
  ended();
  await vi.advanceTimersByTimeAsync(999);
  expect(times).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await next;
  expect(times).toEqual([began + 4_000]);
});

test('whoever waits goes in order, and what is only nice to have leaves a reserve', async () => {
  const lane = new Lane(3, 1_000);
  expect(lane.tryTake(2)).not.toBeNull();
  expect(lane.tryTake(2)).toBeNull();
  const order: number[] = [];
  const takes = [1, 2, 3, 4].map(async (n) => {
    (await lane.take())();
    order.push(n);
  });
  expect(lane.tryTake()).toBeNull();
  await vi.advanceTimersByTimeAsync(3_000);
  await Promise.all(takes.slice(0, 4));
  expect(order).toEqual([1, 2, 3, 4]);
});

test('when Discord says to wait nobody goes before', async () => {
  const lane = new Lane(5, 1_000);
  lane.hold(2_000);
  expect(lane.tryTake()).toBeNull();
  const began = Date.now();
  const taken = lane.take().then(() => Date.now() - began);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await taken).toBe(2_000);
});

test('each channel has its own, and one that rests is forgotten', async () => {
  const budgets = new Budgets();
  const lane = budgets.lane('post', '1');
  expect(budgets.lane('post', '1')).toBe(lane);
  expect(budgets.lane('post', '2')).not.toBe(lane);
  (await lane.take())();
  await vi.advanceTimersByTimeAsync(6_000);
  expect(budgets.lane('post', '1')).not.toBe(lane);
});
