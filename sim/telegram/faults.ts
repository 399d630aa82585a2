type FaultKind =
  | 'ratelimited'
  | 'error500'
  | 'error502'
  | 'unauthorized'
  | 'conflict'
  | 'error'
  | 'drop_before'
  | 'drop_after'
  | 'error500_after'
  | 'timeout'
  | 'timeout_after';

/**
 * A misbehaviour of the Bot API. "after" kinds let the effect happen first; timeouts never answer. `method` matches the
 * whole name or the pattern (all methods when absent; `file` is the download of a file); `times` is 1 by default.
 * `retryAfter` is in seconds; `code` and `description` are those of kind `error`.
 */
export interface ApiFault {
  kind: FaultKind;
  method?: string | RegExp;
  times?: number;
  retryAfter?: number;
  code?: number;
  description?: string;
}

/** The misbehaviour that was asked for and not yet used up. */
export class Faults {
  #api: { fault: ApiFault; left: number }[] = [];
  #duplicate = 0;
  #down = false;
  readonly #onOutage: (down: boolean) => void;

  constructor(onOutage: (down: boolean) => void) {
    this.#onOutage = onOutage;
  }

  add(fault: ApiFault): void {
    this.#api.push({ fault, left: fault.times ?? 1 });
  }

  /** From now on each update comes that many times more, under its own id, though the bot acknowledged it. */
  duplicateUpdates(copies: number): void {
    this.#duplicate = copies;
  }

  get duplicates(): number {
    return this.#duplicate;
  }

  /** Whether Telegram is unreachable: open polls break, connections are cut, nothing is delivered; updates pile up. */
  outage(down: boolean): void {
    if (this.#down === down) return;
    this.#down = down;
    this.#onOutage(down);
  }

  get down(): boolean {
    return this.#down;
  }

  clear(): void {
    this.#api = [];
    this.#duplicate = 0;
    this.outage(false);
  }

  /** The fault that hits this call, counted as used. */
  take(method: string): ApiFault | undefined {
    const hit = this.#api.find(({ fault, left }) => left > 0 && matches(fault.method, method));
    if (!hit) return undefined;
    hit.left -= 1;
    return hit.fault;
  }
}

function matches(pattern: string | RegExp | undefined, method: string): boolean {
  if (pattern === undefined) return true;
  return typeof pattern === 'string' ? pattern === method : pattern.test(method);
}
