import type { BotCommand, Message, User } from 'grammy/types';
import { badRequest, TelegramApiError } from './errors.ts';
import type { TelegramChat, TelegramDraft, TelegramMember, TelegramMessage } from './types.ts';

/** As Telegram names administrators who write as their group. */
export const ANONYMOUS_ADMIN: User = {
  id: 1087968824,
  is_bot: true,
  first_name: 'Group',
  username: 'GroupAnonymousBot',
};

export interface StoredFile {
  fileId: string;
  uniqueId: string;
  path: string;
  name: string;
  content: Buffer;
}

const DRAFT_MS = 30_000;
const ADMIN: Omit<TelegramMember, 'status'> = { anonymous: false, canManageTopics: true, canDeleteMessages: true };

/** People, chats, messages and files; no behaviour towards the bot. */
export class World {
  readonly bot: User & { is_bot: true; username: string };
  readonly users = new Map<number, User>();
  readonly chats = new Map<number, TelegramChat>();
  /** Files by file id and by path. */
  readonly files = new Map<string, StoredFile>();
  /** Lists of commands by scope and language. */
  readonly commands = new Map<string, BotCommand[]>();
  /** Whom the bot has met in any update: it may name them, though not write to them. */
  readonly met = new Set<number>();
  /** Whether private chats have topics ("Threaded Mode"). */
  privateTopics: boolean;
  readonly #clock: () => number;
  #nextId = 1;
  #nextSharedMessageId = 1;
  readonly #nextMessageIds = new Map<number, number>();

  constructor(o: { botId: number; botName: string; privateTopics: boolean; clock: () => number }) {
    this.bot = { id: o.botId, is_bot: true, first_name: o.botName, username: `${o.botName}_bot` };
    this.users.set(this.bot.id, this.bot);
    this.privateTopics = o.privateTopics;
    this.#clock = o.clock;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#clock();
  }

  /** Seconds since 1970, as in `date`. */
  seconds(): number {
    return Math.floor(this.#clock() / 1000);
  }

  /** A small number, never the same twice. */
  number(): number {
    return this.#nextId++;
  }

  addUser(name: string, o: { id?: number; bot?: boolean; username?: string; languageCode?: string } = {}): User {
    const user: User = {
      id: o.id ?? 700_000_000 + this.number(),
      is_bot: o.bot ?? false,
      first_name: name,
      username: o.username ?? name.toLowerCase().replace(/\W+/g, '_'),
      ...(o.bot ? {} : { language_code: o.languageCode ?? 'en' }),
    };
    this.users.set(user.id, user);
    return user;
  }

  addChat(
    o: Pick<TelegramChat, 'type' | 'title'> & Partial<Pick<TelegramChat, 'id' | 'forum' | 'username'>>,
  ): TelegramChat {
    const number = 1_000_000 + this.number();
    const id = o.id ?? (o.type === 'supergroup' ? Number(`-100${1_000_000_000 + number}`) : -number);
    const chat: TelegramChat = {
      id,
      type: o.type,
      title: o.title,
      ...(o.username === undefined ? {} : { username: o.username }),
      forum: o.forum ?? false,
      members: new Map(),
      messages: new Map(),
      topics: new Map(),
    };
    this.chats.set(id, chat);
    return chat;
  }

  /** Private chats and basic groups count their messages together; a supergroup counts its own. */
  nextMessageId(chat: TelegramChat): number {
    if (chat.type !== 'supergroup') return this.#nextSharedMessageId++;
    const next = this.#nextMessageIds.get(chat.id) ?? 1;
    this.#nextMessageIds.set(chat.id, next + 1);
    return next;
  }

  setMember(
    chat: TelegramChat,
    userId: number,
    member: Partial<TelegramMember> & Pick<TelegramMember, 'status'>,
  ): void {
    chat.members.set(userId, { ...ADMIN, ...member });
  }

  /** Whether the user made the chat or is one of its administrators. */
  isAdmin(chat: TelegramChat, userId: number): boolean {
    return ['creator', 'administrator'].includes(chat.members.get(userId)?.status ?? 'left');
  }

  /** What the bot is typing there, unless that was more than 30 s ago. */
  draft(chat: TelegramChat): TelegramDraft | undefined {
    return chat.draft && this.now() - chat.draft.at < DRAFT_MS ? chat.draft : undefined;
  }

  /** Topics exist in forums, and in private chats of a bot with Threaded Mode. */
  hasTopics(chat: TelegramChat): boolean {
    return chat.type === 'private' ? this.privateTopics : chat.forum;
  }

  /** @throws TelegramApiError 400 `chat not found`; for an upgraded group with `migrate_to_chat_id` */
  chat(id: number): TelegramChat {
    const chat = this.chats.get(id);
    if (!chat) throw badRequest('chat not found');
    if (chat.migratedTo === undefined) return chat;
    const parameters = { migrate_to_chat_id: chat.migratedTo };
    throw new TelegramApiError(400, 'Bad Request: group chat was upgraded to a supergroup chat', parameters);
  }

  /** @throws TelegramApiError 400 when absent or deleted */
  message(chat: TelegramChat, id: number, description: string): TelegramMessage {
    const message = chat.messages.get(id);
    if (!message || message.deleted) throw badRequest(description);
    return message;
  }

  store(chat: TelegramChat, wire: Message): TelegramMessage {
    const message: TelegramMessage = {
      chat: chat.id,
      id: wire.message_id,
      wire,
      edits: 0,
      deleted: false,
      forceReply: false,
      reactions: new Map(),
    };
    chat.messages.set(message.id, message);
    return message;
  }
}
