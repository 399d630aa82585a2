import type { Chat, ChatMember, ReactionType, User } from 'grammy/types';
import type { TelegramChat, TelegramMember } from './types.ts';

/** A chat as messages carry it. */
export function wireChat({ id, type, title, forum, username }: TelegramChat): Chat {
  switch (type) {
    case 'supergroup':
      return { id, type, title, ...(forum ? { is_forum: true } : {}) };
    case 'group':
      return { id, type, title };
    case 'private':
      return { id, type, first_name: title, ...(username === undefined ? {} : { username }) };
  }
}

/** A place in a chat as `ChatMember`. */
export function wireMember(user: User, member: TelegramMember): ChatMember {
  const rights = { can_manage_topics: member.canManageTopics, can_delete_messages: member.canDeleteMessages };
  const wire = { user, status: member.status, is_anonymous: member.anonymous };
  switch (member.status) {
    case 'administrator':
      return { ...wire, ...rights, can_be_edited: false, can_manage_chat: true } as ChatMember;
    case 'kicked':
      return { user, status: 'kicked', until_date: 0 };
    case 'creator':
      return wire as ChatMember;
    default:
      return { user, status: member.status } as ChatMember;
  }
}

/** Emoji as the Bot API lists them. */
export function reactionTypes(emoji: string[]): ReactionType[] {
  return emoji.map((one) => ({ type: 'emoji', emoji: one }) as ReactionType);
}
