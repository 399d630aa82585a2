import type { CallbackQuery, Message, Update, User } from 'grammy/types';
import type { UpdateQueue } from './queue.ts';
import type { TelegramChat, TelegramMember, TelegramMessage, UpdateKind } from './types.ts';
import { reactionTypes, wireChat, wireMember } from './wire.ts';
import { ANONYMOUS_ADMIN, type World } from './world.ts';

/** What people say; everything else is a notice of what happened in the chat. */
const SAID = ['text', 'document', 'photo', 'voice', 'sticker', 'location', 'contact', 'poll', 'dice'] as const;

/** How the bot is set up at BotFather, as far as it decides what the bot hears. */
export interface FeedSettings {
  /** Whether groups show the bot only what concerns it, unless it is an administrator. */
  privacy: boolean;
  /** Whether reactions in private chats arrive; reports about the real server differ. */
  privateReactions: boolean;
}

/** Decides what of all that happens reaches the bot as an update. */
export class Feed {
  readonly settings: FeedSettings;
  readonly #world: World;
  readonly #queue: UpdateQueue;

  constructor(world: World, queue: UpdateQueue, settings: FeedSettings) {
    this.#world = world;
    this.#queue = queue;
    this.settings = settings;
  }

  message(chat: TelegramChat, message: TelegramMessage, kind: 'message' | 'edited_message'): void {
    if (!this.#isThere(chat) || !this.#hears(chat, message.wire)) return;
    if (message.wire.from) this.#meets(message.wire.from);
    this.#queue.push(kind, message.wire as NonNullable<Update['edited_message']>);
  }

  callback(query: CallbackQuery): void {
    this.#meets(query.from);
    this.#queue.push('callback_query', query);
  }

  /** Reactions of people reach only administrators, those of bots nobody. */
  reaction(chat: TelegramChat, message: TelegramMessage, by: User, o: { before: string[]; anonymous: boolean }): void {
    const heard = chat.type === 'private' ? this.settings.privateReactions : this.#isBotAdmin(chat);
    if (by.is_bot || !heard) return;
    const inChat = wireChat(chat);
    this.#queue.push('message_reaction', {
      chat: inChat,
      message_id: message.id,
      ...(o.anonymous ? { actor_chat: inChat } : { user: by }),
      date: this.#world.seconds(),
      old_reaction: reactionTypes(o.before),
      new_reaction: reactionTypes(message.reactions.get(by.id) ?? []),
    });
  }

  /** Tells of a change of somebody's place in the chat: `my_chat_member` when it is the bot's. */
  membership(chat: TelegramChat, by: User, of: User, before: TelegramMember, after: TelegramMember): void {
    const isOwn = of.id === this.#world.bot.id;
    const kind: UpdateKind = isOwn ? 'my_chat_member' : 'chat_member';
    if (!isOwn && !this.#isBotAdmin(chat)) return;
    this.#meets(by);
    this.#queue.push(kind, {
      chat: wireChat(chat),
      from: by,
      date: this.#world.seconds(),
      old_chat_member: wireMember(of, before),
      new_chat_member: wireMember(of, after),
    });
  }

  #meets(user: User): void {
    this.#world.met.add(user.id);
  }

  #isThere(chat: TelegramChat): boolean {
    const status = chat.members.get(this.#world.bot.id)?.status ?? 'left';
    return status !== 'left' && status !== 'kicked';
  }

  #isBotAdmin(chat: TelegramChat): boolean {
    return this.#world.isAdmin(chat, this.#world.bot.id);
  }

  /** Privacy mode (https://core.telegram.org/bots/features#privacy-mode); other bots are never heard. */
  #hears(chat: TelegramChat, wire: Message): boolean {
    const { bot } = this.#world;
    const isService = !SAID.some((kind) => wire[kind] !== undefined);
    // Of its own doings a bot hears what became of topics (`need_skip_update_message` in telegram-bot-api's Client.cpp).
    if (wire.from?.id === bot.id) return isService;
    if (wire.from?.is_bot && wire.from.id !== ANONYMOUS_ADMIN.id) return false;
    if (chat.type === 'private' || isService || !this.settings.privacy || this.#isBotAdmin(chat)) return true;
    if (wire.reply_to_message?.from?.id === bot.id && !wire.reply_to_message.forum_topic_created) return true;
    const text = wire.text ?? wire.caption ?? '';
    return (wire.entities ?? wire.caption_entities ?? []).some(({ type, offset, length }) => {
      const [name, addressee] = text
        .slice(offset, offset + length)
        .toLowerCase()
        .split('@');
      const isForBot = addressee === bot.username.toLowerCase();
      if (type === 'mention') return isForBot;
      if (type !== 'bot_command' || name === undefined) return false;
      return addressee === undefined ? this.#spokeLast(chat) : isForBot;
    });
  }

  /** A command without a name is for the bot that spoke last. */
  #spokeLast(chat: TelegramChat): boolean {
    const bots = [...chat.messages.values()].filter(({ wire }) => wire.from?.is_bot && !wire.sender_chat);
    const last = bots.at(-1)?.wire.from?.id;
    return last === undefined || last === this.#world.bot.id;
  }
}
