import { Failure } from '../../core/errors.ts';

/** What Postgres says when it takes no more for now (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const busy = new Set(['53300', '53400', '57P03']);

/**
 * Turns what the store throws into a Failure. `once`: what must not happen twice, whose fate is unknown when the answer is
 * lost; `repeatable`: what may be done again.
 */
export function toFailure(error: unknown, effect: 'once' | 'repeatable'): Failure {
  if (error instanceof Failure) return error;
  if (busy.has(codeOf(error)))
    return new Failure('The database is busy.', {
      ...{ code: 'rate_limited', remedy: 'retry', retryAfterMs: 1_000, cause: error },
    });
  return effect === 'once'
    ? new Failure('The database did not answer.', { code: 'ambiguous', remedy: 'look', cause: error })
    : new Failure('The database did not answer.', { code: 'unavailable', remedy: 'retry', cause: error });
}

/** Runs a query; what it throws becomes a Failure. */
export async function attempt<T>(effect: 'once' | 'repeatable', act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw toFailure(error, effect);
  }
}

export const unreachable = (person: string): Failure =>
  new Failure(`Nobody reads the page's chat as ${person}.`, { code: 'unreachable', remedy: 'never' });

export const gone = (what: string): Failure =>
  new Failure(`${what} is not there any more.`, { code: 'gone', remedy: 'never' });

/** A query wraps the driver's error. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
