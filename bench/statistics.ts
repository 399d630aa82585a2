/** The value below which `share` (0 to 1) of the samples lie, by the nearest rank. @throws Error without samples */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** Milliseconds since the epoch with fractions, as the sims stamp what they see. */
export const now = (): number => performance.timeOrigin + performance.now();
