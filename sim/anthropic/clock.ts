/** Epoch milliseconds with fractions, fit for measuring. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
