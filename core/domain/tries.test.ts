import { expect, test } from 'vitest';
import { memoryAfter, pauseAfter, triesAgain } from './tries.ts';

test('a worker that dies is replaced twice', () => {
  expect(triesAgain(['worker_exited'])).toBe(true);
  expect(triesAgain(['worker_exited', 'worker_silent'])).toBe(true);
  expect(triesAgain(['worker_exited', 'worker_silent', 'result_lost'])).toBe(false);
});

test('what no repetition mends is not repeated', () => {
  for (const code of ['deadline', 'disk_full', 'quota', 'image', 'misconfigured'])
    expect(triesAgain([`worker_${code}`]), code).toBe(false);
});

test('a worker without memory gets twice as much, once', () => {
  expect(memoryAfter(['worker_exited'])).toBe(1);
  expect(triesAgain(['worker_out_of_memory'])).toBe(true);
  expect(memoryAfter(['worker_out_of_memory'])).toBe(2);
  expect(triesAgain(['worker_out_of_memory', 'worker_out_of_memory'])).toBe(false);
  expect(memoryAfter(['worker_out_of_memory', 'worker_moved'])).toBe(2);
});

test('a cluster without room is waited for once more', () => {
  expect(triesAgain(['worker_no_room'])).toBe(true);
  expect(triesAgain(['worker_no_room', 'worker_no_room'])).toBe(false);
});

test('a worker that policies reject is tried once more, when a release may have been rolled out', () => {
  expect(triesAgain(['worker_rejected'])).toBe(true);
  expect(pauseAfter(['worker_rejected'])).toBe(60);
  expect(triesAgain(['worker_rejected', 'worker_rejected'])).toBe(false);
  expect([['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd']].map(pauseAfter)).toEqual([1, 10, 60, 60]);
});

test('a drained or lost node does not count, five times', () => {
  const moved = (n: number) => Array.from({ length: n }, (_, i) => (i % 2 ? 'worker_moved' : 'worker_node_lost'));
  expect(triesAgain(moved(5))).toBe(true);
  expect(triesAgain(moved(6))).toBe(false);
  expect(triesAgain(['worker_exited', ...moved(4), 'worker_exited'])).toBe(true);
});
