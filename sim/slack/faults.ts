type FaultKind =
  | 'ratelimited'
  | 'error500'
  | 'drop_before'
  | 'drop_after'
  | 'error500_after'
  | 'timeout_after'
  | 'error';

/**
 * A misbehaviour of the Web API. "after" kinds let the effect happen first. `method` matches the whole name or the
 * pattern (all methods when absent; `response_url` and `upload` count as methods); `times` is 1 by default.
 * `retryAfter` is in seconds; `error` is the code of kind `error`.
 */
export interface ApiFault {
  kind: FaultKind;
  method?: string | RegExp;
  times?: number;
  retryAfter?: number;
  error?: string;
}

/** Misbehaviour of event delivery: extra copies of each, neighbours swapped, each one late by `delayMs`. */
export interface EventFaults {
  duplicate?: number;
  reorder?: boolean;
  delayMs?: number;
}

/** How long a swapped event waits for a neighbour before it goes alone. */
const REORDER_WAIT_MS = 100;

/** The misbehaviour that was asked for and not yet used up. */
export class Faults {
  #api: { fault: ApiFault; left: number }[] = [];
  #events: EventFaults = {};
  #held: { run: () => void; timer: NodeJS.Timeout } | undefined;

  add(fault: ApiFault): void {
    this.#api.push({ fault, left: fault.times ?? 1 });
  }

  /** Sets how events misbehave from now on; `{}` ends it. */
  events(faults: EventFaults): void {
    this.#events = faults;
  }

  clear(): void {
    this.#api = [];
    this.#events = {};
    this.#releaseHeld();
  }

  /** The fault that hits this call, counted as used. */
  take(method: string): ApiFault | undefined {
    const hit = this.#api.find(({ fault, left }) => left > 0 && matches(fault.method, method));
    if (!hit) return undefined;
    hit.left -= 1;
    return hit.fault;
  }

  /** Runs `deliver` as often and as late as asked. */
  schedule(deliver: () => void): void {
    const { duplicate = 0, reorder = false, delayMs = 0 } = this.#events;
    const run = (): void => {
      for (let i = 0; i <= duplicate; i += 1) deliver();
    };
    const start = delayMs > 0 ? () => void setTimeout(run, delayMs) : run;
    if (!reorder) start();
    else if (this.#held) {
      start();
      this.#releaseHeld();
    } else this.#held = { run: start, timer: setTimeout(() => this.#releaseHeld(), REORDER_WAIT_MS) };
  }

  #releaseHeld(): void {
    const held = this.#held;
    this.#held = undefined;
    clearTimeout(held?.timer);
    held?.run();
  }
}

function matches(pattern: string | RegExp | undefined, method: string): boolean {
  if (pattern === undefined) return true;
  return typeof pattern === 'string' ? pattern === method : pattern.test(method);
}
