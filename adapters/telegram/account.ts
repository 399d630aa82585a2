import type { Message, User } from 'grammy/types';
import type { Account } from '../../core/domain/chat.ts';

export function accountOf({ id, is_bot: bot, first_name: first, last_name: last }: User): Account {
  const name = [first, last].filter(Boolean).join(' ');
  return { platform: 'telegram', space: '', id: String(id), bot, ...(name ? { name } : {}) };
}

/**
 * Whether the message is written as a group or channel (https://core.telegram.org/bots/api#message, `sender_chat`): nobody
 * can tell which person did.
 */
export const isAnonymous = ({ sender_chat: as }: Message): boolean => as !== undefined;
