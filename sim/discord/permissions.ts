import { refuse } from './errors.ts';
import type { DiscordChannel } from './types.ts';
import type { World } from './world.ts';

/** The permissions that the miniature heeds (https://docs.discord.com/developers/topics/permissions). */
export const PERMISSIONS = {
  Administrator: 1n << 3n,
  ManageChannels: 1n << 4n,
  ManageGuild: 1n << 5n,
  AddReactions: 1n << 6n,
  ViewChannel: 1n << 10n,
  SendMessages: 1n << 11n,
  ManageMessages: 1n << 13n,
  EmbedLinks: 1n << 14n,
  AttachFiles: 1n << 15n,
  ReadMessageHistory: 1n << 16n,
  MentionEveryone: 1n << 17n,
  UseApplicationCommands: 1n << 31n,
  ManageThreads: 1n << 34n,
  CreatePublicThreads: 1n << 35n,
  CreatePrivateThreads: 1n << 36n,
  SendMessagesInThreads: 1n << 38n,
} as const;

export type PermissionName = keyof typeof PERMISSIONS;

export function permissionBits(names: readonly PermissionName[]): bigint {
  return names.reduce((bits, name) => bits | PERMISSIONS[name], 0n);
}

/** What everybody may do in a new guild. */
export const EVERYONE: readonly PermissionName[] = [
  'AddReactions',
  'ViewChannel',
  'SendMessages',
  'EmbedLinks',
  'AttachFiles',
  'ReadMessageHistory',
  'UseApplicationCommands',
  'CreatePublicThreads',
  'SendMessagesInThreads',
];

/** What the bot may do besides, by its own role. */
export const BOT: readonly PermissionName[] = ['ManageChannels', 'ManageMessages', 'ManageThreads'];

const ALL = permissionBits(Object.keys(PERMISSIONS) as PermissionName[]);

/** What somebody may do in a channel; threads follow their parent. Nothing outside a guild that one is not in. */
export function permissionsIn(world: World, userId: string, channel: DiscordChannel): bigint {
  if (channel.guildId === undefined) return channel.recipients.includes(userId) ? ALL : 0n;
  const guild = world.guild(channel.guildId);
  const member = guild.members.get(userId);
  if (!member) return 0n;
  const roles = guild.roles.filter(({ id }) => id === guild.id || member.roles.includes(id));
  let bits = roles.reduce((sum, role) => sum | role.permissions, 0n);
  if (guild.ownerId === userId || (bits & PERMISSIONS.Administrator) !== 0n) return ALL;
  const { overwrites } = channel.thread ? world.channel(channel.parentId ?? '') : channel;
  const layers = [
    overwrites.filter(({ id }) => id === guild.id),
    overwrites.filter(({ id, type }) => type === 0 && id !== guild.id && member.roles.includes(id)),
    overwrites.filter(({ id, type }) => type === 1 && id === userId),
  ];
  for (const layer of layers) {
    bits &= ~layer.reduce((sum, { deny }) => sum | deny, 0n);
    bits |= layer.reduce((sum, { allow }) => sum | allow, 0n);
  }
  if (channel.type === 12 && !channel.thread?.members.has(userId) && (bits & PERMISSIONS.ManageThreads) === 0n)
    return 0n;
  return (bits & PERMISSIONS.ViewChannel) === 0n ? 0n : bits;
}

export function may(world: World, userId: string, channel: DiscordChannel, ...names: PermissionName[]): boolean {
  const bits = permissionBits(['ViewChannel', ...names]);
  return (permissionsIn(world, userId, channel) & bits) === bits;
}

/** @throws DiscordApiError 50001 for a channel that one cannot see, 50013 for what one may not do there */
export function need(world: World, userId: string, channel: DiscordChannel, ...names: PermissionName[]): void {
  if (!may(world, userId, channel)) throw refuse(50001);
  if (!may(world, userId, channel, ...names)) throw refuse(50013);
}

/** What somebody may do in a guild, channels aside. Nothing outside of it. */
export function permissionsInGuild(world: World, userId: string, guildId: string): bigint {
  const guild = world.guild(guildId);
  const member = guild.members.get(userId);
  if (!member) return 0n;
  const roles = guild.roles.filter(({ id }) => id === guild.id || member.roles.includes(id));
  const bits = roles.reduce((sum, role) => sum | role.permissions, 0n);
  return guild.ownerId === userId || (bits & PERMISSIONS.Administrator) !== 0n ? ALL : bits;
}

/** @throws DiscordApiError 50001 outside the guild, 50013 without the permission in it */
export function needInGuild(world: World, userId: string, guildId: string, name: PermissionName): void {
  if (!world.guild(guildId).members.has(userId)) throw refuse(50001);
  if ((permissionsInGuild(world, userId, guildId) & PERMISSIONS[name]) === 0n) throw refuse(50013);
}
