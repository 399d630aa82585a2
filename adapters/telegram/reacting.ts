import type { ReactionTypeEmoji } from 'grammy/types';
import type { Emoji, MessageRef } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import type { Client } from './client.ts';
import type { Self } from './self.ts';

const KNOWN_MS = 10 * 60_000;

/**
 * The bot's own reactions. It sets them only where people's reactions reach it, since one under a card invites others:
 * in groups where it is an administrator, and in private chats once one has come from there
 * (https://core.telegram.org/bots/api#update, `message_reaction`).
 */
export class Reacting {
  readonly #client: Client;
  readonly #self: Self;
  readonly #admin = new Map<string, { readonly is: boolean; readonly until: number }>();
  #isHeardInPrivate = false;

  constructor(client: Client, self: Self) {
    this.#client = client;
    this.#self = self;
  }

  /** A reaction has come from a chat. */
  heard(chat: number): void {
    if (chat > 0) this.#isHeardInPrivate = true;
  }

  /** What the bot is in a group has changed. */
  forget(chat: number): void {
    this.#admin.delete(String(chat));
  }

  /**
   * Puts the bot's reaction on a message, in place of its former one, or takes it off; nothing where the group allows no
   * such reaction. @throws Failure
   */
  async set(ref: MessageRef, emoji: Emoji, on: boolean): Promise<void> {
    try {
      await this.#set(ref, emoji, on);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'refused') throw error;
    }
  }

  async #set({ place, id }: MessageRef, emoji: Emoji, on: boolean): Promise<void> {
    if (on && !(place.dm ? this.#isHeardInPrivate : await this.#isAdmin(place.channel))) return;
    const reaction = { type: 'emoji', emoji: emojiFor(emoji) } as ReactionTypeEmoji;
    await this.#client.inChat(place.channel, 'repeatable', (chat) =>
      this.#client.api.setMessageReaction(chat, Number(id), on ? [reaction] : []),
    );
  }

  async #isAdmin(channel: string): Promise<boolean> {
    const known = this.#admin.get(channel);
    if (known && Date.now() < known.until) return known.is;
    const { status } = await this.#client.inChat(channel, 'repeatable', (chat) =>
      this.#client.api.getChatMember(chat, this.#self.id),
    );
    const is = status === 'administrator' || status === 'creator';
    this.#admin.set(channel, { is, until: Date.now() + KNOWN_MS });
    return is;
  }
}

const emojiFor = (emoji: Emoji): string => (emoji === 'yes' ? '👍' : emoji === 'no' ? '👎' : emoji);
