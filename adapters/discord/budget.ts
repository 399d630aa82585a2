/**
 * At most `limit` calls in any window. A call's place is free again a window after it *ended*, so that it does not matter
 * when it arrived at Discord: the platform's window, which begins with the first arrival, is never exceeded.
 */
export class Lane {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #onIdle: () => void;
  readonly #waiting: (() => void)[] = [];
  #free: number;
  #heldUntil = 0;

  constructor(limit: number, windowMs: number, onIdle: () => void = () => undefined) {
    this.#limit = limit;
    this.#free = limit;
    this.#windowMs = windowMs;
    this.#onIdle = onIdle;
  }

  /** Resolves, in order, when one call may be made; what it answers is to be called when that call has ended. */
  async take(): Promise<() => void> {
    if (this.#free > 0 && this.#waiting.length === 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const heldMs = this.#heldUntil - Date.now();
    if (heldMs > 0) await new Promise((resolve) => setTimeout(resolve, heldMs));
    return this.#ended;
  }

  /** As {@link take}, now or not at all; leaves `reserve` places for what must arrive. */
  tryTake(reserve = 0): (() => void) | null {
    if (this.#heldUntil > Date.now() || this.#waiting.length > 0 || this.#free <= reserve) return null;
    this.#free -= 1;
    return this.#ended;
  }

  /** Discord said to wait: nobody goes before then. */
  hold(ms: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, Date.now() + ms);
  }

  readonly #ended = (): void => {
    setTimeout(() => {
      const next = this.#waiting.shift();
      if (next) return next();
      this.#free += 1;
      if (this.#free === this.#limit && this.#heldUntil <= Date.now()) this.#onIdle();
    }, this.#windowMs).unref();
  };
}

/**
 * Calls and milliseconds. Discord tells its limits by headers only; these stay below what people have measured: 5 posts and
 * 5 edits in 5 s and channel, a reaction each 250 ms, few edits of what is older than an hour, 50 calls a second in all.
 */
const LIMITS = {
  post: [5, 5_150],
  edit: [5, 5_150],
  old_edit: [2, 21_000],
  delete: [4, 1_150],
  react: [1, 350],
  webhook: [4, 2_150],
  other: [20, 1_150],
} as const;
const GLOBAL = [45, 1_050] as const;

export type Bucket = keyof typeof LIMITS;

/** Our own limits for all that goes to Discord, by bucket and what Discord counts by: a channel, guild or webhook. */
export class Budgets {
  readonly #lanes = new Map<string, Lane>();
  readonly global = new Lane(...GLOBAL);

  lane(bucket: Bucket, major: string): Lane {
    const key = `${bucket} ${major}`;
    const known = this.#lanes.get(key);
    if (known) return known;
    const [limit, windowMs] = LIMITS[bucket];
    const lane = new Lane(limit, windowMs, () => this.#lanes.delete(key));
    this.#lanes.set(key, lane);
    return lane;
  }
}
