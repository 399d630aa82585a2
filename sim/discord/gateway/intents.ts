import type { DiscordMessage, Json } from '../types.ts';

const GUILDS = 1 << 0;
const GUILD_MEMBERS = 1 << 1;
const GUILD_PRESENCES = 1 << 8;
const GUILD_MESSAGES = 1 << 9;
const GUILD_MESSAGE_REACTIONS = 1 << 10;
const GUILD_MESSAGE_TYPING = 1 << 11;
const DIRECT_MESSAGES = 1 << 12;
const DIRECT_MESSAGE_REACTIONS = 1 << 13;
const DIRECT_MESSAGE_TYPING = 1 << 14;
const MESSAGE_CONTENT = 1 << 15;

/** Bits that Discord knows; others close with 4013. */
const KNOWN = ((1 << 17) - 1) | (1 << 20) | (1 << 21) | (1 << 24) | (1 << 25);
const PRIVILEGED = { GuildMembers: GUILD_MEMBERS, GuildPresences: GUILD_PRESENCES, MessageContent: MESSAGE_CONTENT };

export type PrivilegedIntent = keyof typeof PRIVILEGED;

/** What Discord would close an IDENTIFY with these intents with; undefined when they are in order. */
export function closeCodeFor(intents: unknown, granted: readonly PrivilegedIntent[]): 4013 | 4014 | undefined {
  if (typeof intents !== 'number' || !Number.isInteger(intents) || intents < 0 || (intents & ~KNOWN) !== 0) return 4013;
  const all = Object.entries(PRIVILEGED) as [PrivilegedIntent, number][];
  const hasForbidden = all.some(([name, bit]) => (intents & bit) !== 0 && !granted.includes(name));
  return hasForbidden ? 4014 : undefined;
}

/** The intents of which a session needs one to get events of that type; 0 when everybody gets them. */
export function intentOf(type: string, isDirect: boolean): number {
  if (type.startsWith('MESSAGE_REACTION_')) return isDirect ? DIRECT_MESSAGE_REACTIONS : GUILD_MESSAGE_REACTIONS;
  if (type.startsWith('MESSAGE_')) return isDirect ? DIRECT_MESSAGES : GUILD_MESSAGES;
  if (type === 'TYPING_START') return isDirect ? DIRECT_MESSAGE_TYPING : GUILD_MESSAGE_TYPING;
  if (type.startsWith('GUILD_MEMBER_')) return GUILD_MEMBERS;
  if (/^(GUILD|CHANNEL|THREAD)_/.test(type)) return isDirect ? 0 : GUILDS;
  return 0;
}

/**
 * A message as a session may read it: without MESSAGE_CONTENT what others say in guilds is empty, unless they mention
 * the bot (https://docs.discord.com/developers/events/gateway#message-content-intent).
 */
export function readable(data: Json, message: DiscordMessage, botId: string, intents: number): Json {
  const isOpen = message.guildId === undefined || message.author.id === botId || message.mentions.includes(botId);
  if (isOpen || (intents & MESSAGE_CONTENT) !== 0) return data;
  return { ...data, content: '', embeds: [], attachments: [], components: [] };
}

/** Whether an app with these privileged intents reads content over REST. */
export function readsContent(granted: readonly PrivilegedIntent[]): number {
  return granted.includes('MessageContent') ? MESSAGE_CONTENT : 0;
}
