const DISCORD_EPOCH = 1_420_070_400_000;

/** Snowflakes: unique, growing, with the time of the clock in them. */
export class Snowflakes {
  readonly #clock: () => number;
  #last = 0n;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#clock();
  }

  next(): string {
    const born = BigInt(Math.max(0, Math.floor(this.#clock()) - DISCORD_EPOCH)) << 22n;
    this.#last = born > this.#last ? born : this.#last + 1n;
    return String(this.#last);
  }
}

/** Whether a parameter of a path can be an id at all. */
export function isSnowflake(text: string): boolean {
  return /^\d{15,20}$/.test(text);
}
