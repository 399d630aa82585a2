import { waitFor } from '../watching.ts';
import type { Channels } from './channels.ts';
import { DiscordPersonError } from './errors.ts';
import type { Interactions } from './interactions.ts';
import type { Messages } from './messages.ts';
import { may, type PermissionName } from './permissions.ts';
import { renderMessage } from './render.ts';
import type { Threads } from './threads.ts';
import type { DiscordChannel, DiscordMessage, DiscordUser, Json } from './types.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

/** A channel, thread or message by its id, or anything that has one. */
export type Target = string | { id: string };

/** What people are made of. */
export interface PersonParts {
  world: World;
  wire: Wire;
  messages: Messages;
  threads: Threads;
  channels: Channels;
  interactions: Interactions;
  commands: Map<string, Json[]>;
}

/** The eyes of a person: what one sees in Discord's client, and where one may go. */
export class Onlooker {
  readonly id: string;
  readonly name: string;
  protected readonly user: DiscordUser;
  protected readonly parts: PersonParts;

  constructor(user: DiscordUser, parts: PersonParts) {
    this.id = user.id;
    this.name = user.username;
    this.user = user;
    this.parts = parts;
  }

  /** What this person sees in a channel or thread, oldest first. */
  messages(target: Target): DiscordMessage[] {
    const all = [...this.enter(target).messages.values()];
    return all.filter(({ deleted, ephemeralTo }) => !deleted && (ephemeralTo ?? this.id) === this.id);
  }

  /** A message as this person reads it. */
  reads(message: DiscordMessage): string {
    return renderMessage(message, (id) => this.parts.world.users.get(id)?.username);
  }

  /**
   * The first message of somebody else, seen here, whose text fits; 5,000 ms by default.
   * @throws WaitError
   */
  waitFor(
    target: Target,
    fits: string | RegExp | ((message: DiscordMessage) => boolean),
    o: { timeoutMs?: number } = {},
  ): Promise<DiscordMessage> {
    const isIt = (message: DiscordMessage): boolean => {
      if (typeof fits === 'function') return fits(message);
      const text = this.reads(message);
      return typeof fits === 'string' ? text.includes(fits) : fits.test(text);
    };
    const id = typeof target === 'string' ? target : target.id;
    const look = (): DiscordMessage[] => (this.parts.world.channels.has(id) ? this.messages(id) : []);
    return waitFor(() => look().find((message) => message.author.id !== this.id && isIt(message)), o);
  }

  protected may(channel: DiscordChannel, permission: PermissionName): boolean {
    return may(this.parts.world, this.id, channel, permission);
  }

  protected enter(target: Target): DiscordChannel {
    const channel = this.parts.world.channel(typeof target === 'string' ? target : target.id);
    if (may(this.parts.world, this.id, channel)) return channel;
    throw new DiscordPersonError('not_allowed', `${this.name} does not see ${channel.name}`);
  }

  /** Where a message is that this person sees. */
  protected place(message: DiscordMessage): DiscordChannel {
    const channel = this.enter(message.channelId);
    if (!message.deleted && (message.ephemeralTo ?? this.id) === this.id) return channel;
    throw new DiscordPersonError('not_found', `${this.name} does not see message ${message.id}`);
  }

  protected own(message: DiscordMessage): DiscordChannel {
    const channel = this.place(message);
    if (message.author.id === this.id) return channel;
    throw new DiscordPersonError('not_allowed', 'only one’s own messages can be changed');
  }
}
