import type { MessageData } from './payload.ts';
import type { Self } from './self.ts';

/** A message's content as markdown for people and models: mentions by name, and without the one of the bot. */
export function textOf({ content, mentions }: Pick<MessageData, 'content' | 'mentions'>, self: Self): string {
  const names = new Map(mentions.map((user) => [user.id, user.global_name || user.username || user.id]));
  return content
    .replace(/<@&(\d+)>/g, (whole, id: string) => (self.roles.has(id) ? '' : whole))
    .replace(/<@!?(\d+)>/g, (whole, id: string) =>
      id === self.user ? '' : names.has(id) ? `@${names.get(id)}` : whole,
    )
    .replace(/<a?:(\w+):\d+>/g, ':$1:')
    .replace(/<(\/[^:>]+):\d+>/g, '$1')
    .replace(/[^\S\n]{2,}/g, (blanks, at: number, all: string) => (at === 0 || all[at - 1] === '\n' ? blanks : ' '))
    .trim();
}

/** Whether the bot is meant: mentioned by user or by its role. A reply to the bot mentions it too, unless switched off. */
export const mentionsBot = ({ mentions, mention_roles: roles }: MessageData, self: Self): boolean =>
  mentions.some(({ id }) => id === self.user) || roles.some((id) => self.roles.has(id));
