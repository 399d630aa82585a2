import { Routes } from 'discord.js';
import type { MessageRef, Place } from '../../core/domain/chat.ts';
import type { Api } from './api.ts';
import type { Channels } from './channels.ts';
import { discordCode, toFailure } from './errors.ts';
import * as payload from './payload.ts';

const UNKNOWN_CHANNEL = 10_003;
const ARCHIVED = 50_083;
const OPEN_ALREADY = 160_004;
const MAX_NAME = 100;
const WEEK_MINUTES = 10_080;
const MAX_ROOTS = 5_000;

/**
 * Threads that open when something is first said in them. A thread on a message has the message's id, so a conversation's
 * place is known before its thread is there.
 */
export class Threads {
  readonly #api: Api;
  readonly #channels: Channels;
  readonly #roots = new Map<string, string>();
  readonly #opening = new Map<string, Promise<void>>();

  constructor(api: Api, channels: Channels) {
    this.#api = api;
    this.#channels = channels;
  }

  /** What was said by a message that may become a thread; names it, and saves asking whether it is one already. */
  heard(id: string, text: string): void {
    this.#roots.set(id, text);
    const [oldest] = this.#roots.size > MAX_ROOTS ? this.#roots.keys() : [];
    if (oldest !== undefined) this.#roots.delete(oldest);
  }

  /** Does something in the channel or thread of a place: opens the thread first, or again, when it must. @throws Failure */
  async within<T>(place: Place, act: (channel: string) => Promise<T>): Promise<T> {
    const { thread } = place;
    const room = await this.roomOf(place);
    if (thread === undefined || room !== thread) return act(room);
    if (this.#roots.has(thread) && !this.#channels.has(thread)) await this.open(place);
    return this.inOpen(thread, act).catch(async (error: unknown) => {
      if (discordCode(error) !== UNKNOWN_CHANNEL) throw error;
      await this.open(place);
      return act(thread);
    });
  }

  /** Does something in a channel that may be an archived thread; that is opened again. @throws Failure */
  async inOpen<T>(channel: string, act: (channel: string) => Promise<T>): Promise<T> {
    try {
      return await act(channel);
    } catch (error) {
      if (discordCode(error) !== ARCHIVED) throw error;
      await this.#api.call('PATCH', Routes.channel(channel), { body: { archived: false }, needs: 'Manage Threads' });
      return act(channel);
    }
  }

  /** The channel or thread in which is said what belongs into a place; what cannot have a thread is answered beside it. */
  async roomOf({ thread, channel }: Place): Promise<string> {
    return thread === undefined || !(await this.#channels.hasThreads(channel)) ? channel : thread;
  }

  /** The channel in which a message stands. A thread's first message stands in the channel around it, except in forums. */
  async channelOf({ place, id }: MessageRef): Promise<string> {
    const room = await this.roomOf(place);
    return id === room && !(await this.#channels.isForum(place.channel)) ? place.channel : room;
  }

  /** Opens the thread of a message, once however often it is asked for. @throws Failure */
  open(place: Place): Promise<void> {
    const { thread = '' } = place;
    const opening = this.#opening.get(thread) ?? this.#open(place).finally(() => this.#opening.delete(thread));
    this.#opening.set(thread, opening);
    return opening;
  }

  async #open({ space, channel, thread = '' }: Place): Promise<void> {
    const name = threadName(this.#roots.get(thread) ?? (await this.#firstWords(channel, thread)));
    const body = { name, auto_archive_duration: WEEK_MINUTES };
    try {
      await this.#api.call('POST', Routes.threads(channel, thread), { body, needs: 'Create Public Threads' });
    } catch (error) {
      if (discordCode(error) !== OPEN_ALREADY) throw toFailure(error, 'repeatable');
    }
    this.#channels.learn({ id: thread, type: 11, parent_id: channel, guild_id: space });
    this.#roots.delete(thread);
  }

  async #firstWords(channel: string, id: string): Promise<string> {
    return payload.message.parse(await this.#api.get(Routes.channelMessage(channel, id))).content;
  }
}

/** The first words of what a thread is about, without markup, cut at a word. */
export function threadName(text: string): string {
  const words = text
    .replace(/<[@#][!&]?\d+>/g, '')
    .replace(/```\w*/g, '')
    .replace(/^\s*#+\s/gm, '')
    .replace(/[*_`>~|]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (words.length <= MAX_NAME) return words || 'Mainloop';
  const head = words.slice(0, MAX_NAME - 1);
  return `${head
    .slice(0, Math.max(head.lastIndexOf(' '), 60))
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()}…`;
}
