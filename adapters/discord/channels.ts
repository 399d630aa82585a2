import { ChannelType, Routes } from 'discord.js';
import type { Place } from '../../core/domain/chat.ts';
import type { Api } from './api.ts';
import { discordCode } from './errors.ts';
import * as payload from './payload.ts';
import { dmPlace, guildPlace } from './place.ts';

interface Known {
  readonly guild: string;
  readonly type: number;
  readonly parent: string;
}

const THREADS: readonly number[] = [
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
  ChannelType.AnnouncementThread,
];
const FORUMS: readonly number[] = [ChannelType.GuildForum, ChannelType.GuildMedia];
/** Their chat is a channel like any other, but no message in it can have a thread. */
const VOICE: readonly number[] = [ChannelType.GuildVoice, ChannelType.GuildStageVoice];
/** Threads and channels that are remembered; the longest known go first, and are asked for again when they matter. */
const MAX_KNOWN = 20_000;

/** What kind each channel is, and whose thread: learned from the gateway, or asked of Discord once. */
export class Channels {
  readonly #api: Api;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<Known | null>>();

  constructor(api: Api) {
    this.#api = api;
  }

  learn({ id, type, parent_id: parent, guild_id: guild }: payload.ChannelData, guildId = guild ?? ''): void {
    this.#known.delete(id);
    this.#known.set(id, { type, parent: parent ?? '', guild: guildId });
    const [oldest] = this.#known.size > MAX_KNOWN ? this.#known.keys() : [];
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  forget(id: string): void {
    this.#known.delete(id);
  }

  has(id: string): boolean {
    return this.#known.has(id);
  }

  /** The place that a channel is; of a thread, with the channel around it. @throws Failure when Discord could not be asked */
  async place(id: string, guild: string | null | undefined): Promise<Place> {
    if (!guild) return dmPlace(id);
    const known = await this.#get(id);
    return known && THREADS.includes(known.type) ? guildPlace(guild, known.parent, id) : guildPlace(guild, id);
  }

  /** Posts in a forum are threads that begin with a message of the same id. @throws Failure */
  async isForum(id: string): Promise<boolean> {
    return FORUMS.includes((await this.#get(id))?.type ?? -1);
  }

  /** @throws Failure */
  async hasThreads(id: string): Promise<boolean> {
    return !VOICE.includes((await this.#get(id))?.type ?? -1);
  }

  async #get(id: string): Promise<Known | null> {
    const known = this.#known.get(id);
    if (known) return known;
    const asking = this.#asking.get(id) ?? this.#ask(id).finally(() => this.#asking.delete(id));
    this.#asking.set(id, asking);
    return asking;
  }

  /** Null for what is gone or hidden: then it is taken for a channel of its own. */
  async #ask(id: string): Promise<Known | null> {
    try {
      this.learn(payload.channel.parse(await this.#api.get(Routes.channel(id))));
      return this.#known.get(id) ?? null;
    } catch (error) {
      if ([10_003, 50_001].includes(discordCode(error) ?? 0)) return null;
      throw error;
    }
  }
}
