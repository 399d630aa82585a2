import { Failure, type Remedy } from '../core/errors.ts';

/** What Kubernetes calls a Status, as far as it is read here. */
interface Status {
  readonly reason?: string;
  readonly message?: string;
}

const longest = 400;
/** Other services are `unavailable` and `forbidden` too, and people are told which one it is. */
const prefix = 'cluster_';

/**
 * The API's refusal as a Failure. Its code is `cluster_` and the API's own reason in snake case (`cluster_not_found`,
 * `cluster_forbidden`), or `cluster_http_502`. All that we send is idempotent, so what may have happened is tried again too.
 * Only the message of the Status is shown: bodies and headers stay out of logs and chats.
 */
export function refused(status: number, retryAfter: string | null, body: string): Failure {
  const { reason, message } = parse(body);
  const why = reason ? reason.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase() : `http_${status}`;
  const seconds = Number(retryAfter ?? Number.NaN);
  return new Failure(`The cluster refused: ${message?.slice(0, longest) || `HTTP ${status}`}`, {
    ...{ code: prefix + why, remedy: remedyOf(status, reason) },
    ...(Number.isFinite(seconds) && { retryAfterMs: seconds * 1000 }),
  });
}

/** The API could not be asked, or did not answer in time. */
export function unreachable(cause: unknown): Failure {
  return new Failure(`The cluster does not answer: ${reasonOf(cause)}.`, {
    ...{ code: `${prefix}unreachable`, remedy: 'retry', cause },
    advice: 'I keep trying.',
  });
}

/** The answer of `call`, or null when there is no such object. */
export async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'not_found')) return null;
    throw error;
  }
}

/** Whether it is a refusal for one of these reasons, e.g. `not_found`. */
export const hasCode = (error: unknown, ...reasons: readonly string[]): error is Failure =>
  error instanceof Failure && reasons.some((reason) => error.code === prefix + reason);

function remedyOf(status: number, reason: string | undefined): Remedy {
  // Conflict: somebody else wrote at the same moment, e.g. the quota's count. AlreadyExists has the same status.
  return status === 429 || status >= 500 || reason === 'Conflict' ? 'retry' : 'never';
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown error';
  if (cause.name === 'TimeoutError') return 'it took too long';
  // `TypeError: fetch failed`: the truth is one below.
  const below = cause.cause;
  if (!(below instanceof Error)) return cause.message;
  return 'code' in below && typeof below.code === 'string' ? below.code : below.message;
}

function parse(body: string): Status {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
