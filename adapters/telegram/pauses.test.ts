import { expect, onTestFinished, test, vi } from 'vitest';
import { Failure } from '../../core/errors.ts';
import { Pauses } from './pauses.ts';

const failure = (code: string) => new Failure('x', { code, remedy: 'retry' });

test('conflicts are met with longer and longer pauses, also when polls succeed in between', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const pauses = new Pauses(500);
  const met = Array.from({ length: 6 }, () => {
    vi.advanceTimersByTime(60_000);
    return pauses.after(failure('conflict'), 1);
  });
  expect(met).toEqual([3_000, 6_000, 12_000, 24_000, 48_000, 60_000]);
  vi.advanceTimersByTime(600_000);
  expect(pauses.after(failure('conflict'), 1)).toBe(3_000);
});

test('other failures double up to half a minute, and a refused token is asked about once a minute', () => {
  const pauses = new Pauses(500);
  expect([1, 2, 3, 20].map((n) => pauses.after(failure('unavailable'), n))).toEqual([500, 1_000, 2_000, 30_000]);
  expect(pauses.after(failure('invalid_credentials'), 1)).toBe(60_000);
});
