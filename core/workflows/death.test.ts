import { expect, test } from 'vitest';
import { causeOfDeath } from './death.ts';

const minute = 60_000;
/** The run's time was over at minute 90; the program was away from minute 10 to minute 200. */
const attempt = { deadline: 90 * minute, heartbeatAt: 10 * minute };
const back = 200 * minute;
const running = { state: 'running', detail: '' } as const;
const reason = (...args: Parameters<typeof causeOfDeath>) => causeOfDeath(...args)?.reason;

test('a worker that did not outlive the downtime of its machine has died, and is not late', () => {
  expect(reason(attempt, { state: 'exited', detail: 'exit code 137' }, back, back + 1)).toBe('exited');
  const unknown = { state: 'unknown', detail: '' } as const;
  expect(reason(attempt, unknown, back, back + 1)).toBeUndefined();
  expect(reason(attempt, unknown, back, back + minute)).toBe('lost');
});

test('a worker that hangs since a downtime is silent, and is not late', () => {
  expect(reason(attempt, running, back, back + minute)).toBe('silent');
});

test('a worker that is heard again after a downtime has time to deliver, and no more than that', () => {
  const heard = (at: number) => reason({ ...attempt, heartbeatAt: at }, running, back, at + 1);
  expect(heard(back + 5_000)).toBeUndefined();
  expect(heard(back + minute)).toBe('deadline');
});

test('a worker that is heard, but later than it may run, is late', () => {
  expect(reason({ ...attempt, heartbeatAt: 90 * minute }, running, 0, 90 * minute + 1)).toBe('deadline');
});
