/** A budget of calls per minute over the whole workspace, with room for a burst. */
export interface RateLimit {
  perMinute: number;
  burst?: number;
}

/** Token buckets by method; methods without one are unlimited. */
export class RateLimits {
  readonly #now: () => number;
  readonly #buckets = new Map<string, { limit: RateLimit; tokens: number; at: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Limits a method from now on; `undefined` lifts the limit. */
  set(method: string, limit: RateLimit | undefined): void {
    if (!limit) this.#buckets.delete(method);
    else this.#buckets.set(method, { limit, tokens: limit.burst ?? limit.perMinute, at: this.#now() });
  }

  /** Seconds to wait, or 0 when the call may pass (and is counted). */
  take(method: string): number {
    const bucket = this.#buckets.get(method);
    if (!bucket) return 0;
    const { perMinute, burst = perMinute } = bucket.limit;
    const now = this.#now();
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 60_000) * perMinute);
    bucket.at = now;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil(((1 - bucket.tokens) * 60) / perMinute));
  }
}
