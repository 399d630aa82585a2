/** What may be done about a failure: try the same again, look first whether it happened after all, or give up and tell. */
export type Remedy = 'retry' | 'look' | 'never';

export interface FailureOptions {
  /** Short machine name in snake case, e.g. `rate_limited`, `repository_not_found`. */
  readonly code: string;
  readonly remedy: Remedy;
  /** What the reader can do about it, one sentence. */
  readonly advice?: string;
  /** Milliseconds to wait before the next try, when the other side named them. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/**
 * The one error that crosses a room's door. Adapters turn their client's errors into it; workflows decide by `remedy`:
 * `retry` (nothing happened, try again), `look` (it may have happened: look before repeating), `never` (tell a person).
 */
export class Failure extends Error {
  readonly code: string;
  readonly remedy: Remedy;
  readonly advice: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: FailureOptions) {
    super(message, { cause: options.cause });
    this.name = 'Failure';
    this.code = options.code;
    this.remedy = options.remedy;
    this.advice = options.advice;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** True unless the error says that trying again cannot help. Unknown errors are worth another try. */
export function isRetryable(error: unknown): boolean {
  return !(error instanceof Failure) || error.remedy !== 'never';
}

/** One line for a log or a person: message, then advice. */
export function describe(error: unknown): string {
  // A failed query tells its parameters, which are people's words and hashes; its cause says what is wrong.
  if (error instanceof Error && error.constructor.name === 'DrizzleQueryError')
    return `the database: ${describe(error.cause)}`;
  if (error instanceof Failure) return error.advice ? `${error.message} ${error.advice}` : error.message;
  return error instanceof Error ? error.message : String(error);
}
