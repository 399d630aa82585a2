import { describe, expect, it, vi } from 'vitest';
import { createPace } from './pace.ts';

describe('createPace', () => {
  it('lets a burst through at once and spaces the rest', async () => {
    vi.useFakeTimers();
    try {
      const pace = createPace(3, 1_000);
      const done: number[] = [];
      const start = Date.now();
      const all = Promise.all([1, 2, 3, 4, 5].map(() => pace().then(() => done.push(Date.now() - start))));
      await vi.advanceTimersByTimeAsync(5_000);
      await all;
      expect(done).toEqual([0, 0, 0, 1_000, 2_000]);
      await pace();
    } finally {
      vi.useRealTimers();
    }
  });
});
