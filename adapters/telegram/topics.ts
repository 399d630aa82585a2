import type { Message } from 'grammy/types';
import { describe } from '../../core/errors.ts';
import type { Budget } from './budget.ts';
import type { Client } from './client.ts';
import type { Logger } from './logger.ts';
import { placeOf, topicThread } from './place.ts';
import type { Poster } from './post.ts';

/** Telegram takes 128 characters; a list of topics shows fewer. */
const MAX_NAME = 60;
/** After a refusal it is tried again: somebody may have given the right meanwhile. */
const PAUSE_MS = 5 * 60_000;
/** A person does not wait longer for a topic. */
const MAX_WAIT_MS = 2_000;
const REMEMBERED = 1_000;

/** Opens a topic for each conversation that begins in the General topic of a forum. */
export class Topics {
  readonly #parts: { client: Client; budget: Budget; poster: Poster; log: Logger };
  readonly #opened = new Map<string, number>();
  readonly #refusedUntil = new Map<number, number>();

  constructor(parts: { client: Client; budget: Budget; poster: Poster; log: Logger }) {
    this.#parts = parts;
  }

  /** The topic for a message, made now; null when there can be none and a chain of replies must do. */
  async openFor({ chat, message_id: id }: Message, words: string): Promise<string | null> {
    const { client, budget, log } = this.#parts;
    const key = `${chat.id}:${id}`;
    const known = this.#opened.get(key);
    if (known !== undefined) return topicThread(known);
    if (Date.now() < (this.#refusedUntil.get(chat.id) ?? 0) || budget.waitMs(chat.id) > MAX_WAIT_MS) return null;
    try {
      await budget.take(chat.id, 'post');
      const { message_thread_id: topic } = await client.inChat(String(chat.id), 'once', (where) =>
        client.api.createForumTopic(where, nameOf(words)),
      );
      this.#opened.set(key, topic);
      const [oldest] = this.#opened.keys();
      if (this.#opened.size > REMEMBERED && oldest !== undefined) this.#opened.delete(oldest);
      this.#point(chat.id, id, topic);
      return topicThread(topic);
    } catch (error) {
      log.warn({ chat: chat.id, error: describe(error) }, 'no topic opened; the conversation is a chain of replies');
      this.#refusedUntil.set(chat.id, Date.now() + PAUSE_MS);
      return null;
    }
  }

  /** What the bot may do in a group has changed. */
  forget(chat: number): void {
    this.#refusedUntil.delete(chat);
  }

  /** Tells in General where it goes on; nothing is lost when that does not arrive. */
  #point(chat: number, message: number, topic: number): void {
    const { poster, log } = this.#parts;
    const url = `https://t.me/c/${String(chat).replace(/^-100/, '')}/${topic}`;
    poster
      .post(placeOf(chat), { text: `I answer in [its own topic](${url}).` }, `topic:${chat}:${message}`, {
        replyTo: message,
      })
      .catch((error: unknown) => log.debug({ error: describe(error) }, 'nobody was told of a new topic'));
  }
}

function nameOf(words: string): string {
  const line = words.replace(/[`*_~#>\s]+/g, ' ').trim() || 'Conversation';
  if (line.length <= MAX_NAME) return line;
  const head = line.slice(0, MAX_NAME - 1).replace(/[\ud800-\udbff]$/, '');
  const word = head.lastIndexOf(' ');
  return `${(word > MAX_NAME / 3 ? head.slice(0, word) : head).trimEnd()}…`;
}
