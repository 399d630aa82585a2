import type { User } from 'grammy/types';
import type { Conversations } from './conversation.ts';
import type { Feed } from './feed.ts';
import type { TelegramPerson } from './person.ts';
import type { TelegramMember } from './types.ts';
import type { World } from './world.ts';

export interface GroupOptions {
  /** A supergroup unless told otherwise. */
  type?: 'group' | 'supergroup';
  /** Whether it has topics. */
  forum?: boolean;
  /** What the bot is there; a member unless told otherwise. */
  bot?: TelegramMember['status'];
}

/** Who made the groups; nobody who writes. */
const OWNER: User = { id: 600_000_001, is_bot: false, first_name: 'Owner', username: 'owner' };

/** Makes groups and says who is in them. */
export class Groups {
  readonly #world: World;
  readonly #feed: Feed;
  readonly #conversations: Conversations;

  constructor(world: World, feed: Feed, conversations: Conversations) {
    this.#world = world;
    this.#feed = feed;
    this.#conversations = conversations;
    world.users.set(OWNER.id, OWNER);
  }

  /** @returns the id of the group */
  create(title: string, { type = 'supergroup', forum = false, bot = 'member' }: GroupOptions = {}): number {
    const chat = this.#world.addChat({ type, title, forum });
    this.#world.setMember(chat, OWNER.id, { status: 'creator' });
    this.setBot(chat.id, { status: bot });
    return chat.id;
  }

  /** Adds a person; an administrator may write as the group. */
  invite(chatId: number, person: TelegramPerson, o: Partial<TelegramMember> = {}): void {
    const chat = this.#world.chat(chatId);
    const status = o.anonymous ? 'administrator' : 'member';
    this.#world.setMember(chat, person.id, { status, ...o });
  }

  /** Changes what the bot is in a group; it hears of it as `my_chat_member`. */
  setBot(chatId: number, member: Partial<TelegramMember> & Pick<TelegramMember, 'status'>): void {
    const chat = this.#world.chat(chatId);
    const { bot } = this.#world;
    const left: TelegramMember = { status: 'left', anonymous: false, canManageTopics: true, canDeleteMessages: true };
    const before = chat.members.get(bot.id) ?? left;
    const after = { ...before, ...member };
    chat.members.set(bot.id, after);
    if (before.status !== after.status) this.#feed.membership(chat, OWNER, bot, before, after);
  }

  /**
   * Makes a group a supergroup: it gets another id, and the old one is refused with `migrate_to_chat_id`.
   * @returns the new id
   */
  upgrade(chatId: number): number {
    const old = this.#world.chat(chatId);
    const next = this.#world.addChat({ type: 'supergroup', title: old.title });
    for (const [id, member] of old.members) next.members.set(id, member);
    this.#conversations.post(old, OWNER, { migrate_to_chat_id: next.id });
    this.#conversations.post(next, OWNER, { migrate_from_chat_id: old.id });
    old.migratedTo = next.id;
    return next.id;
  }
}
