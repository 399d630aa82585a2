import { permissionsIn } from './permissions.ts';
import type {
  DiscordAttachment,
  DiscordChannel,
  DiscordGuild,
  DiscordMember,
  DiscordMessage,
  DiscordUser,
  Json,
} from './types.ts';
import { guildJson, iso, memberJson, userJson } from './wire-guild.ts';
import type { World } from './world.ts';

/** For how long a nonce stands for the message that was posted with it, and is told with it. */
export const NONCE_LIFE_MS = 5 * 60_000;
/** Links to attachments are good for 24 hours. */
const LINK_LIFE_MS = 24 * 3_600_000;

/** Everything as it goes over the wire (https://docs.discord.com/developers/resources). */
export class Wire {
  readonly #world: World;
  readonly #base: () => string;

  constructor(world: World, base: () => string) {
    this.#world = world;
    this.#base = base;
  }

  user(user: DiscordUser): Json {
    return userJson(user);
  }

  /** A member without the user, as in messages. */
  member(member: DiscordMember): Json {
    return memberJson(member);
  }

  memberWithUser(member: DiscordMember): Json {
    return { ...memberJson(member), user: userJson(member.user) };
  }

  guild(guild: DiscordGuild): Json {
    return guildJson(guild);
  }

  /** What GUILD_CREATE adds: channels, active threads and members. */
  guildCreate(guild: DiscordGuild): Json {
    const { bot } = this.#world;
    const isVisible = (channel: DiscordChannel): boolean => permissionsIn(this.#world, bot.id, channel) !== 0n;
    const me = guild.members.get(bot.id);
    const threads = this.#world.threadsOf(guild.id).filter((thread) => !thread.thread?.archived);
    return {
      ...this.guild(guild),
      joined_at: iso(me?.joinedAt ?? 0),
      large: false,
      unavailable: false,
      member_count: guild.members.size,
      members: [...guild.members.values()].map((member) => this.memberWithUser(member)),
      channels: this.#world
        .channelsOf(guild.id)
        .filter(isVisible)
        .map((channel) => this.channel(channel)),
      threads: threads.filter(isVisible).map((thread) => this.channel(thread)),
      presences: [],
      voice_states: [],
      stage_instances: [],
      guild_scheduled_events: [],
      soundboard_sounds: [],
    };
  }

  channel(channel: DiscordChannel): Json {
    const last = [...channel.messages.values()].filter((message) => !message.ephemeralTo).at(-1);
    const common = { id: channel.id, type: channel.type, last_message_id: last?.id ?? null, flags: channel.flags };
    if (channel.type === 1) {
      const others = channel.recipients.filter((id) => id !== this.#world.bot.id);
      return { ...common, recipients: others.map((id) => this.user(this.#world.user(id))) };
    }
    const named = { ...common, guild_id: channel.guildId, name: channel.name, parent_id: channel.parentId };
    if (channel.thread) return { ...named, ...this.#thread(channel) };
    return {
      ...named,
      topic: channel.topic,
      position: channel.position,
      nsfw: false,
      rate_limit_per_user: 0,
      permission_overwrites: channel.overwrites.map(({ id, type, allow, deny }) => {
        return { id, type, allow: String(allow), deny: String(deny) };
      }),
      ...(channel.type === 15 ? forum(channel) : {}),
    };
  }

  threadMember(channel: DiscordChannel, userId: string): Json {
    return { id: channel.id, user_id: userId, join_timestamp: iso(channel.thread?.createdAt ?? 0), flags: 0 };
  }

  /** A message; what it replies to is told without what that replied to. */
  message(message: DiscordMessage, isNested = false): Json {
    const { interaction, reference, nonce } = message;
    const starts = this.#world.channels.get(message.id);
    return {
      id: message.id,
      channel_id: message.channelId,
      type: message.type,
      content: message.content,
      author: this.user(message.author),
      timestamp: iso(message.createdAt),
      edited_timestamp: message.editedAt === undefined ? null : iso(message.editedAt),
      tts: false,
      pinned: false,
      mention_everyone: message.mentionEveryone,
      mentions: message.mentions.map((id) => this.user(this.#world.user(id))),
      mention_roles: message.mentionRoles,
      attachments: message.attachments.map((attachment) => this.attachment(attachment)),
      embeds: message.embeds,
      components: message.components,
      flags: message.flags,
      ...(message.reactions.length > 0 ? { reactions: this.#reactions(message) } : {}),
      ...(nonce === undefined || this.#world.now() - message.createdAt > NONCE_LIFE_MS ? {} : { nonce }),
      ...(interaction ? { interaction_metadata: interaction } : {}),
      ...(message.author.bot ? { application_id: message.author.id } : {}),
      ...(interaction ? { webhook_id: message.author.id } : {}),
      ...(reference ? this.#reference(message, reference, isNested) : {}),
      ...(starts?.thread ? { thread: this.channel(starts) } : {}),
    };
  }

  /** With a link that is signed for 24 hours from now. */
  attachment(attachment: DiscordAttachment): Json {
    const { id, channelId, filename, contentType, description, content } = attachment;
    const expires = Math.floor((this.#world.now() + LINK_LIFE_MS) / 1000).toString(16);
    const url = `${this.#base()}/attachments/${channelId}/${id}/${encodeURIComponent(filename)}?ex=${expires}&hm=miniature`;
    const words = description === undefined ? {} : { description };
    return { id, filename, size: content.length, url, proxy_url: url, content_type: contentType, ...words };
  }

  #thread(channel: DiscordChannel): Json {
    const { thread } = channel;
    if (!thread) return {};
    const count = [...channel.messages.values()].filter(
      (message) => !message.deleted && message.id !== channel.id,
    ).length;
    const isIn = thread.members.has(this.#world.bot.id);
    return {
      owner_id: thread.ownerId,
      rate_limit_per_user: 0,
      message_count: count,
      total_message_sent: count,
      member_count: thread.members.size,
      applied_tags: thread.appliedTags,
      thread_metadata: {
        archived: thread.archived,
        locked: thread.locked,
        auto_archive_duration: thread.autoArchiveMinutes,
        archive_timestamp: iso(thread.archiveChangedAt),
        create_timestamp: iso(thread.createdAt),
      },
      ...(isIn ? { member: this.threadMember(channel, this.#world.bot.id) } : {}),
    };
  }

  #reactions(message: DiscordMessage): Json[] {
    return message.reactions.map(({ emoji, users }) => ({
      emoji,
      count: users.length,
      count_details: { burst: 0, normal: users.length },
      me: users.includes(this.#world.bot.id),
      me_burst: false,
      burst_colors: [],
    }));
  }

  #reference(message: DiscordMessage, reference: NonNullable<DiscordMessage['reference']>, isNested: boolean): Json {
    const { channelId, messageId } = reference;
    const guild = message.guildId === undefined ? {} : { guild_id: message.guildId };
    const named = messageId === undefined ? {} : { message_id: messageId };
    const told = { message_reference: { type: 0, channel_id: channelId, ...named, ...guild } };
    if (isNested || (message.type !== 19 && message.type !== 21)) return told;
    const original = messageId === undefined ? undefined : this.#world.channels.get(channelId)?.messages.get(messageId);
    return { ...told, referenced_message: original && !original.deleted ? this.message(original, true) : null };
  }
}

function forum(channel: DiscordChannel): Json {
  return {
    available_tags: channel.tags.map((tag) => ({ ...tag, emoji_id: null, emoji_name: null })),
    default_reaction_emoji: null,
    default_sort_order: null,
    default_forum_layout: 0,
  };
}
