/** Ids and timestamps of one workspace: unique, monotonic, shaped like Slack's. */
export class IdSource {
  readonly #clock: () => number;
  #lastMicros = 0;
  #next = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#clock();
  }

  /** Seconds since 1970, as in `event_time`. */
  seconds(): number {
    return Math.floor(this.#clock() / 1000);
  }

  /** A message timestamp such as `1700000001.000100`: microseconds of real time, never the same twice. */
  ts(): string {
    const micros = Math.max(Math.floor(this.#clock()) * 1000, this.#lastMicros + 100);
    this.#lastMicros = micros;
    const digits = String(micros).padStart(16, '0');
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  }

  /** An id such as `C0000000A1`. */
  id(prefix: string): string {
    this.#next += 1;
    return prefix + this.#next.toString(36).toUpperCase().padStart(9, '0');
  }
}
