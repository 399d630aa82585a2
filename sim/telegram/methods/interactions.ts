import { badRequest } from '../errors.ts';
import { isReaction } from '../reactions.ts';
import { compose } from '../text/compose.ts';
import type { Json } from '../types.ts';
import { type Method, namedMessage, sourceOf, writableChat } from './method.ts';

const MAX_ANSWER = 200;
const MAX_DRAFT = 4096;
const ACTIONS = new Set([
  'typing',
  'upload_photo',
  'record_video',
  'upload_video',
  'record_voice',
  'upload_voice',
  'upload_document',
  'choose_sticker',
  'find_location',
  'record_video_note',
  'upload_video_note',
]);

export const answerCallbackQuery: Method = (args, api) => {
  const text = args.text('text') ?? '';
  if (text.length > MAX_ANSWER) throw badRequest('MESSAGE_TOO_LONG');
  const url = args.text('url');
  api.callbacks.answer(args.text('callback_query_id') ?? '', {
    ...(text === '' ? {} : { text }),
    showAlert: args.flag('show_alert'),
    ...(url === undefined ? {} : { url }),
  });
  return true;
};

export const setMessageReaction: Method = (args, api) => {
  const chat = writableChat(args, api);
  const message = namedMessage(args, api, chat, 'message to react not found');
  const reactions = (args.list('reaction') ?? []) as Json[];
  // Bots are people without Telegram Premium: one reaction a message.
  if (reactions.length > 1) throw badRequest('REACTIONS_TOO_MANY');
  const emoji = reactions.map((reaction) => String(reaction.emoji));
  if (!emoji.every(isReaction)) throw badRequest('REACTION_INVALID');
  api.conversations.react(chat, message, api.world.bot, emoji);
  return true;
};

export const sendChatAction: Method = (args, api) => {
  const chat = writableChat(args, api);
  const action = args.text('action') ?? '';
  if (!ACTIONS.has(action)) throw badRequest('wrong parameter action in request');
  const thread = args.optionalInteger('message_thread_id');
  if (thread !== undefined) api.topics.find(chat, thread);
  api.watchers.emit('action', { chat: chat.id, thread, action });
  return true;
};

/** A preview of 30 s that does not count as a message; the wordings of its refusals are not published. */
export const sendMessageDraft: Method = (args, api) => {
  const chat = writableChat(args, api);
  if (chat.type !== 'private') throw badRequest('message drafts can be sent only to private chats');
  const draftId = args.optionalInteger('draft_id') ?? 0;
  if (draftId === 0) throw badRequest('draft_id must be non-zero');
  const { text } = compose(sourceOf(args, 'text'), api.world.users);
  if (text.length > MAX_DRAFT) throw badRequest('message is too long');
  const thread = args.optionalInteger('message_thread_id');
  if (thread !== undefined) api.topics.find(chat, thread);
  chat.draft = { draftId, text, thread, at: api.world.now() };
  api.watchers.emit('draft', { chat: chat.id, draft: chat.draft });
  return true;
};
