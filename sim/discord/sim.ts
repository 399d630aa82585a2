import type { Faults } from './faults.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { PrivilegedIntent } from './gateway/intents.ts';
import type { PermissionName } from './permissions.ts';
import type { DiscordPerson } from './person.ts';
import type { RateLimits } from './rate-limit.ts';
import type { DiscordCall, DiscordChannel, DiscordDelivery, DiscordMessage, DiscordSimEvents, Json } from './types.ts';

export interface DiscordSimOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** Name of the first guild; `Acme` by default. */
  guild?: string;
  /** Name by which people mention the bot; `mainloop` by default. */
  botName?: string;
  token?: string;
  /** Privileged intents that the app has been given; MessageContent and GuildMembers by default. */
  privilegedIntents?: readonly PrivilegedIntent[];
  /** Milliseconds since 1970; real time by default. */
  clock?: () => number;
  /** False answers without limits, so that tests need not wait; true by default. */
  rateLimits?: boolean;
  /** How long a person waits for the first answer, 3,000 ms by default. */
  interactionDeadlineMs?: number;
  /** 41,250 ms by default. */
  heartbeatMs?: number;
  /** How long a lost session can be resumed, 120,000 ms by default. */
  sessionLifetimeMs?: number;
}

export interface ChannelOptions {
  guild?: string;
  /** The chat of a voice or stage channel has no threads. */
  kind?: 'text' | 'voice' | 'stage' | 'category' | 'forum';
  /** Category that holds it. */
  parent?: string;
  topic?: string;
  /** Names of a forum's tags. */
  tags?: string[];
  requireTag?: boolean;
}

export interface DiscordSim {
  /** REST base for `rest.api`, ends in `/api`. */
  apiUrl: string;
  port: number;
  token: string;
  /** Id of the application and of its bot user. */
  botUserId: string;
  botName: string;
  /** The first guild. */
  guildId: string;
  /** Makes a guild, with the bot in it unless told otherwise; returns its id. */
  createGuild(name: string, o?: { withoutBot?: boolean }): string;
  /** Makes a channel, in the first guild unless told otherwise; returns its id. */
  createChannel(name: string, o?: ChannelOptions): string;
  /** The person of that name, made on first use, in the first guild unless told otherwise (`null`: in none). */
  person(name: string, o?: { guild?: string | null; bot?: boolean }): DiscordPerson;
  /** Allows or denies in one channel; for the bot unless a user or role is named. */
  permit(channelId: string, o: { allow?: PermissionName[]; deny?: PermissionName[]; who?: string }): void;
  /** Sets what the bot's own role may do in a guild, on top of @everyone. */
  permitBot(permissions: PermissionName[], guildId?: string): void;
  /** Takes the bot out of a guild. */
  kickBot(guildId: string): void;
  channel(id: string): DiscordChannel;
  /** Channels of a guild, threads included. */
  channels(guildId?: string): DiscordChannel[];
  /** Messages of a channel by time, deleted ones included, ephemeral ones left out. */
  messages(channelId: string): DiscordMessage[];
  /** Messages that only this person saw. */
  ephemerals(userId: string): DiscordMessage[];
  /** Slash commands as registered, in a guild or for all. */
  commands(guildId?: string): Json[];
  /** The latest calls, at most 20,000. */
  calls: DiscordCall[];
  /** The latest dispatches, at most 20,000. */
  deliveries: DiscordDelivery[];
  on<K extends keyof DiscordSimEvents>(event: K, listener: (...args: DiscordSimEvents[K]) => void): () => void;
  /** Asks `probe` until it gives something; 5,000 ms by default. @throws WaitError */
  waitFor<T>(probe: () => T | undefined, o?: { timeoutMs?: number }): Promise<T>;
  faults: Faults;
  limits: Pick<RateLimits, 'violations' | 'enforce' | 'set'>;
  gateway: Pick<
    Gateway,
    'connections' | 'disconnect' | 'drop' | 'requestReconnect' | 'invalidate' | 'goOffline' | 'goOnline'
  >;
  close(): Promise<void>;
}
