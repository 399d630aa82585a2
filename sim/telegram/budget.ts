import type { TelegramChat } from './types.ts';

/**
 * How much a bot may send and edit (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this;
 * the size of the bursts is not published).
 */
export interface BudgetLimits {
  perChatPerSecond: number;
  chatBurst: number;
  perGroupPerMinute: number;
  overallPerSecond: number;
}

const TELEGRAM_LIMITS: BudgetLimits = {
  perChatPerSecond: 1,
  chatBurst: 5,
  perGroupPerMinute: 20,
  overallPerSecond: 30,
};

const MINUTE_MS = 60_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** One budget for sends, edits and topics, by chat, by group and over all chats. */
export class Budget {
  /** Calls that were refused so far. */
  violations = 0;
  readonly #now: () => number;
  #limits: BudgetLimits | undefined;
  readonly #buckets = new Map<string, Bucket>();
  readonly #times = new Map<number, number[]>();
  readonly #refusedUntil = new Map<number, number>();

  constructor(now: () => number, limits: Partial<BudgetLimits> | 'none' = {}) {
    this.#now = now;
    this.set(limits);
  }

  /** Sets other limits from now on; `'none'` lifts them all. */
  set(limits: Partial<BudgetLimits> | 'none'): void {
    this.#limits = limits === 'none' ? undefined : { ...TELEGRAM_LIMITS, ...limits };
    this.#buckets.clear();
    this.#times.clear();
    this.#refusedUntil.clear();
  }

  /** Seconds to wait, or 0 when the call may pass (and is counted). A chat that was refused stays refused for that long. */
  take(chat: TelegramChat): number {
    if (!this.#limits) return 0;
    const now = this.#now();
    const refused = (this.#refusedUntil.get(chat.id) ?? 0) - now;
    const wait = Math.max(refused, this.#waitFor(chat, this.#limits));
    if (wait <= 0) return 0;
    this.violations += 1;
    const seconds = Math.ceil(wait / 1000);
    if (refused <= 0) this.#refusedUntil.set(chat.id, now + seconds * 1000);
    return seconds;
  }

  /** Milliseconds to wait; the call is counted when there are none. */
  #waitFor(chat: TelegramChat, limits: BudgetLimits): number {
    const buckets = [
      this.#bucket('all', limits.overallPerSecond / 1000, limits.overallPerSecond),
      this.#bucket(`chat:${chat.id}`, limits.perChatPerSecond / 1000, limits.chatBurst),
    ];
    const lastMinute = this.#lastMinute(chat);
    const first = lastMinute.length < limits.perGroupPerMinute ? undefined : lastMinute.at(-limits.perGroupPerMinute);
    const wait = Math.max(
      ...buckets.map(({ bucket, perMs }) => (1 - bucket.tokens) / perMs),
      first === undefined ? 0 : first + MINUTE_MS - this.#now(),
    );
    if (wait > 0) return wait;
    for (const { bucket } of buckets) bucket.tokens -= 1;
    lastMinute.push(this.#now());
    return 0;
  }

  /** When the calls of the last minute were made; private chats have no such limit. */
  #lastMinute(chat: TelegramChat): number[] {
    if (chat.type === 'private') return [];
    const since = this.#now() - MINUTE_MS;
    const times = (this.#times.get(chat.id) ?? []).filter((at) => at > since);
    this.#times.set(chat.id, times);
    return times;
  }

  #bucket(key: string, perMs: number, burst: number): { bucket: Bucket; perMs: number } {
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * perMs);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    return { bucket, perMs };
  }
}
