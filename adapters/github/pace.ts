/**
 * GitHub's published limit on content a client creates is 80 a minute; within it, a burst is fine
 * (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits).
 */
const BURST = 20;
const REFILL_MS = 1_000;

/**
 * Lets a burst of calls through at once and spaces what follows, in order. The throttling plugin's own groups space every
 * write by one second and every notifying one by three, which a person waiting for an answer would feel.
 */
export function createPace(burst = BURST, refillMs = REFILL_MS): () => Promise<void> {
  /** When the bucket will be full again, milliseconds. */
  let full = 0;
  return async () => {
    const now = Date.now();
    full = Math.max(full, now) + refillMs;
    const wait = full - now - burst * refillMs;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  };
}
