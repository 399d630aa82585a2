type FaultKind =
  | 'ratelimited'
  | 'error500'
  | 'error502'
  | 'drop_before'
  | 'drop_after'
  | 'error500_after'
  | 'timeout'
  | 'timeout_after';

/**
 * A misbehaviour of REST. "after" kinds let the effect happen first; `timeout` kinds never answer. `route` is the whole
 * name, such as `POST /channels/:channel/messages`, or a pattern over method and path (`POST /channels/81…/messages`);
 * all when absent. `times` is 1 by default; `retryAfter` is in seconds, `isGlobal` tells of the global limit.
 */
export interface ApiFault {
  kind: FaultKind;
  route?: string | RegExp;
  times?: number;
  retryAfter?: number;
  isGlobal?: boolean;
}

/** Misbehaviour of the gateway: extra copies of each event, neighbours swapped, each one late by `delayMs`. */
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
  #expiring = 0;

  add(fault: ApiFault): void {
    this.#api.push({ fault, left: fault.times ?? 1 });
  }

  /** Sets how events misbehave from now on; `{}` ends it. */
  events(faults: EventFaults): void {
    this.#events = faults;
    if (!faults.reorder) this.#releaseHeld();
  }

  /** The next interactions reach the app when their three seconds are over: every answer is 10062. */
  expireInteractions(times = 1): void {
    this.#expiring += times;
  }

  clear(): void {
    this.#api = [];
    this.#expiring = 0;
    this.events({});
  }

  /** The fault that hits this call, counted as used. */
  take(route: string, path: string): ApiFault | undefined {
    const hit = this.#api.find(({ fault, left }) => left > 0 && matches(fault.route, route, path));
    if (!hit) return undefined;
    hit.left -= 1;
    return hit.fault;
  }

  /** Whether this interaction is too late from the start, counted as used. */
  takeExpired(): boolean {
    if (this.#expiring === 0) return false;
    this.#expiring -= 1;
    return true;
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

function matches(pattern: string | RegExp | undefined, route: string, path: string): boolean {
  if (pattern === undefined) return true;
  return typeof pattern === 'string' ? pattern === route : pattern.test(path);
}
