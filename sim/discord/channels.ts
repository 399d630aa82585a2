import type { EventEmitter } from 'node:events';
import type { Gateway } from './gateway/gateway.ts';
import { may } from './permissions.ts';
import type { DiscordChannel, DiscordGuild, DiscordOverwrite, DiscordSimEvents, DiscordUser } from './types.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

export const TEXT = 0;
export const VOICE = 2;
export const CATEGORY = 4;
export const STAGE = 13;
export const FORUM = 15;
/** Channel flag of a forum that wants a tag on every post. */
export const REQUIRE_TAG = 1 << 4;

export type ChannelChanges = Partial<
  Pick<DiscordChannel, 'name' | 'topic' | 'parentId' | 'position' | 'overwrites' | 'tags' | 'flags'>
>;

/** What happens to channels and to who is in a guild. */
export class Channels {
  readonly #world: World;
  readonly #wire: Wire;
  readonly #gateway: Pick<Gateway, 'publish'>;
  readonly #watchers: EventEmitter<DiscordSimEvents>;

  constructor(o: {
    world: World;
    wire: Wire;
    gateway: Pick<Gateway, 'publish'>;
    watchers: EventEmitter<DiscordSimEvents>;
  }) {
    this.#world = o.world;
    this.#wire = o.wire;
    this.#gateway = o.gateway;
    this.#watchers = o.watchers;
  }

  /** Makes a channel; without overwrites of its own it takes those of its category. */
  create(guild: DiscordGuild, o: ChannelChanges & { type: number; name: string }): DiscordChannel {
    const parent = o.parentId ? this.#world.channel(o.parentId) : undefined;
    const overwrites = o.overwrites ?? structuredClone(parent?.overwrites ?? []);
    const name = o.type === CATEGORY ? o.name : o.name.trim().toLowerCase().replace(/\s+/g, '-');
    const channel = this.#world.addChannel({ ...o, name, guildId: guild.id, overwrites });
    this.#gateway.publish('CHANNEL_CREATE', this.#wire.channel(channel), { channel });
    this.#watchers.emit('channel', { channel, op: 'create' });
    return channel;
  }

  /** A bot that comes to see the channel is told of its threads. */
  update(channel: DiscordChannel, changes: ChannelChanges): void {
    const { bot } = this.#world;
    const couldSee = may(this.#world, bot.id, channel);
    Object.assign(channel, changes);
    this.#gateway.publish('CHANNEL_UPDATE', this.#wire.channel(channel), { channel });
    this.#watchers.emit('channel', { channel, op: 'update' });
    if (!couldSee && may(this.#world, bot.id, channel)) this.#syncThreads(channel);
  }

  /** Allows and denies on top of what holds for that role or member so far. */
  overwrite(channel: DiscordChannel, o: DiscordOverwrite): void {
    const others = channel.overwrites.filter(({ id }) => id !== o.id);
    this.update(channel, { overwrites: [...others, o] });
  }

  remove(channel: DiscordChannel): void {
    this.#gateway.publish('CHANNEL_DELETE', this.#wire.channel(channel), { channel });
    for (const child of [...this.#world.channels.values()]) {
      if (child.parentId !== channel.id) continue;
      if (child.thread) this.#world.channels.delete(child.id);
      else this.update(child, { parentId: null });
    }
    this.#world.channels.delete(channel.id);
    this.#watchers.emit('channel', { channel, op: 'delete' });
  }

  join(guild: DiscordGuild, user: DiscordUser): void {
    if (guild.members.has(user.id)) return;
    if (user.id === this.#world.bot.id) {
      this.#world.addBot(guild);
      return void this.#gateway.publish('GUILD_CREATE', this.#wire.guildCreate(guild));
    }
    this.#world.addMember(guild, user);
    const member = guild.members.get(user.id);
    if (member && guild.members.has(this.#world.bot.id)) {
      const data = { ...this.#wire.memberWithUser(member), guild_id: guild.id };
      this.#gateway.publish('GUILD_MEMBER_ADD', data);
    }
  }

  /** Somebody leaves; the bot leaves with GUILD_DELETE. */
  leave(guild: DiscordGuild, user: DiscordUser): void {
    if (!guild.members.delete(user.id)) return;
    if (user.id === this.#world.bot.id) this.#gateway.publish('GUILD_DELETE', { id: guild.id });
    else if (guild.members.has(this.#world.bot.id)) {
      this.#gateway.publish('GUILD_MEMBER_REMOVE', { guild_id: guild.id, user: this.#wire.user(user) });
    }
  }

  #syncThreads(parent: DiscordChannel): void {
    const { bot } = this.#world;
    const threads = this.#world
      .threadsOf(parent.guildId ?? '')
      .filter(({ parentId, thread }) => parentId === parent.id && !thread?.archived);
    const mine = threads.filter(({ thread }) => thread?.members.has(bot.id));
    this.#gateway.publish('THREAD_LIST_SYNC', {
      guild_id: parent.guildId,
      channel_ids: [parent.id],
      threads: threads.map((thread) => this.#wire.channel(thread)),
      members: mine.map((thread) => this.#wire.threadMember(thread, bot.id)),
    });
  }
}
