import type { CallbackQuery, Message, MessageReactionUpdated, ReactionType } from 'grammy/types';
import type { Emoji, Inbound, MessageRef, Place } from '../../core/domain/chat.ts';
import { accountOf } from './account.ts';
import { slashIn } from './command.ts';
import { filesOf } from './files.ts';
import { placeOf } from './place.ts';
import { handleOf } from './reply.ts';
import type { Self } from './self.ts';
import { addresses, entitiesOf, spokenText } from './spoken.ts';

/** What people send that is neither words nor a file; who sends it to us is told that it can't be read. */
const UNREAD = ['sticker', 'location', 'venue', 'contact', 'poll', 'dice', 'game', 'story', 'checklist'] as const;

/** Whether somebody says something, instead of Telegram telling what happened in the chat. */
export const isSpoken = (message: Message): boolean =>
  message.text !== undefined ||
  message.caption !== undefined ||
  filesOf(message).length > 0 ||
  UNREAD.some((kind) => message[kind] !== undefined);

/** Whether a message is meant for the bot, wherever it stands. */
export const isForUs = (message: Message, self: Self): boolean =>
  message.chat.type === 'private' || addresses(message, self) || slashIn(message, self) !== null;

/** One message as inbound in the place that it belongs to. */
export function messageInbound(message: Message, place: Place, self: Self): Inbound | null {
  if (!message.from) return null;
  const id = String(message.message_id);
  const base = {
    dedupe: `telegram:m:${message.chat.id}:${id}`,
    at: message.date * 1000,
    account: accountOf(message.from),
    place,
  };
  const slash = slashIn(message, self);
  if (slash?.kind === 'command')
    return { ...base, kind: 'command', text: slash.text, reply: handleOf(place, { message: message.message_id }) };
  const replyTo = answered(message, place);
  const { media_group_id: group } = message;
  return {
    ...base,
    kind: 'message',
    ref: { place, id },
    text: slash?.text ?? spokenText(message.text ?? message.caption ?? '', entitiesOf(message), self),
    mentionsBot: slash !== null || addresses(message, self),
    files: filesOf(message),
    ...(group === undefined ? {} : { album: `telegram:${message.chat.id}:${group}` }),
    ...(replyTo ? { replyTo } : {}),
  };
}

/** What replies to nothing in a topic counts as a reply to the message that made the topic; that one is none. */
function answered({ reply_to_message: above }: Message, place: Place): MessageRef | undefined {
  return above && !above.forum_topic_created ? { place, id: String(above.message_id) } : undefined;
}

/** A pressed button; null for a game's, or one on a message that somebody else shared. */
export function actionInbound(query: CallbackQuery, place: Place): Inbound | null {
  const { id, from, data, message } = query;
  if (data === undefined || !message) return null;
  return {
    kind: 'action',
    dedupe: `telegram:i:${id}`,
    at: Date.now(),
    account: accountOf(from),
    place,
    target: { place, id: String(message.message_id) },
    token: data,
    values: [],
    reply: handleOf(place, { message: message.message_id, query: id }),
  };
}

/**
 * What changed in a person's reactions to a message, one inbound for each emoji; none when nobody can tell whose they are.
 * Telegram numbers no reactions, so their time is part of what tells two of them apart.
 */
export function reactionInbounds(change: MessageReactionUpdated): Inbound[] {
  const { chat, message_id: id, user, date } = change;
  if (!user) return [];
  const before = change.old_reaction.map(emojiOf);
  const after = change.new_reaction.map(emojiOf);
  const place = placeOf(chat.id);
  const inbound = (emoji: Emoji, added: boolean): Inbound => ({
    kind: 'reaction',
    dedupe: `telegram:r:${chat.id}:${id}:${user.id}:${after.join()}:${date}:${added ? '+' : '-'}${emoji}`,
    at: date * 1000,
    account: accountOf(user),
    place,
    target: { place, id: String(id) },
    emoji,
    added,
  });
  return [
    ...after.filter((emoji) => !before.includes(emoji)).map((emoji) => inbound(emoji, true)),
    ...before.filter((emoji) => !after.includes(emoji)).map((emoji) => inbound(emoji, false)),
  ];
}

function emojiOf(reaction: ReactionType): Emoji {
  switch (reaction.type) {
    case 'emoji':
      return reaction.emoji === '👍' ? 'yes' : reaction.emoji === '👎' ? 'no' : reaction.emoji;
    case 'custom_emoji':
      return reaction.custom_emoji_id;
    default:
      return reaction.type;
  }
}
