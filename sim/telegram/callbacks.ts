import type { User } from 'grammy/types';
import { badRequest, TelegramPersonError } from './errors.ts';
import type { Feed } from './feed.ts';
import type { CallbackAnswer, TelegramMessage } from './types.ts';
import type { World } from './world.ts';

/** What a button shows while the bot has not answered; the person sees a spinner. */
interface OpenQuery {
  expires: number;
  answer: (answer: CallbackAnswer) => void;
}

/** Pressed buttons that wait for `answerCallbackQuery`. */
export class Callbacks {
  readonly #world: World;
  readonly #feed: Feed;
  readonly #lifetimeMs: number;
  readonly #open = new Map<string, OpenQuery>();

  constructor(world: World, feed: Feed, lifetimeMs: number) {
    this.#world = world;
    this.#feed = feed;
    this.#lifetimeMs = lifetimeMs;
  }

  /**
   * Presses a button with data.
   * @throws TelegramPersonError `not_answered` after `patienceMs`; the bot may still answer until the query is too old
   */
  press(by: User, message: TelegramMessage, data: string, patienceMs: number): Promise<CallbackAnswer> {
    const id = String(4_382_000_000_000_000 + this.#world.number());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new TelegramPersonError('not_answered', `nobody answered "${data}" within ${patienceMs} ms`));
      }, patienceMs);
      this.#open.set(id, {
        expires: this.#world.now() + this.#lifetimeMs,
        answer: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
      });
      const { chat, message_id } = message.wire;
      this.#feed.callback({
        id,
        from: by,
        message: message.deleted ? { chat, message_id, date: 0 } : message.wire,
        chat_instance: String(message.chat),
        data,
      });
    });
  }

  /** @throws TelegramApiError 400 when it is unknown, too old or already answered */
  answer(id: string, answer: CallbackAnswer): void {
    const query = this.#open.get(id);
    this.#open.delete(id);
    if (!query || this.#world.now() > query.expires) {
      throw badRequest('query is too old and response timeout expired or query ID is invalid');
    }
    query.answer(answer);
  }
}
