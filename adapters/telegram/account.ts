import type { Message, User } from 'grammy/types';
import type { Account } from '../../core/domain/chat.ts';

/** As Telegram names administrators who write as their group (https://core.telegram.org/bots/api#message, `sender_chat`). */
const ANONYMOUS_ADMIN = 1_087_968_824;

export function accountOf({ id, is_bot: bot, first_name: first, last_name: last }: User): Account {
  const name = [first, last].filter(Boolean).join(' ');
  return { platform: 'telegram', space: '', id: String(id), bot, ...(name ? { name } : {}) };
}

/** Nobody can tell which person writes as the group. */
export const isAnonymous = ({ from, sender_chat: as, chat }: Message): boolean =>
  from?.id === ANONYMOUS_ADMIN || (as !== undefined && as.id === chat.id);
