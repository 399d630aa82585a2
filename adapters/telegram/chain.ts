import type { Message } from 'grammy/types';
import type { Flow } from './flow.ts';
import { isBasicGroup } from './place.ts';

/**
 * In supergroups without topics Telegram tells the first message of a chain of replies (`message_thread_id`). In basic
 * groups, and in the General topic of forums, it tells only the message that was replied to. So our messages there carry
 * the number of the first one in a link that nobody sees; a reply to them brings it back, even after a restart.
 */
const ADDRESS = 'https://t.me/c/0/';
const NOTHING = '\u200b';
const REMEMBERED = 5_000;

export class Chains {
  /** First message of the chain by chat and message. */
  readonly #roots = new Map<string, number>();
  readonly #forums = new Set<number>();

  /** The text with the number of the chain's first message in it, where Telegram would not tell it. */
  marked(chat: number, root: number, flow: Flow): Flow {
    if (!isBasicGroup(chat) && !this.#forums.has(chat)) return flow;
    const moved = flow.marks.map((mark) => ({ ...mark, offset: mark.offset + NOTHING.length }));
    return {
      text: NOTHING + flow.text,
      marks: [{ type: 'text_link', url: ADDRESS + root, offset: 0, length: NOTHING.length }, ...moved],
      breaks: flow.breaks,
    };
  }

  /** The first message of the chain that a message of a group, outside of topics, belongs to; itself when it begins one. */
  rootOf(message: Message, bot: number): number {
    const { chat, message_id: id, message_thread_id: thread, reply_to_message: above } = message;
    if (chat.type === 'supergroup' && chat.is_forum) this.#forums.add(chat.id);
    const isTold = chat.type === 'supergroup' && !chat.is_forum && thread !== undefined;
    const root = isTold ? thread : above ? this.#above(chat.id, above, bot) : id;
    this.#remember(`${chat.id}:${id}`, root);
    return root;
  }

  #above(chat: number, message: NonNullable<Message['reply_to_message']>, bot: number): number {
    const known = this.#roots.get(`${chat}:${message.message_id}`);
    if (known !== undefined) return known;
    const marks = message.from?.id === bot ? (message.entities ?? message.caption_entities ?? []) : [];
    const link = marks.find((mark) => mark.type === 'text_link' && mark.url.startsWith(ADDRESS));
    const told = link?.type === 'text_link' ? Number(link.url.slice(ADDRESS.length)) : Number.NaN;
    return Number.isSafeInteger(told) && told > 0 ? told : message.message_id;
  }

  #remember(key: string, root: number): void {
    this.#roots.set(key, root);
    const [oldest] = this.#roots.keys();
    if (this.#roots.size > REMEMBERED && oldest !== undefined) this.#roots.delete(oldest);
  }
}
