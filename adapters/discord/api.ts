import { type RawFile, REST } from 'discord.js';
import { Failure } from '../../core/errors.ts';
import { type Bucket, Budgets, type Lane } from './budget.ts';
import { type Effect, toFailure } from './errors.ts';

export interface ApiOptions {
  readonly token: string;
  /** REST base without the version. */
  readonly apiUrl?: string | undefined;
  /** Milliseconds until a call counts as lost. */
  readonly timeoutMs: number;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface CallOptions {
  /** Whose budget it takes from; `other` when absent. */
  readonly bucket?: Bucket;
  readonly body?: unknown;
  readonly files?: RawFile[] | undefined;
  readonly query?: Record<string, string>;
  /** `repeatable` when absent. */
  readonly effect?: Effect;
  /** The permission it takes, to be named when Discord refuses. */
  readonly needs?: string;
  /** Place in the budget that was taken already. */
  readonly taken?: () => void;
  /** False for what an interaction's own token allows. */
  readonly auth?: boolean;
}

/** Every call to Discord's REST API, once each, within our own budgets. @throws Failure */
export interface Api {
  readonly budgets: Budgets;
  call(method: Method, route: `/${string}`, options?: CallOptions): Promise<unknown>;
  get(route: `/${string}`, query?: Record<string, string>): Promise<unknown>;
}

export const DEFAULT_API_URL = 'https://discord.com/api';
/** After a refused token nothing is asked for so long: Discord bans an address after 10,000 refusals in 10 minutes. */
const REFUSED_MS = 5_000;

/**
 * A REST client of our own, not the Client's: that one comes and goes with its connection. It does each call once and waits
 * for nothing, since the library repeats posts that had arrived.
 */
export function createApi({ token, apiUrl = DEFAULT_API_URL, timeoutMs }: ApiOptions): Api {
  const rest = new REST({ version: '10', api: apiUrl, retries: 0, timeout: timeoutMs, rejectOnRateLimit: () => true });
  const budgets = new Budgets();
  let refusedAt = 0;

  async function send(method: Method, route: `/${string}`, options: CallOptions): Promise<unknown> {
    const { body, files, query, auth = true } = options;
    if (auth && Date.now() - refusedAt < REFUSED_MS) throw refusedToken();
    // The library forgets the token at the first 401.
    rest.setToken(token);
    return rest.request({
      fullRoute: route,
      method: method as Parameters<typeof rest.request>[0]['method'],
      auth,
      ...(body === undefined ? {} : { body }),
      ...(files ? { files } : {}),
      ...(query ? { query: new URLSearchParams(query) } : {}),
    });
  }

  async function call(method: Method, route: `/${string}`, options: CallOptions = {}): Promise<unknown> {
    const { bucket = 'other', effect = 'repeatable', needs, taken } = options;
    const lane = budgets.lane(bucket, majorOf(route));
    const ended = taken ?? (await lane.take());
    // What goes by an interaction's own token has no part in the global limit, and a deadline.
    const endedGlobally = options.auth === false ? undefined : await budgets.global.take();
    try {
      return await send(method, route, options);
    } catch (error) {
      const failure = toFailure(error, effect, needs);
      if (failure.code === 'invalid_credentials' && failure.cause) refusedAt = Date.now();
      if (failure.code === 'rate_limited') hold(lane, budgets, failure);
      throw failure;
    } finally {
      ended();
      endedGlobally?.();
    }
  }

  return { budgets, call, get: (route, query) => call('GET', route, query ? { query } : {}) };
}

function hold(lane: Lane, budgets: Budgets, { retryAfterMs = 1_000, cause }: Failure): void {
  const isGlobal = typeof cause === 'object' && cause !== null && 'global' in cause && cause.global === true;
  (isGlobal ? budgets.global : lane).hold(Math.min(60_000, retryAfterMs));
}

/** What Discord counts by: the channel, guild, webhook or interaction of a route. */
function majorOf(route: string): string {
  const webhook = /^\/webhooks\/\d+\/([^/]+)/.exec(route);
  return webhook?.[1] ?? /^\/(?:channels|guilds|interactions)\/(\d+)/.exec(route)?.[1] ?? '';
}

function refusedToken(): Failure {
  return new Failure('Discord refuses the token.', {
    code: 'invalid_credentials',
    remedy: 'never',
    advice: 'Set a new DISCORD_TOKEN and restart.',
  });
}
