import type { EventEmitter } from 'node:events';
import { refuse } from './errors.ts';
import type { Gateway } from './gateway/gateway.ts';
import { pinged } from './mentions.ts';
import type { Threads } from './threads.ts';
import type { DiscordChannel, DiscordEmoji, DiscordMessage, DiscordSimEvents, DiscordUser, Json } from './types.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

const MAX_EMOJI = 20;
const REPLY = 19;

/** What a new message is made of; `allowedMentions` as on the wire. */
export interface Draft
  extends Partial<
    Pick<
      DiscordMessage,
      | 'id'
      | 'content'
      | 'embeds'
      | 'components'
      | 'attachments'
      | 'flags'
      | 'type'
      | 'nonce'
      | 'ephemeralTo'
      | 'interaction'
    >
  > {
  allowedMentions?: unknown;
  replyTo?: DiscordMessage | undefined;
  reference?: NonNullable<DiscordMessage['reference']>;
}

export type Changes = Partial<Pick<DiscordMessage, 'content' | 'embeds' | 'components' | 'attachments' | 'flags'>>;

/** What happens to messages, and who is told. Checks no permissions: callers know who acts. */
export class Messages {
  readonly #world: World;
  readonly #wire: Wire;
  readonly #gateway: Pick<Gateway, 'publish'>;
  readonly #watchers: EventEmitter<DiscordSimEvents>;
  readonly #threads: Threads;

  constructor(o: {
    world: World;
    wire: Wire;
    gateway: Pick<Gateway, 'publish'>;
    watchers: EventEmitter<DiscordSimEvents>;
    threads: Threads;
  }) {
    this.#world = o.world;
    this.#wire = o.wire;
    this.#gateway = o.gateway;
    this.#watchers = o.watchers;
    this.#threads = o.threads;
  }

  /** Posts a message; an archived thread wakes up. */
  post(channel: DiscordChannel, author: DiscordUser, draft: Draft): DiscordMessage {
    const { allowedMentions, replyTo, reference, ...fields } = draft;
    if (channel.thread) this.#threads.wake(channel, author.id);
    const content = fields.content ?? '';
    const message: DiscordMessage = {
      id: this.#world.ids.next(),
      channelId: channel.id,
      ...(channel.guildId === undefined ? {} : { guildId: channel.guildId }),
      author,
      type: replyTo ? REPLY : 0,
      content,
      createdAt: this.#world.now(),
      flags: 0,
      embeds: [],
      components: [],
      attachments: [],
      reactions: [],
      ...pinged(this.#world, channel, author, content, { allowed: allowedMentions, repliedTo: replyTo }),
      ...(replyTo ? { reference: { channelId: channel.id, messageId: replyTo.id } } : {}),
      ...(reference ? { reference } : {}),
      edits: 0,
      deleted: false,
      ...fields,
    };
    channel.messages.set(message.id, message);
    if (!message.ephemeralTo) this.#tell('MESSAGE_CREATE', channel, message);
    this.#watchers.emit('message', message);
    return message;
  }

  edit(channel: DiscordChannel, message: DiscordMessage, changes: Changes): void {
    Object.assign(message, changes);
    message.edits += 1;
    message.editedAt = this.#world.now();
    if (changes.content !== undefined) {
      const said = pinged(this.#world, channel, message.author, changes.content, { allowed: { parse: ['users'] } });
      message.mentions = [...new Set([...message.mentions, ...said.mentions])];
    }
    this.announceUpdate(channel, message);
    this.#watchers.emit('edit', message);
  }

  /** Tells that a message looks different now, whether or not somebody edited it. */
  announceUpdate(channel: DiscordChannel, message: DiscordMessage): void {
    if (!message.ephemeralTo) this.#tell('MESSAGE_UPDATE', channel, message);
  }

  remove(channel: DiscordChannel, message: DiscordMessage): void {
    message.deleted = true;
    if (!message.ephemeralTo) {
      this.#gateway.publish('MESSAGE_DELETE', { id: message.id, ...place(message) }, { channel });
    }
    this.#watchers.emit('delete', message);
  }

  /**
   * Adds or takes a reaction; doing so twice changes nothing and tells nobody.
   * @throws DiscordApiError 30010 above 20 different emoji
   */
  react(
    channel: DiscordChannel,
    message: DiscordMessage,
    user: DiscordUser,
    emoji: DiscordEmoji,
    op: 'add' | 'remove',
  ): void {
    const known = message.reactions.find(({ emoji: { id, name } }) => id === emoji.id && name === emoji.name);
    const has = known?.users.includes(user.id) ?? false;
    if (has === (op === 'add')) return;
    if (op === 'add' && known) known.users.push(user.id);
    else if (op === 'add') {
      if (message.reactions.length >= MAX_EMOJI) throw refuse(30010);
      message.reactions.push({ emoji, users: [user.id] });
    } else if (known) {
      known.users = known.users.filter((id) => id !== user.id);
      message.reactions = message.reactions.filter(({ users }) => users.length > 0);
    }
    const data = { user_id: user.id, message_id: message.id, ...place(message), emoji, burst: false, type: 0 };
    if (op === 'add') {
      const added = { ...data, message_author_id: message.author.id, ...this.#member(message.guildId, user, true) };
      this.#gateway.publish('MESSAGE_REACTION_ADD', added, { channel });
    } else this.#gateway.publish('MESSAGE_REACTION_REMOVE', data, { channel });
    this.#watchers.emit('reaction', { message, emoji: emoji.name, user: user.id, op });
  }

  /** TYPING_START: somebody types. */
  type(channel: DiscordChannel, user: DiscordUser): void {
    const guild = channel.guildId === undefined ? {} : { guild_id: channel.guildId };
    const timestamp = Math.floor(this.#world.now() / 1000);
    const data = { channel_id: channel.id, user_id: user.id, timestamp, ...guild };
    this.#gateway.publish('TYPING_START', { ...data, ...this.#member(channel.guildId, user, true) }, { channel });
    this.#watchers.emit('typing', { channel: channel.id, user: user.id });
  }

  #tell(type: string, channel: DiscordChannel, message: DiscordMessage): void {
    const guild = message.guildId === undefined ? {} : { guild_id: message.guildId };
    const data = {
      ...this.#wire.message(message),
      ...guild,
      channel_type: channel.type,
      ...this.#member(message.guildId, message.author, false),
    };
    this.#gateway.publish(type, data, { channel, message });
  }

  #member(guildId: string | undefined, user: DiscordUser, isWhole: boolean): Json {
    const member = guildId === undefined ? undefined : this.#world.guild(guildId).members.get(user.id);
    if (!member) return {};
    return { member: isWhole ? this.#wire.memberWithUser(member) : this.#wire.member(member) };
  }
}

function place({ channelId, guildId }: DiscordMessage): Json {
  return { channel_id: channelId, ...(guildId === undefined ? {} : { guild_id: guildId }) };
}
