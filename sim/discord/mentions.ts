import { isJson } from './json.ts';
import { may } from './permissions.ts';
import type { DiscordChannel, DiscordMessage, DiscordUser } from './types.ts';
import type { World } from './world.ts';

type Pinged = Pick<DiscordMessage, 'mentions' | 'mentionRoles' | 'mentionEveryone'>;

/**
 * Whom a message pings: those that its text names, as far as `allowed_mentions` lets it, and the author of what it
 * replies to (https://docs.discord.com/developers/resources/message#allowed-mentions-object).
 */
export function pinged(
  world: World,
  channel: DiscordChannel,
  author: DiscordUser,
  content: string,
  o: { allowed?: unknown; repliedTo?: DiscordMessage | undefined } = {},
): Pinged {
  const allowed = isJson(o.allowed) ? o.allowed : undefined;
  const kinds = listOf(allowed?.parse);
  const passes = (kind: 'users' | 'roles', id: string): boolean =>
    !allowed || kinds.includes(kind) || listOf(allowed[kind]).includes(id);
  const users = [...content.matchAll(/<@!?(\d+)>/g)].map(([, id = '']) => id);
  const mentions = new Set(users.filter((id) => world.users.has(id) && passes('users', id)));
  const pingsReplied = allowed ? allowed.replied_user === true : true;
  if (o.repliedTo && pingsReplied) mentions.add(o.repliedTo.author.id);
  const guild = channel.guildId === undefined ? undefined : world.guild(channel.guildId);
  const roles = [...content.matchAll(/<@&(\d+)>/g)].map(([, id = '']) => id);
  const everyone = /@(everyone|here)\b/.test(content) && (!allowed || kinds.includes('everyone'));
  return {
    mentions: [...mentions],
    mentionRoles: [...new Set(roles)].filter(
      (id) => guild?.roles.some((role) => role.id === id) && passes('roles', id),
    ),
    mentionEveryone: everyone && guild !== undefined && may(world, author.id, channel, 'MentionEveryone'),
  };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
