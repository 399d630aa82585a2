import type { User } from 'grammy/types';
import { TelegramPersonError } from './errors.ts';
import type { Feed } from './feed.ts';
import type { TelegramChat, TelegramMember, TelegramMessage } from './types.ts';
import type { World } from './world.ts';

/** Where a person is, and what they may do there. */
export class Presence {
  readonly #user: User;
  readonly #world: World;
  readonly #feed: Feed;

  constructor(user: User, world: World, feed: Feed) {
    this.#user = user;
    this.#world = world;
    this.#feed = feed;
  }

  /** @throws TelegramPersonError `not_found`; `not_allowed` for strangers to a group and where the bot is blocked */
  enter(chatId: number): TelegramChat {
    const chat = chatId === this.#user.id ? this.#privateChat() : this.#world.chats.get(chatId);
    if (!chat) throw new TelegramPersonError('not_found', `no chat ${chatId}`);
    const status = chat.members.get(this.#user.id)?.status ?? 'left';
    if (status === 'left' || status === 'kicked') {
      throw new TelegramPersonError('not_allowed', `${this.#user.first_name} is not in ${chat.title}`);
    }
    if (chat.type === 'private' && chat.members.get(this.#world.bot.id)?.status === 'kicked') {
      throw new TelegramPersonError('not_allowed', 'the bot is blocked');
    }
    return chat;
  }

  /** The chat of one's own message. @throws TelegramPersonError `not_allowed` for those of others */
  own(message: TelegramMessage): TelegramChat {
    const chat = this.enter(message.chat);
    const wroteAsGroup = chat.members.get(this.#user.id)?.anonymous && message.wire.sender_chat;
    if (message.wire.from?.id === this.#user.id || wroteAsGroup) return chat;
    throw new TelegramPersonError('not_allowed', 'only one’s own messages can be changed');
  }

  /** Blocks or unblocks the bot in the private chat. */
  setBot(status: TelegramMember['status']): void {
    const chat = this.#privateChat();
    const { bot } = this.#world;
    const before = chat.members.get(bot.id);
    if (!before || before.status === status) return;
    const after = { ...before, status };
    chat.members.set(bot.id, after);
    this.#feed.membership(chat, this.#user, bot, before, after);
  }

  /** Made when the person first does something in it. */
  #privateChat(): TelegramChat {
    const { id, first_name: title, username } = this.#user;
    const known = this.#world.chats.get(id);
    if (known) return known;
    const chat = this.#world.addChat({ id, type: 'private', title, ...(username === undefined ? {} : { username }) });
    this.#world.setMember(chat, id, { status: 'member' });
    this.#world.setMember(chat, this.#world.bot.id, { status: 'member' });
    return chat;
  }
}
