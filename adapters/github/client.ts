import { createAppAuth } from '@octokit/auth-app';
import { retry } from '@octokit/plugin-retry';
import { type ThrottlingOptions, throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { fetchWhole } from './fetch.ts';
import type { Log } from './log.ts';
import { createPace } from './pace.ts';

const GitHubOctokit = Octokit.plugin(retry, throttling);
export type Client = InstanceType<typeof GitHubOctokit>;

export const GITHUB_API_URL = 'https://api.github.com';

/** Marks a request that is harmless to do twice, so that it is repeated like a read. */
export const REPEATABLE = { request: { repeatable: true } };

/** Repeats of a read that failed; writes are repeated by `ensure`, which looks first. */
const READ_RETRIES = 2;
const RETRY_BASE_MS = 300;
/** Longest rate limit that is waited out here; a longer one is the caller's to schedule. */
const MAX_LIMIT_WAIT_SECONDS = 30;
const MAX_LIMIT_RETRIES = 2;

export interface ClientOptions {
  readonly apiUrl: string;
  readonly log: Log;
  /** Names the budget that rate limits count against: clients with the same name are paced together. */
  readonly budget: string;
  readonly auth: { token: string } | { app: Parameters<typeof createAppAuth>[0] };
}

/** An Octokit that times out, repeats reads only, and waits out short rate limits. */
export function createClient({ apiUrl, log, budget, auth }: ClientOptions): Client {
  const octokitLog = {
    debug: () => undefined,
    info: (message: string) => log.debug({}, message),
    warn: (message: string) => log.warn({}, message),
    error: (message: string) => log.debug({}, message),
  };
  const client = new GitHubOctokit({
    baseUrl: apiUrl.replace(/\/+$/, ''),
    userAgent: 'mainloop',
    log: octokitLog,
    request: { fetch: fetchWhole, log: octokitLog },
    retry: {
      retries: READ_RETRIES,
      retryAfterBaseValue: RETRY_BASE_MS,
      doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451],
    },
    throttle: throttle(apiUrl, budget, log),
    ...('token' in auth
      ? { auth: auth.token }
      : { authStrategy: createAppAuth, auth: { ...auth.app, log: octokitLog } }),
  });
  client.hook.before('request', (options) => {
    // A copy: Octokit shares one object among all requests, and the plugins write their counters into it. The retry plugin
    // repeats any refusal when a number above 0 is given here, so a request that may be repeated gets none.
    options.request = { ...options.request, ...(isRepeatable(options) ? {} : { retries: 0 }) };
  });
  return client;
}

/** Reading, making a token, and what is marked with {@link REPEATABLE}. */
function isRepeatable({ method, url, request }: { method: string; url: string; request: object }) {
  return method === 'GET' || method === 'HEAD' || url.endsWith('/access_tokens') || 'repeatable' in request;
}

function throttle(apiUrl: string, budget: string, log: Log): ThrottlingOptions {
  const onLimit = (retryAfter: number, request: { method: string; url: string }, _client: unknown, count: number) => {
    const wait = count < MAX_LIMIT_RETRIES && retryAfter <= MAX_LIMIT_WAIT_SECONDS;
    log.warn({ method: request.method, url: request.url, retryAfter, wait }, 'GitHub rate limit');
    return wait;
  };
  // Enterprise servers have no limit on writes unless an administrator sets one, which is then obeyed when they say so.
  const pace = apiUrl === GITHUB_API_URL ? createPace() : async () => undefined;
  return {
    id: budget,
    onRateLimit: onLimit,
    onSecondaryRateLimit: onLimit,
    write: group(pace),
    notifications: group(async () => undefined),
  };
}

type Group = NonNullable<Extract<ThrottlingOptions, { onRateLimit: unknown }>['write']>;

/** The one method of Bottleneck's group that the plugin calls, over our own pace. */
function group(pace: () => Promise<void>): Group {
  const limiter = {
    schedule: async <T>(_options: unknown, work: (...args: unknown[]) => Promise<T>, ...args: unknown[]) => {
      await pace();
      return work(...args);
    },
  };
  return { key: () => limiter } as unknown as Group;
}
