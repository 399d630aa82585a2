import { Failure } from '../../core/errors.ts';

/** The parts of Octokit's RequestError and GraphqlResponseError that are read here. */
interface Answered {
  readonly status?: number;
  readonly message: string;
  readonly request?: { method?: string; url?: string; query?: string };
  readonly response?: { headers?: Record<string, string | number | undefined>; data?: unknown };
}

const DEFAULT_LIMIT_WAIT_MS = 60_000;

/** GitHub's HTTP status behind an error of the client, 0 when no answer came. */
export function statusOf(error: unknown): number {
  return isAnswered(error) && error.response ? (error.status ?? 0) : 0;
}

/** GitHub's own words, without the link to its documentation. */
export function messageOf(error: unknown): string {
  const data = isAnswered(error) ? error.response?.data : undefined;
  if (!isObject(data) || typeof data.message !== 'string')
    return error instanceof Error ? error.message : String(error);
  const details = Array.isArray(data.errors) ? data.errors.map(detail).filter(Boolean) : [];
  return [data.message, ...details].join(': ');
}

/** True when a write may have happened although its answer is lost: no answer, or a 5xx. */
export function isAmbiguous(error: unknown): boolean {
  return error instanceof Failure ? error.remedy === 'look' : isAnswered(error) && unavailable(error);
}

/**
 * Any error of the client as a {@link Failure}. A 404 becomes `gone`; whether the repository itself is missing is for the
 * caller to find out.
 */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const because = messageOf(error);
  if (!isAnswered(error))
    return new Failure(`GitHub request failed: ${because}`, { code: 'unavailable', remedy: 'look', cause: error });
  const limited = limitWait(error);
  if (limited !== null)
    return new Failure('GitHub is limiting our requests.', {
      code: 'rate_limited',
      remedy: 'retry',
      retryAfterMs: limited,
      advice: 'The work continues by itself when the limit is over.',
      cause: error,
    });
  if (unavailable(error)) {
    const what = error.response ? `answered ${error.status}` : `did not answer (${because})`;
    return new Failure(`GitHub ${what}.`, {
      code: 'unavailable',
      remedy: isRead(error) ? 'retry' : 'look',
      cause: error,
    });
  }
  return refusal(error, because);
}

function refusal(error: Answered, because: string): Failure {
  const never = { remedy: 'never', cause: error } as const;
  switch (error.status ?? graphqlStatus(error)) {
    case 401:
      return new Failure(`GitHub does not accept the credentials: ${because}.`, {
        ...never,
        code: 'invalid_credentials',
        advice:
          'Check GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY: expired, revoked or of another server.',
      });
    case 403:
    case 451:
      return new Failure(`GitHub refuses: ${because}.`, {
        ...never,
        code: 'forbidden',
        advice: permissionAdvice(error),
      });
    case 404:
      return new Failure(`GitHub does not know it: ${because}.`, { ...never, code: 'gone' });
    case 410:
      return new Failure(`It is gone from GitHub: ${because}.`, { ...never, code: 'gone' });
    default:
      return new Failure(`GitHub refuses: ${because}.`, { ...never, code: 'conflict' });
  }
}

/** Which permission the refused call needed, from the header that GitHub sends for it. */
function permissionAdvice(error: Answered): string {
  const headers = error.response?.headers ?? {};
  if (headers['x-github-sso']) return 'The organization asks for single sign-on: authorize the token for it.';
  const needed = headers['x-accepted-github-permissions'];
  if (needed) return `Grant the token or App this permission: ${String(needed).split(/;\s*/).join(' or ')}.`;
  const scopes = headers['x-accepted-oauth-scopes'];
  if (scopes) return `Give the token one of these scopes: ${scopes}.`;
  return 'Check what the token or App may do in this repository (docs/github.md lists it).';
}

function limitWait(error: Answered): number | null {
  const headers = error.response?.headers ?? {};
  const spent = String(headers['x-ratelimit-remaining']) === '0';
  const named = headers['retry-after'] !== undefined;
  const graphql = graphqlErrors(error).some((item) => item.type === 'RATE_LIMITED');
  const refused = error.status === 403 || error.status === 422 || error.status === 429;
  const words = refused && /rate limit|submitted too quickly/i.test(messageOf(error));
  if (!graphql && error.status !== 429 && !(refused && (spent || named || words))) return null;
  if (named) return Number(headers['retry-after']) * 1_000;
  const reset = Number(headers['x-ratelimit-reset']) * 1_000 - Date.now();
  return spent && Number.isFinite(reset) ? Math.max(reset, 0) + 1_000 : DEFAULT_LIMIT_WAIT_MS;
}

function unavailable(error: Answered): boolean {
  return error.status !== undefined && (!error.response || error.status >= 500 || error.status === 408);
}

/** GraphQL errors carry no method of the request itself; making a token counts as reading, since it changes nothing. */
function isRead({ request }: Answered): boolean {
  if (request?.url?.endsWith('/access_tokens')) return true;
  return request?.method === undefined || request.method === 'GET' || request.method === 'HEAD';
}

function graphqlErrors(error: Answered): { type?: unknown }[] {
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.filter(isObject);
  const data = error.response?.data;
  return isObject(data) && Array.isArray(data.errors) ? data.errors.filter(isObject) : [];
}

function graphqlStatus(error: Answered): number {
  const type = graphqlErrors(error)[0]?.type;
  if (type === 'NOT_FOUND') return 404;
  return type === 'FORBIDDEN' || type === 'INSUFFICIENT_SCOPES' ? 403 : 422;
}

function detail(item: unknown): string {
  if (typeof item === 'string') return item;
  if (!isObject(item)) return '';
  if (typeof item.message === 'string') return item.message;
  return [item.field, item.code].filter((part) => typeof part === 'string').join(' ');
}

function isAnswered(error: unknown): error is Answered & Error {
  return error instanceof Error && 'request' in error;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
