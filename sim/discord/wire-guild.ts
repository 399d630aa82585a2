import type { DiscordGuild, DiscordMember, DiscordUser, Json } from './types.ts';

/** A time as Discord writes it. */
export function iso(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000+00:00');
}

export function userJson({ id, username, bot }: DiscordUser): Json {
  return { id, username, discriminator: bot ? '0001' : '0', global_name: bot ? null : username, avatar: null, bot };
}

/** A member without the user, as in messages. */
export function memberJson({ roles, joinedAt }: DiscordMember): Json {
  return {
    roles,
    joined_at: iso(joinedAt),
    nick: null,
    avatar: null,
    flags: 0,
    deaf: false,
    mute: false,
    pending: false,
  };
}

export function guildJson(guild: DiscordGuild): Json {
  const roles = guild.roles.map(({ id, name, permissions }, position) => ({
    id,
    name,
    permissions: String(permissions),
    position,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: false,
    mentionable: false,
    flags: 0,
  }));
  const { id, name, ownerId: owner_id } = guild;
  return { id, name, owner_id, roles, ...QUIET_GUILD, emojis: [], stickers: [], features: [] };
}

const QUIET_GUILD = {
  icon: null,
  splash: null,
  banner: null,
  description: null,
  afk_channel_id: null,
  afk_timeout: 300,
  verification_level: 0,
  default_message_notifications: 0,
  explicit_content_filter: 0,
  mfa_level: 0,
  nsfw_level: 0,
  nsfw: false,
  premium_tier: 0,
  premium_progress_bar_enabled: false,
  preferred_locale: 'en-US',
  system_channel_id: null,
  system_channel_flags: 0,
  rules_channel_id: null,
  public_updates_channel_id: null,
  safety_alerts_channel_id: null,
  vanity_url_code: null,
};
