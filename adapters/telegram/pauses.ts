import { describe, type Failure } from '../../core/errors.ts';

const LONGEST_MS = 30_000;
/** Another program polls with this token: the pauses grow until there was none for a while. */
const CONFLICT_MS = { first: 3_000, longest: 60_000, forgotten: 180_000 } as const;
/** A refused token lasts, and asking often makes it no better. */
const REFUSED_MS = 60_000;

/** How long to wait after a failed poll. */
export class Pauses {
  readonly #firstMs: number;
  #conflicts = 0;
  #conflictAt = 0;

  constructor(firstMs: number) {
    this.#firstMs = firstMs;
  }

  /** Milliseconds; `failures` counts those in a row. */
  after({ code, retryAfterMs }: Failure, failures: number): number {
    if (code === 'invalid_credentials') return REFUSED_MS;
    if (code !== 'conflict') return retryAfterMs ?? Math.min(LONGEST_MS, this.#firstMs * 2 ** (failures - 1));
    // Between two conflicts a poll may well succeed: the two programs end each other's in turn.
    this.#conflicts = Date.now() - this.#conflictAt < CONFLICT_MS.forgotten ? this.#conflicts + 1 : 0;
    this.#conflictAt = Date.now();
    return Math.min(CONFLICT_MS.longest, CONFLICT_MS.first * 2 ** this.#conflicts);
  }
}

/** What `health` says of a failed poll. */
export const explain = (failure: Failure): string => (failure.code === 'conflict' ? otherProgram : describe(failure));

export const otherProgram =
  'Another program gets the updates of this bot: stop it, or give this one a token of its own.';

/** Resolves after `ms`, or at once when `signal` ends. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
