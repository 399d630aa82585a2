/** What a call is for: what people wait for goes before edits of cards. */
export type Urgency = 'post' | 'edit';

export interface Limits {
  /** Calls a chat takes at once after a pause; one a second after that. */
  readonly chatBurst: number;
  readonly perGroupPerMinute: number;
  readonly overallPerSecond: number;
}

/**
 * A little under Telegram's: one message a second in a chat, twenty a minute in a group, thirty a second over all
 * (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this). Edits and new topics count as messages.
 */
const LIMITS: Limits = { chatBurst: 3, perGroupPerMinute: 18, overallPerSecond: 25 };
const SECOND_MS = 1_000;
/** Longer than a minute, since what we send at its edges can arrive closer together. */
const MINUTE_MS = 62_000;

interface Chat {
  readonly isGroup: boolean;
  readonly waiting: Record<Urgency, (() => void)[]>;
  /** When calls of the last minute were let go, oldest first. */
  times: number[];
  tokens: number;
  at: number;
  heldUntil: number;
  timer: NodeJS.Timeout | undefined;
}

/** Lets calls go no faster than Telegram takes them, each chat in order, posts before edits. */
export class Budget {
  readonly #limits: Limits;
  readonly #chats = new Map<number, Chat>();
  #tokens: number;
  #at = Date.now();

  constructor(limits: Partial<Limits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
    this.#tokens = this.#limits.overallPerSecond / 2;
  }

  /** Resolves when one call to the chat may be made. */
  take(chat: number, urgency: Urgency): Promise<void> {
    const state = this.#chat(chat);
    return new Promise((resolve) => {
      state.waiting[urgency].push(resolve);
      this.#serve(state);
    });
  }

  /** Milliseconds that a post would wait now. */
  waitMs(chat: number): number {
    const state = this.#chat(chat);
    return this.#delay(state) + state.waiting.post.length * SECOND_MS;
  }

  /** Telegram said to wait: nothing goes to the chat before then. */
  hold(chat: number, ms: number): void {
    const state = this.#chat(chat);
    state.heldUntil = Math.max(state.heldUntil, Date.now() + ms);
    state.tokens = Math.min(state.tokens, 1);
  }

  #serve(chat: Chat): void {
    if (chat.timer) return;
    for (;;) {
      const queue = chat.waiting.post.length > 0 ? chat.waiting.post : chat.waiting.edit;
      if (queue.length === 0) return;
      const delay = this.#delay(chat);
      if (delay > 0) {
        chat.timer = setTimeout(() => {
          chat.timer = undefined;
          this.#serve(chat);
        }, delay);
        return;
      }
      chat.tokens -= 1;
      this.#tokens -= 1;
      if (chat.isGroup) chat.times.push(Date.now());
      queue.shift()?.();
    }
  }

  /** Milliseconds until one call may go to the chat. */
  #delay(chat: Chat): number {
    const now = Date.now();
    const perMs = this.#limits.overallPerSecond / SECOND_MS;
    this.#tokens = Math.min(this.#limits.overallPerSecond / 2, this.#tokens + (now - this.#at) * perMs);
    this.#at = now;
    chat.tokens = Math.min(this.#limits.chatBurst, chat.tokens + (now - chat.at) / SECOND_MS);
    chat.at = now;
    chat.times = chat.times.filter((at) => at > now - MINUTE_MS);
    const over = chat.times.at(-this.#limits.perGroupPerMinute);
    return Math.ceil(
      Math.max(
        0,
        chat.heldUntil - now,
        (1 - chat.tokens) * SECOND_MS,
        (1 - this.#tokens) / perMs,
        over === undefined || chat.times.length < this.#limits.perGroupPerMinute ? 0 : over + MINUTE_MS - now,
      ),
    );
  }

  #chat(id: number): Chat {
    const known = this.#chats.get(id);
    if (known) return known;
    // A program that was here a moment ago may have spent something.
    const chat: Chat = {
      isGroup: id < 0,
      waiting: { post: [], edit: [] },
      times: [],
      tokens: this.#limits.chatBurst - 1,
      at: Date.now(),
      heldUntil: 0,
      timer: undefined,
    };
    this.#chats.set(id, chat);
    return chat;
  }
}
