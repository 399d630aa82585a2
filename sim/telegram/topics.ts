import type { EventEmitter } from 'node:events';
import type { User } from 'grammy/types';
import type { Conversations } from './conversation.ts';
import { badRequest } from './errors.ts';
import type { TelegramChat, TelegramSimEvents, TelegramTopic } from './types.ts';
import type { World } from './world.ts';

/** Telegram's first topic colour. */
const BLUE = 0x6fb9f0;
/** Longer names are cut, as tdlib does before it sends them. */
const MAX_NAME = 128;

/** Forum topics and topics of private chats. */
export class Topics {
  readonly #world: World;
  readonly #conversations: Conversations;
  readonly #watchers: EventEmitter<TelegramSimEvents>;

  constructor(world: World, conversations: Conversations, watchers: EventEmitter<TelegramSimEvents>) {
    this.#world = world;
    this.#conversations = conversations;
    this.#watchers = watchers;
  }

  /** @throws TelegramApiError 400 `the chat is not a forum`, `Title must be non-empty` */
  create(chat: TelegramChat, by: User, name: string, iconColor = BLUE): TelegramTopic {
    if (!this.#world.hasTopics(chat)) throw badRequest('the chat is not a forum');
    const cut = clean(name);
    const content = { forum_topic_created: { name: cut, icon_color: iconColor } };
    const { id } = this.#conversations.post(chat, by, content as Parameters<Conversations['post']>[2]);
    const topic = { id, name: cut, iconColor, closed: false, deleted: false, fallsIntoMainChat: false };
    chat.topics.set(id, topic);
    this.#watchers.emit('topic', { chat: chat.id, topic, op: 'create' });
    return topic;
  }

  rename(chat: TelegramChat, by: User, topic: TelegramTopic, name: string): void {
    const cut = clean(name);
    if (cut === topic.name) throw badRequest('TOPIC_NOT_MODIFIED');
    topic.name = cut;
    this.#conversations.post(chat, by, { forum_topic_edited: { name: cut } }, { thread: topic.id });
    this.#watchers.emit('topic', { chat: chat.id, topic, op: 'edit' });
  }

  toggle(chat: TelegramChat, by: User, topic: TelegramTopic, closed: boolean): void {
    if (topic.closed === closed) throw badRequest('TOPIC_NOT_MODIFIED');
    topic.closed = closed;
    const content = closed ? { forum_topic_closed: {} } : { forum_topic_reopened: {} };
    this.#conversations.post(chat, by, content as Parameters<Conversations['post']>[2], { thread: topic.id });
    this.#watchers.emit('topic', { chat: chat.id, topic, op: closed ? 'close' : 'reopen' });
  }

  /** Deletes a topic with all its messages; Telegram tells no bot of it. */
  remove(chat: TelegramChat, topic: TelegramTopic, o: { fallsIntoMainChat?: boolean } = {}): void {
    topic.deleted = true;
    topic.fallsIntoMainChat = o.fallsIntoMainChat ?? false;
    for (const message of chat.messages.values()) {
      if (message.wire.is_topic_message && message.wire.message_thread_id === topic.id) {
        this.#conversations.remove(message);
      }
    }
    this.#watchers.emit('topic', { chat: chat.id, topic, op: 'delete' });
  }

  /** @throws TelegramApiError 400 `message thread not found` */
  find(chat: TelegramChat, id: number): TelegramTopic {
    const topic = this.#world.hasTopics(chat) ? chat.topics.get(id) : undefined;
    if (!topic || (topic.deleted && !topic.fallsIntoMainChat)) throw badRequest('message thread not found');
    return topic;
  }
}

function clean(name: string): string {
  const cut = [...name.trim().replace(/\s+/g, ' ')].slice(0, MAX_NAME).join('').trim();
  if (cut === '') throw badRequest('Title must be non-empty');
  return cut;
}
