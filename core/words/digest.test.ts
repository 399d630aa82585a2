import { describe, expect, test } from 'vitest';
import type { Task } from '../domain/task.ts';
import { digestDoc } from './digest.ts';
import { now, offences, task } from './examples.ts';
import { laterDoc, moment, snoozed } from './later.ts';

const numbered = (number: number, status: Partial<Task['status']>) => task(status, { number });

describe('the morning after', () => {
  test('reads what ended, what waits and what goes on', () => {
    const tasks = [
      numbered(33, { phase: 'merged', holder: 'nobody' }),
      numbered(36, { phase: 'merged', holder: 'nobody' }),
      numbered(38, { phase: 'approval', holder: 'you' }),
      numbered(39, { phase: 'ci', holder: 'ci' }),
      numbered(40, { phase: 'cancelled', holder: 'nobody' }),
      numbered(41, { phase: 'implementing', holder: 'worker' }),
    ];
    const doc = digestDoc(tasks, [{ task: 38 }, { task: 38 }], 6.4);
    expect(doc?.text).toBe(
      'While you were away: 2 merged (#33, #36), 1 given up (#40), 1 waits for you (#38), 1 in CI, 1 at work. $6.40 yesterday.',
    );
    expect(doc && offences(doc)).toEqual([]);
  });

  test('names no more numbers than one reads', () => {
    const tasks = Array.from({ length: 12 }, (_, n) => numbered(n + 1, { phase: 'merged', holder: 'nobody' }));
    expect(digestDoc(tasks, [], 0)?.text).toBe('While you were away: 12 merged (#1, #2, #3, #4, #5, …).');
  });

  test('is nothing when nothing ended and nothing waits', () => {
    expect(digestDoc([numbered(1, { phase: 'ci', holder: 'ci' })], [], 6)).toBeNull();
  });
});

describe('putting off', () => {
  test('is offered with buttons that fit everywhere', () => {
    expect(offences(laterDoc(2_147_483_647, 2_147_483_647))).toEqual([]);
  });

  test.each([
    [40 * 60_000, 'in 40 min'],
    [5 * 3_600_000, 'at 15:14'],
    [24 * 3_600_000, 'tomorrow at 10:14'],
    // The clocks change in between.
    [18 * 86_400_000, 'on Mon 30 Mar at 11:14'],
  ])('by %i ms is "%s"', (ms, words) => {
    expect(moment(now + ms, now, 'Europe/Berlin')).toBe(words);
    expect(snoozed(41, now + ms, now, 'Europe/Berlin')).toBe(`I'll ask you about #41 again ${words}.`);
  });
});
