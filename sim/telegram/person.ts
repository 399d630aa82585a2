import type { User } from 'grammy/types';
import { waitFor } from '../watching.ts';
import type { Callbacks } from './callbacks.ts';
import type { Conversations, PostOptions } from './conversation.ts';
import { TelegramPersonError } from './errors.ts';
import type { Feed } from './feed.ts';
import { dataOf, findButton } from './keyboard.ts';
import { Presence } from './presence.ts';
import { isReaction } from './reactions.ts';
import { renderMessage } from './render.ts';
import { contentsOf, type SayOptions } from './saying.ts';
import { withDetected } from './text/detect.ts';
import type { Topics } from './topics.ts';
import type { CallbackAnswer, TelegramMessage, TelegramTopic } from './types.ts';
import type { World } from './world.ts';

/** What people are made of. */
export interface PersonParts {
  world: World;
  feed: Feed;
  conversations: Conversations;
  topics: Topics;
  callbacks: Callbacks;
}

/** A scripted person: does what one can do in Telegram's client, and sees what one would see. */
export class TelegramPerson {
  readonly id: number;
  readonly name: string;
  readonly user: User;
  readonly #parts: PersonParts;
  readonly #presence: Presence;

  constructor(user: User, parts: PersonParts) {
    this.id = user.id;
    this.name = user.first_name;
    this.user = user;
    this.#parts = parts;
    this.#presence = new Presence(user, parts.world, parts.feed);
  }

  /** Opens the bot, by a link `t.me/bot?start=code` if a code is given; ends a block. */
  async start(code?: string): Promise<TelegramMessage> {
    await this.unblock();
    return this.say(this.id, code === undefined ? '/start' : `/start ${code}`);
  }

  /**
   * Says something; commands, mentions and addresses are marked. The private chat with the bot has the person's own id.
   * @throws TelegramPersonError `not_allowed` for strangers to a group and where the bot is blocked
   */
  async say(chatId: number, text: string, o: SayOptions = {}): Promise<TelegramMessage> {
    const chat = this.#presence.enter(chatId);
    if (o.topic !== undefined && (chat.topics.get(o.topic)?.deleted ?? true)) {
      throw new TelegramPersonError('not_found', `no topic ${o.topic} in ${chat.title}`);
    }
    const [first = {}, ...others] = contentsOf(this.#parts.world, text, o);
    const place: PostOptions = {
      thread: o.topic,
      replyTo: o.replyTo,
      anonymous: chat.members.get(this.id)?.anonymous ?? false,
    };
    const message = this.#parts.conversations.post(chat, this.user, first, place);
    for (const content of others) this.#parts.conversations.post(chat, this.user, content, place);
    return message;
  }

  /** Edits one's own text or caption. */
  async edit(message: TelegramMessage, text: string): Promise<void> {
    const chat = this.#presence.own(message);
    const entities = withDetected(text, []);
    const isCaption = message.wire.text === undefined;
    const content = isCaption ? { caption: text, caption_entities: entities } : { text, entities };
    this.#parts.conversations.edit(chat, message, content);
  }

  async remove(message: TelegramMessage): Promise<void> {
    this.#presence.own(message);
    this.#parts.conversations.remove(message);
  }

  /** Sets one's reaction, in place of the former. @throws TelegramPersonError for what Telegram does not offer */
  async react(message: TelegramMessage, emoji: string): Promise<void> {
    if (!isReaction(emoji)) throw new TelegramPersonError('not_allowed', `Telegram has no reaction ${emoji}`);
    this.#parts.conversations.react(this.#presence.enter(message.chat), message, this.user, [emoji]);
  }

  async unreact(message: TelegramMessage): Promise<void> {
    this.#parts.conversations.react(this.#presence.enter(message.chat), message, this.user, []);
  }

  /**
   * Presses the button of that label or data; resolves with what the bot answered.
   * @throws TelegramPersonError `not_found`; `not_answered` after `patienceMs`, 5,000 by default
   */
  async press(message: TelegramMessage, by: string, o: { patienceMs?: number } = {}): Promise<CallbackAnswer> {
    this.#presence.enter(message.chat);
    const button = findButton(message, by);
    if ('url' in button && button.url !== undefined) return { url: button.url, showAlert: false };
    return this.#parts.callbacks.press(this.user, message, dataOf(button) ?? '', o.patienceMs ?? 5_000);
  }

  /** Presses a button that is not there, as a changed client can: with any data, on any message. */
  async forge(message: TelegramMessage, data: string, o: { patienceMs?: number } = {}): Promise<CallbackAnswer> {
    this.#presence.enter(message.chat);
    return this.#parts.callbacks.press(this.user, message, data, o.patienceMs ?? 5_000);
  }

  /** Stops the bot in the private chat: it gets `my_chat_member`, and 403 from then on. */
  async block(): Promise<void> {
    this.#presence.setBot('kicked');
  }

  async unblock(): Promise<void> {
    this.#presence.setBot('member');
  }

  async createTopic(chatId: number, name: string): Promise<TelegramTopic> {
    return this.#parts.topics.create(this.#presence.enter(chatId), this.user, name);
  }

  /** What stands in the chat, or in one topic of it, oldest first, and last what the bot is typing. */
  sees(chatId: number, topic?: number): string[] {
    const chat = this.#presence.enter(chatId);
    const messages = [...chat.messages.values()].filter((message) => !message.deleted && isIn(message, topic));
    const draft = this.#parts.world.draft(chat);
    return [...messages.map(renderMessage), ...(draft ? [`${draft.text}…`] : [])];
  }

  /**
   * Waits for a message of the bot that reads like this; the newest if there are several. 5,000 ms by default.
   * @throws WaitError
   */
  async waitFor(
    chatId: number,
    what: string | RegExp,
    o: { topic?: number; timeoutMs?: number } = {},
  ): Promise<TelegramMessage> {
    const { world } = this.#parts;
    const fits = (message: TelegramMessage): boolean => {
      if (message.deleted || message.wire.from?.id !== world.bot.id || !isIn(message, o.topic)) return false;
      const text = renderMessage(message);
      return typeof what === 'string' ? text.includes(what) : what.test(text);
    };
    return waitFor(() => [...(world.chats.get(chatId)?.messages.values() ?? [])].findLast(fits), o);
  }
}

function isIn({ wire }: TelegramMessage, topic: number | undefined): boolean {
  return topic === undefined || (wire.is_topic_message === true && wire.message_thread_id === topic);
}
