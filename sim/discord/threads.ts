import type { EventEmitter } from 'node:events';
import type { Gateway } from './gateway/gateway.ts';
import type { DiscordChannel, DiscordSimEvents, DiscordUser } from './types.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

export const PUBLIC_THREAD = 11;
export const PRIVATE_THREAD = 12;
export const ARCHIVE_MINUTES = [60, 1440, 4320, 10080];

/** What makes a thread. `id` is the starter message's, when there is one. */
export interface ThreadPlan {
  id?: string;
  name: string;
  type?: number;
  autoArchiveMinutes?: number;
  appliedTags?: string[];
}

export interface ThreadChanges {
  name?: string;
  archived?: boolean;
  locked?: boolean;
  autoArchiveMinutes?: number;
  appliedTags?: string[];
}

/** The life of threads: opened, joined, archived by hand or by time, woken by a message. */
export class Threads {
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

  open(parent: DiscordChannel, owner: DiscordUser, plan: ThreadPlan): DiscordChannel {
    const now = this.#world.now();
    const channel = this.#world.addChannel({
      ...(plan.id === undefined ? {} : { id: plan.id }),
      ...(parent.guildId === undefined ? {} : { guildId: parent.guildId }),
      type: plan.type ?? PUBLIC_THREAD,
      name: plan.name,
      parentId: parent.id,
      thread: {
        ownerId: owner.id,
        archived: false,
        locked: false,
        autoArchiveMinutes: plan.autoArchiveMinutes ?? 4320,
        archiveChangedAt: now,
        createdAt: now,
        lastActiveAt: now,
        members: new Set([owner.id]),
        appliedTags: plan.appliedTags ?? [],
      },
    });
    this.#gateway.publish('THREAD_CREATE', { ...this.#wire.channel(channel), newly_created: true }, { channel });
    this.#watchers.emit('thread', { channel, op: 'create' });
    return channel;
  }

  update(channel: DiscordChannel, changes: ThreadChanges): void {
    const { thread } = channel;
    if (!thread) return;
    const { name, ...rest } = changes;
    if (changes.archived !== undefined && changes.archived !== thread.archived) {
      thread.archiveChangedAt = this.#world.now();
      if (!changes.archived) thread.lastActiveAt = thread.archiveChangedAt;
    }
    Object.assign(thread, rest);
    if (name !== undefined) channel.name = name;
    this.#gateway.publish('THREAD_UPDATE', this.#wire.channel(channel), { channel });
    this.#watchers.emit('thread', { channel, op: 'update' });
  }

  remove(channel: DiscordChannel): void {
    const { id, guildId: guild_id, parentId: parent_id, type } = channel;
    this.#gateway.publish('THREAD_DELETE', { id, guild_id, parent_id, type }, { channel });
    this.#world.channels.delete(id);
    this.#watchers.emit('thread', { channel, op: 'delete' });
  }

  /** A message was said here: the thread is active, its author in it, and no longer archived. */
  wake(channel: DiscordChannel, userId: string): void {
    if (!channel.thread) return;
    if (channel.thread.archived) this.update(channel, { archived: false });
    channel.thread.lastActiveAt = this.#world.now();
    this.join(channel, userId);
  }

  join(channel: DiscordChannel, userId: string): void {
    const { thread } = channel;
    if (!thread || thread.members.has(userId)) return;
    thread.members.add(userId);
    this.#membersChanged(channel, { added_members: [this.#wire.threadMember(channel, userId)] });
  }

  leave(channel: DiscordChannel, userId: string): void {
    if (channel.thread?.members.delete(userId)) this.#membersChanged(channel, { removed_member_ids: [userId] });
  }

  /** Archives what nobody has written in for its auto-archive duration. Discord does this by itself; here each call does. */
  archiveStale(): void {
    const now = this.#world.now();
    for (const channel of this.#world.channels.values()) {
      const { thread } = channel;
      if (!thread || thread.archived) continue;
      if (now - thread.lastActiveAt > thread.autoArchiveMinutes * 60_000) this.update(channel, { archived: true });
    }
  }

  #membersChanged(channel: DiscordChannel, change: Record<string, unknown>): void {
    const common = { id: channel.id, guild_id: channel.guildId, member_count: channel.thread?.members.size ?? 0 };
    this.#gateway.publish('THREAD_MEMBERS_UPDATE', { ...common, ...change }, { channel });
  }
}
