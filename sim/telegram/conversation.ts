import type { EventEmitter } from 'node:events';
import type { Message, User } from 'grammy/types';
import type { Feed } from './feed.ts';
import type { TelegramChat, TelegramMessage, TelegramSimEvents } from './types.ts';
import { wireChat } from './wire.ts';
import { ANONYMOUS_ADMIN, type World } from './world.ts';

export interface PostOptions {
  /** Topic to write into. */
  thread?: number | undefined;
  replyTo?: TelegramMessage | undefined;
  /** Writes as the group itself. */
  anonymous?: boolean;
}

/** What a message says; the envelope is made around it. */
export type Content = Partial<Omit<Message, 'message_id' | 'date' | 'chat' | 'from'>>;

/** Changes what is said in chats, and tells watchers and the bot of it. */
export class Conversations {
  readonly #world: World;
  readonly #feed: Feed;
  readonly #watchers: EventEmitter<TelegramSimEvents>;

  constructor(world: World, feed: Feed, watchers: EventEmitter<TelegramSimEvents>) {
    this.#world = world;
    this.#feed = feed;
    this.#watchers = watchers;
  }

  post(chat: TelegramChat, from: User, content: Content, o: PostOptions = {}): TelegramMessage {
    const id = this.#world.nextMessageId(chat);
    const inChat = wireChat(chat);
    const message = this.#world.store(chat, {
      message_id: id,
      from: o.anonymous ? ANONYMOUS_ADMIN : from,
      ...(o.anonymous ? { sender_chat: inChat } : {}),
      chat: inChat,
      date: this.#world.seconds(),
      ...this.#place(chat, id, content, o),
      ...content,
    } as Message);
    if (from.id === this.#world.bot.id) delete chat.draft;
    this.#watchers.emit('message', message);
    this.#feed.message(chat, message, 'message');
    return message;
  }

  /** Replaces parts of a message; `undefined` removes one. */
  edit(chat: TelegramChat, message: TelegramMessage, content: { [K in keyof Content]?: Content[K] | undefined }): void {
    message.wire = { ...message.wire, ...content, edit_date: this.#world.seconds() } as Message;
    message.edits += 1;
    this.#watchers.emit('edit', message);
    if (message.wire.from?.id !== this.#world.bot.id) this.#feed.message(chat, message, 'edited_message');
  }

  /** Telegram tells no bot of deletions. */
  remove(message: TelegramMessage): void {
    message.deleted = true;
    this.#watchers.emit('delete', message);
  }

  react(chat: TelegramChat, message: TelegramMessage, by: User, emoji: string[]): void {
    const before = message.reactions.get(by.id) ?? [];
    if (before.join() === emoji.join()) return;
    if (emoji.length > 0) message.reactions.set(by.id, emoji);
    else message.reactions.delete(by.id);
    this.#watchers.emit('reaction', { message, user: by.id, emoji });
    const anonymous = chat.members.get(by.id)?.anonymous ?? false;
    this.#feed.reaction(chat, message, by, { before, anonymous });
  }

  /** Thread and reply as Telegram marks them, which differs by kind of chat. */
  #place(chat: TelegramChat, id: number, content: Content, { thread, replyTo }: PostOptions): Partial<Message> {
    const reply = replyTo && { reply_to_message: quoted(replyTo) };
    if (content.forum_topic_created) return { message_thread_id: id, is_topic_message: true };
    if (this.#world.hasTopics(chat)) {
      const topic = thread ?? (replyTo?.wire.is_topic_message ? replyTo.wire.message_thread_id : undefined);
      if (topic === undefined) return { ...reply };
      // What replies to nothing in a topic counts as a reply to the message that made the topic.
      const root = chat.messages.get(topic);
      const rooted = root && !reply ? { reply_to_message: quoted(root) } : reply;
      return { message_thread_id: topic, is_topic_message: true, ...rooted };
    }
    // Without topics a thread id is only the root of a chain of replies, and only in supergroups.
    if (chat.type !== 'supergroup' || !replyTo) return { ...reply };
    return { message_thread_id: replyTo.wire.message_thread_id ?? replyTo.id, ...reply };
  }
}

/** The message inside `reply_to_message` carries no reply of its own. */
function quoted(message: TelegramMessage): NonNullable<Message['reply_to_message']> {
  return { ...message.wire, reply_to_message: undefined } as NonNullable<Message['reply_to_message']>;
}
