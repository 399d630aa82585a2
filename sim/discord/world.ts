import { refuse } from './errors.ts';
import { Snowflakes } from './ids.ts';
import { BOT, EVERYONE, permissionBits } from './permissions.ts';
import type { DiscordAttachment, DiscordChannel, DiscordGuild, DiscordMessage, DiscordUser } from './types.ts';

/** All that exists, and how to find it. Knows no rules and tells nobody. */
export class World {
  readonly ids: Snowflakes;
  readonly bot: DiscordUser;
  readonly users = new Map<string, DiscordUser>();
  readonly guilds = new Map<string, DiscordGuild>();
  readonly channels = new Map<string, DiscordChannel>();
  readonly attachments = new Map<string, DiscordAttachment>();

  constructor(o: { clock: () => number; botName: string }) {
    this.ids = new Snowflakes(o.clock);
    this.bot = this.addUser(o.botName, true);
  }

  now(): number {
    return this.ids.now();
  }

  addUser(username: string, bot = false): DiscordUser {
    const user: DiscordUser = { id: this.ids.next(), username, bot, blocksDms: false };
    this.users.set(user.id, user);
    return user;
  }

  /** A guild owned by nobody of interest, with the bot as a member unless told otherwise. */
  addGuild(name: string, withoutBot = false): DiscordGuild {
    const id = this.ids.next();
    const owner = this.addUser(`${name.toLowerCase().replace(/\W+/g, '-')}-owner`);
    const everyone = { id, name: '@everyone', permissions: permissionBits(EVERYONE) };
    const guild: DiscordGuild = { id, name, ownerId: owner.id, roles: [everyone], members: new Map() };
    this.guilds.set(id, guild);
    this.addMember(guild, owner);
    if (!withoutBot) this.addBot(guild);
    return guild;
  }

  addBot(guild: DiscordGuild): void {
    const role = { id: this.ids.next(), name: this.bot.username, permissions: permissionBits(BOT) };
    guild.roles.push(role);
    this.addMember(guild, this.bot, [role.id]);
  }

  addMember(guild: DiscordGuild, user: DiscordUser, roles: string[] = []): void {
    guild.members.set(user.id, { user, roles, joinedAt: this.now() });
  }

  /** A channel with the usual settings, not yet announced. */
  addChannel(o: Partial<DiscordChannel> & { type: number; name: string }): DiscordChannel {
    const siblings = this.channelsOf(o.guildId ?? '').length;
    const channel: DiscordChannel = {
      id: this.ids.next(),
      topic: null,
      parentId: null,
      position: siblings,
      overwrites: [],
      tags: [],
      flags: 0,
      recipients: [],
      messages: new Map(),
      ...o,
    };
    this.channels.set(channel.id, channel);
    return channel;
  }

  /** The direct conversation of two people, made on first use. */
  direct(a: string, b: string): DiscordChannel {
    for (const channel of this.channels.values()) {
      if (channel.type === 1 && channel.recipients.includes(a) && channel.recipients.includes(b)) return channel;
    }
    return this.addChannel({ type: 1, name: '', recipients: [a, b] });
  }

  userNamed(username: string): DiscordUser | undefined {
    return [...this.users.values()].find((user) => user.username === username);
  }

  /** @throws DiscordApiError 10013 */
  user(id: string): DiscordUser {
    const user = this.users.get(id);
    if (!user) throw refuse(10013);
    return user;
  }

  /** @throws DiscordApiError 10004 */
  guild(id: string): DiscordGuild {
    const guild = this.guilds.get(id);
    if (!guild) throw refuse(10004);
    return guild;
  }

  /** @throws DiscordApiError 10003 */
  channel(id: string): DiscordChannel {
    const channel = this.channels.get(id);
    if (!channel) throw refuse(10003);
    return channel;
  }

  /** @throws DiscordApiError 10008 */
  message(channel: DiscordChannel, id: string): DiscordMessage {
    const message = channel.messages.get(id);
    if (!message || message.deleted) throw refuse(10008);
    return message;
  }

  /** Channels of a guild, threads left out. */
  channelsOf(guildId: string): DiscordChannel[] {
    return [...this.channels.values()].filter((channel) => channel.guildId === guildId && !channel.thread);
  }

  threadsOf(guildId: string): DiscordChannel[] {
    return [...this.channels.values()].filter((channel) => channel.guildId === guildId && channel.thread);
  }
}
