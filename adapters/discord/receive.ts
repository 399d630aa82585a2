import { ChannelType, GatewayDispatchEvents as On } from 'discord.js';
import type { Inbound } from '../../core/domain/chat.ts';
import type { Channels } from './channels.ts';
import { toFailure } from './errors.ts';
import type { Interactions } from './interactions.ts';
import type { Logger } from './logger.ts';
import { isSpoken, messageInbound, reactionInbound } from './parse.ts';
import * as payload from './payload.ts';
import type { Self } from './self.ts';
import type { Threads } from './threads.ts';

/** One dispatch of the gateway. */
export interface Packet {
  readonly t: string | null;
  readonly s: number | null;
  readonly d: unknown;
}

export interface ReceiveParts {
  readonly self: Self;
  readonly channels: Channels;
  readonly threads: Threads;
  readonly interactions: Interactions;
  readonly log: Logger;
  readonly sink: (inbound: Inbound) => Promise<void>;
  /** A guild is there, at the start or since the bot was invited. */
  readonly onGuild: (guild: string) => void;
}

export interface Receiver {
  /** Takes one dispatch of the session of that id. */
  dispatch(packet: Packet, session: string): void;
  /** Whether something has come in that could not be stored yet. */
  isBehind(): boolean;
  /** Gives up what could not be stored, and resolves when nothing is under way. */
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const MAX_REACTIONS = 5_000;
const THREADS: readonly number[] = [
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
  ChannelType.AnnouncementThread,
];

/**
 * What the gateway tells, into the sink: in the order of each channel, and again until it is stored, since Discord delivers
 * nothing twice. It reads raw dispatches: the library drops what its cache does not hold.
 */
export function createReceiver({ self, channels, threads, interactions, log, sink, onGuild }: ReceiveParts): Receiver {
  const queues = new Map<string, Promise<void>>();
  const underway = new Set<Promise<void>>();
  /** Reactions that are there, by what they are, with the event that put them on: delivered again they are the same one. */
  const put = new Map<string, string>();
  let behind = 0;
  let isStopped = false;

  function inOrder(channel: string, work: () => Promise<void>): void {
    const turn = (queues.get(channel) ?? Promise.resolve())
      .then(work)
      .catch((error: unknown) =>
        log.error({ error: toFailure(error, 'repeatable').message }, 'a Discord event was lost'),
      )
      .finally(() => {
        if (queues.get(channel) === turn) queues.delete(channel);
      });
    queues.set(channel, turn);
  }

  /** Until it succeeds: what comes later in the same channel waits. */
  async function insist(act: () => Promise<void>): Promise<void> {
    let isBehind = false;
    for (let pause = FIRST_PAUSE_MS; !isStopped; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
      try {
        await act();
        break;
      } catch (error) {
        if (!isBehind) behind += 1;
        isBehind = true;
        log.warn({ error: toFailure(error, 'repeatable').code }, 'something said in Discord is not stored yet');
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    if (isBehind) behind -= 1;
  }

  function heard(d: unknown): void {
    const message = payload.message.safeParse(d).data;
    if (!message || !isSpoken(message)) return;
    const { channel_id: id, guild_id: guild, channel_type: type } = message;
    if (type !== undefined && !THREADS.includes(type)) channels.learn({ id, type }, guild ?? '');
    inOrder(id, () =>
      insist(async () => {
        const place = await channels.place(id, guild);
        const inbound = await messageInbound(message, place, { self, channels });
        if (inbound.kind === 'message' && inbound.place.thread !== place.thread)
          threads.heard(message.id, inbound.text);
        await sink(inbound);
      }),
    );
  }

  function reacted(d: unknown, added: boolean, key: string): void {
    const event = payload.reaction.safeParse(d).data;
    if (!event || event.user_id === self.user) return;
    const what = `${event.message_id} ${event.user_id} ${event.emoji.id ?? event.emoji.name}`;
    const id = added ? (put.get(what) ?? key) : key;
    if (added) put.set(what, id);
    else put.delete(what);
    const [oldest] = put.size > MAX_REACTIONS ? put.keys() : [];
    if (oldest !== undefined) put.delete(oldest);
    inOrder(event.channel_id, () =>
      insist(async () =>
        sink(reactionInbound(event, await channels.place(event.channel_id, event.guild_id), { added, key: id })),
      ),
    );
  }

  function guildIsThere(d: unknown): void {
    const guild = payload.guild.safeParse(d).data;
    if (!guild) return;
    for (const one of [...guild.channels, ...guild.threads]) channels.learn(one, guild.id);
    for (const { id, tags } of guild.roles) if (tags?.bot_id === self.user) self.roles.add(id);
    onGuild(guild.id);
  }

  function channelChanged(d: unknown, isGone: boolean): void {
    const channel = payload.channel.safeParse(d).data;
    if (channel && isGone) channels.forget(channel.id);
    else if (channel) channels.learn(channel);
  }

  function interacted(d: unknown): void {
    const data = payload.interaction.safeParse(d).data;
    if (!data) {
      log.warn({}, 'a Discord interaction of an unknown shape');
      return;
    }
    const work = interactions.handle(data).finally(() => underway.delete(work));
    underway.add(work);
  }

  return {
    dispatch({ t, s, d }, session) {
      switch (t) {
        case On.MessageCreate:
          return heard(d);
        case On.MessageReactionAdd:
          return reacted(d, true, `${session}.${s}`);
        case On.MessageReactionRemove:
          return reacted(d, false, `${session}.${s}`);
        case On.InteractionCreate:
          return interacted(d);
        case On.GuildCreate:
          return guildIsThere(d);
        case On.ChannelCreate:
        case On.ChannelUpdate:
        case On.ThreadCreate:
        case On.ThreadUpdate:
          return channelChanged(d, false);
        case On.ChannelDelete:
        case On.ThreadDelete:
          return channelChanged(d, true);
        case On.ThreadListSync:
          for (const thread of payload.threadList.safeParse(d).data?.threads ?? []) channels.learn(thread);
      }
    },
    isBehind: () => behind > 0,
    async stop() {
      isStopped = true;
      await Promise.allSettled([...queues.values(), ...underway]);
    },
  };
}
