import type { Actor } from './auth.ts';

const LIMIT = 5_000;
const ANONYMOUS_LIMIT = 60;
const HOUR_S = 3_600;

/** GitHub's hourly budget per account, told in every answer. The budget counts, and only a fault makes it run out. */
export class RateLimits {
  private readonly used = new Map<string, number>();
  private readonly reset = Math.floor(Date.now() / 1000) + HOUR_S;

  count(actor: Actor): void {
    const key = actor.user?.login ?? '';
    this.used.set(key, (this.used.get(key) ?? 0) + 1);
  }

  status(actor: Actor) {
    const limit = actor.user ? LIMIT : ANONYMOUS_LIMIT;
    const used = Math.min(this.used.get(actor.user?.login ?? '') ?? 0, limit);
    return { limit, used, remaining: limit - used, reset: this.reset };
  }

  headers(actor: Actor, resource: string): Record<string, string> {
    const { limit, used, remaining, reset } = this.status(actor);
    return rateHeaders({ limit, used, remaining, reset }, resource);
  }
}

export function rateHeaders(
  { limit, used, remaining, reset }: { limit: number; used: number; remaining: number; reset: number },
  resource: string,
): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-used': String(used),
    'x-ratelimit-reset': String(reset),
    'x-ratelimit-resource': resource,
  };
}
