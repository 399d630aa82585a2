import type { Message, User } from 'grammy/types';
import type { Callbacks } from './callbacks.ts';
import type { Content, Conversations, PostOptions } from './conversation.ts';
import { TelegramPersonError } from './errors.ts';
import type { Feed } from './feed.ts';
import { documentOf, type NewFile, photoOf, storeFile, voiceOf } from './files.ts';
import { buttonsOf } from './keyboard.ts';
import { isReaction } from './reactions.ts';
import { renderMessage } from './render.ts';
import { withDetected } from './text/detect.ts';
import type { Topics } from './topics.ts';
import type { CallbackAnswer, TelegramChat, TelegramMember, TelegramMessage, TelegramTopic } from './types.ts';
import { waitFor } from './watching.ts';
import type { World } from './world.ts';

export interface SayOptions {
  replyTo?: TelegramMessage;
  /** Topic to write into, by its id. */
  topic?: number;
  /** Several documents go as several messages, as Telegram sends them; the text stands under the first. */
  files?: { name: string; content: string | Buffer }[];
  photo?: Buffer;
  /** Duration in seconds. */
  voice?: { content: Buffer; duration: number };
}

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

  constructor(user: User, parts: PersonParts) {
    this.id = user.id;
    this.name = user.first_name;
    this.user = user;
    this.#parts = parts;
  }

  /** Opens the bot, by a link `t.me/bot?start=code` if a code is given; ends a block. */
  async start(code?: string): Promise<TelegramMessage> {
    this.#private();
    await this.unblock();
    return this.say(this.id, code === undefined ? '/start' : `/start ${code}`);
  }

  /**
   * Says something; commands, mentions and addresses are marked. The private chat with the bot has the person's own id.
   * @throws TelegramPersonError `not_allowed` for strangers to a group and where the bot is blocked
   */
  async say(chatId: number, text: string, o: SayOptions = {}): Promise<TelegramMessage> {
    const chat = this.#enter(chatId);
    const [first = {}, ...others] = this.#contents(text, o);
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
    const chat = this.#own(message);
    const entities = withDetected(text, []);
    const isCaption = message.wire.text === undefined;
    const content = isCaption ? { caption: text, caption_entities: entities } : { text, entities };
    this.#parts.conversations.edit(chat, message, content);
  }

  async remove(message: TelegramMessage): Promise<void> {
    this.#own(message);
    this.#parts.conversations.remove(message);
  }

  /** Sets one's reaction, in place of the former. @throws TelegramPersonError for what Telegram does not offer */
  async react(message: TelegramMessage, emoji: string): Promise<void> {
    if (!isReaction(emoji)) throw new TelegramPersonError('not_allowed', `Telegram has no reaction ${emoji}`);
    this.#parts.conversations.react(this.#enter(message.chat), message, this.user, [emoji]);
  }

  async unreact(message: TelegramMessage): Promise<void> {
    this.#parts.conversations.react(this.#enter(message.chat), message, this.user, []);
  }

  /**
   * Presses the button of that label or data; resolves with what the bot answered.
   * @throws TelegramPersonError `not_found`; `not_answered` after `patienceMs`, 5,000 by default
   */
  async press(message: TelegramMessage, by: string, o: { patienceMs?: number } = {}): Promise<CallbackAnswer> {
    this.#enter(message.chat);
    const buttons = buttonsOf(message);
    const dataOf = (button: object): string | undefined =>
      'callback_data' in button ? String(button.callback_data) : undefined;
    const button = buttons.find(({ text }) => text === by) ?? buttons.find((one) => dataOf(one) === by);
    if (!button) {
      throw new TelegramPersonError(
        'not_found',
        `no button "${by}" among ${buttons.map(({ text }) => text).join(', ')}`,
      );
    }
    if ('url' in button && button.url !== undefined) return { url: button.url, showAlert: false };
    return this.#parts.callbacks.press(this.user, message, dataOf(button) ?? '', o.patienceMs ?? 5_000);
  }

  /** Stops the bot in the private chat: it gets `my_chat_member`, and 403 from then on. */
  async block(): Promise<void> {
    this.#setBot('kicked');
  }

  async unblock(): Promise<void> {
    this.#setBot('member');
  }

  async createTopic(chatId: number, name: string): Promise<TelegramTopic> {
    return this.#parts.topics.create(this.#enter(chatId), this.user, name);
  }

  /** What stands in the chat now, oldest first, and last what the bot is typing. */
  sees(chatId: number): string[] {
    const chat = this.#enter(chatId);
    const messages = [...chat.messages.values()].filter(({ deleted }) => !deleted).map(renderMessage);
    return chat.draft ? [...messages, `${chat.draft.text}…`] : messages;
  }

  /**
   * Waits for a message of the bot that reads like this; the newest if there are several. 5,000 ms by default.
   * @throws TelegramWaitError
   */
  async waitFor(chatId: number, what: string | RegExp, o: { timeoutMs?: number } = {}): Promise<TelegramMessage> {
    const { world } = this.#parts;
    const fits = (message: TelegramMessage): boolean => {
      if (message.deleted || message.wire.from?.id !== world.bot.id) return false;
      const text = renderMessage(message);
      return typeof what === 'string' ? text.includes(what) : what.test(text);
    };
    return waitFor(() => [...(world.chats.get(chatId)?.messages.values() ?? [])].findLast(fits), o);
  }

  #contents(text: string, o: SayOptions): Content[] {
    const { world } = this.#parts;
    const entities = withDetected(text, []);
    const caption = text === '' ? {} : { caption: text, caption_entities: entities };
    const keep = (kind: 'documents' | 'photos' | 'voice', file: NewFile) => storeFile(world, kind, file);
    if (o.photo)
      return [{ photo: photoOf(world, keep('photos', { name: 'photo.jpg', content: o.photo })), ...caption }];
    if (o.voice) {
      const file = keep('voice', { name: 'voice.oga', content: o.voice.content });
      return [{ voice: voiceOf(file, o.voice.duration), ...caption }];
    }
    const files = o.files ?? [];
    if (files.length === 0) return [{ text, ...(entities.length > 0 ? { entities } : {}) }];
    const album = files.length > 1 ? { media_group_id: String(world.number()) } : {};
    return files.map(({ name, content }, i): Partial<Message> => {
      const file = keep('documents', { name, content: Buffer.from(content) });
      return { document: documentOf(file), ...album, ...(i === 0 ? caption : {}) };
    });
  }

  /** The private chat, made when the person first does something in it. */
  #private(): TelegramChat {
    const { world } = this.#parts;
    const known = world.chats.get(this.id);
    if (known) return known;
    const chat = world.addChat({ id: this.id, type: 'private', title: this.name });
    world.setMember(chat, this.id, { status: 'member' });
    world.setMember(chat, world.bot.id, { status: 'member' });
    return chat;
  }

  #enter(chatId: number): TelegramChat {
    const { world } = this.#parts;
    const chat = chatId === this.id ? this.#private() : world.chats.get(chatId);
    if (!chat) throw new TelegramPersonError('not_found', `no chat ${chatId}`);
    const status = chat.members.get(this.id)?.status ?? 'left';
    if (status === 'left' || status === 'kicked') {
      throw new TelegramPersonError('not_allowed', `${this.name} is not in ${chat.title}`);
    }
    if (chat.type === 'private' && chat.members.get(world.bot.id)?.status === 'kicked') {
      throw new TelegramPersonError('not_allowed', 'the bot is blocked');
    }
    return chat;
  }

  #own(message: TelegramMessage): TelegramChat {
    const chat = this.#enter(message.chat);
    const isOwn =
      message.wire.from?.id === this.id || (chat.members.get(this.id)?.anonymous && message.wire.sender_chat);
    if (!isOwn) throw new TelegramPersonError('not_allowed', 'only one’s own messages can be changed');
    return chat;
  }

  #setBot(status: TelegramMember['status']): void {
    const { world, feed } = this.#parts;
    const chat = this.#private();
    const before = chat.members.get(world.bot.id);
    if (!before || before.status === status) return;
    const after = { ...before, status };
    chat.members.set(world.bot.id, after);
    feed.membership(chat, this.user, world.bot, before, after);
  }
}
