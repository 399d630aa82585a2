import { createHash } from 'node:crypto';
import { DiscordApiError } from './errors.ts';

/** At most `limit` requests in a window that begins with the first of them. */
export interface RateLimit {
  limit: number;
  windowMs: number;
}

interface Window {
  left: number;
  endsAt: number;
}

const HOUR_MS = 3_600_000;
const GLOBAL: RateLimit = { limit: 50, windowMs: 1000 };
/** Discord does not tell; people counted about three edits in 20 s and channel. */
const OLD_EDITS: RateLimit = { limit: 3, windowMs: 20_000 };
const OTHERS: RateLimit = { limit: 50, windowMs: 1000 };

/** Discord's limits are told by headers only; these are what people have seen (2026). */
const BY_ROUTE: [RegExp, string, RateLimit][] = [
  [/^POST \/channels\/:channel\/messages$/, 'send', { limit: 5, windowMs: 5000 }],
  [/^PATCH \/channels\/:channel\/messages\/:message$/, 'edit', { limit: 5, windowMs: 5000 }],
  [/^DELETE \/channels\/:channel\/messages\/:message$/, 'delete', { limit: 5, windowMs: 1000 }],
  [/^(PUT|DELETE) .*\/reactions\//, 'react', { limit: 1, windowMs: 250 }],
  [/^\w+ \/webhooks\//, 'webhook', { limit: 5, windowMs: 2000 }],
];

/** Windows by bucket and channel, guild or webhook, and one over all; counts every 429 it gives. */
export class RateLimits {
  /** How many requests were refused. */
  violations = 0;
  readonly #now: () => number;
  readonly #windows = new Map<string, Window>();
  readonly #set = new Map<string, RateLimit>();
  #isOn = true;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** No limits from now on (but what 30046 says of old edits), or Discord's again. */
  enforce(isOn: boolean): void {
    this.#isOn = isOn;
    this.#windows.clear();
  }

  /** Limits one bucket: a route, or `send`, `edit`, `delete`, `react`, `webhook`, `global`, `old_edits`. */
  set(bucket: string, limit: RateLimit): void {
    this.#set.set(bucket, limit);
  }

  /**
   * Counts a request; returns the headers that go with its answer.
   * @throws DiscordApiError 429
   */
  take(route: string, major: string): Record<string, string> {
    if (!this.#isOn || route.startsWith('POST /interactions/')) return {};
    const known = BY_ROUTE.find(([pattern]) => pattern.test(route));
    const bucket = known?.[1] ?? route;
    const limit = this.#set.get(route) ?? this.#set.get(bucket) ?? known?.[2] ?? OTHERS;
    // What goes by an interaction's token has no part in the global limit.
    if (bucket !== 'webhook') this.#takeGlobal();
    const window = this.#window(`${bucket} ${major}`, limit);
    const headers = this.#headers(bucket, limit, window);
    if (window.left <= 0) throw this.#refusal(window, { ...headers, 'x-ratelimit-scope': 'user' });
    window.left -= 1;
    return { ...headers, 'x-ratelimit-remaining': String(window.left) };
  }

  /** Counts an edit of a message that is older than an hour. @throws DiscordApiError 30046 */
  takeOldEdit(channelId: string, createdAt: number): void {
    if (this.#now() - createdAt <= HOUR_MS) return;
    const window = this.#window(`old_edits ${channelId}`, this.#set.get('old_edits') ?? OLD_EDITS);
    if (window.left <= 0) {
      const message = 'Maximum number of edits to messages older than 1 hour reached. Try again later.';
      throw this.#refusal(window, { 'x-ratelimit-scope': 'shared' }, { message, code: 30046 });
    }
    window.left -= 1;
  }

  #takeGlobal(): void {
    const window = this.#window('global', this.#set.get('global') ?? GLOBAL);
    if (window.left <= 0) throw this.#refusal(window, { 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global' });
    window.left -= 1;
  }

  #window(key: string, { limit, windowMs }: RateLimit): Window {
    const known = this.#windows.get(key);
    const now = this.#now();
    if (known && known.endsAt > now) return known;
    const window = { left: limit, endsAt: now + windowMs };
    this.#windows.set(key, window);
    return window;
  }

  #headers(bucket: string, { limit }: RateLimit, { endsAt, left }: Window): Record<string, string> {
    return {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, left)),
      'x-ratelimit-reset': String(endsAt / 1000),
      'x-ratelimit-reset-after': String((endsAt - this.#now()) / 1000),
      'x-ratelimit-bucket': createHash('md5').update(bucket).digest('hex'),
    };
  }

  #refusal(
    { endsAt }: Window,
    headers: Record<string, string>,
    words: { message: string; code: number } = { message: 'You are being rate limited.', code: 0 },
  ): DiscordApiError {
    this.violations += 1;
    return tooMany((endsAt - this.#now()) / 1000, headers, words);
  }
}

/** A 429, with the wait in seconds in the body and, in whole seconds, in a header. */
export function tooMany(
  retryAfter: number,
  headers: Record<string, string>,
  words = { message: 'You are being rate limited.', code: 0 },
): DiscordApiError {
  const isGlobal = 'x-ratelimit-global' in headers;
  const body = { ...words, retry_after: retryAfter, global: isGlobal };
  return new DiscordApiError(429, body, { 'retry-after': String(Math.ceil(retryAfter)), ...headers });
}
