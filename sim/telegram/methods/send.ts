import type { Message } from 'grammy/types';
import type { Content, PostOptions } from '../conversation.ts';
import { badRequest } from '../errors.ts';
import { documentOf, fileOf, photoOf, storeFile, voiceOf } from '../files.ts';
import { inlineKeyboard } from '../keyboard.ts';
import type { Args } from '../request.ts';
import { composeCaption, composeText } from '../text/compose.ts';
import type { TelegramChat } from '../types.ts';
import type { StoredFile } from '../world.ts';
import { type Api, type Method, sourceOf, spend, writableChat } from './method.ts';

export const sendMessage: Method = (args, api) => {
  const chat = writableChat(args, api);
  const { text, entities } = composeText(sourceOf(args, 'text'), api.world.users);
  const preview = args.object('link_preview_options');
  return deliver(chat, args, api, {
    text,
    ...(entities.length > 0 ? { entities } : {}),
    ...(preview ? { link_preview_options: preview } : {}),
  });
};

export const sendDocument: Method = (args, api) => {
  const chat = writableChat(args, api);
  return deliver(chat, args, api, { document: documentOf(fileIn(args, api, 'document')), ...captionIn(args, api) });
};

export const sendPhoto: Method = (args, api) => {
  const chat = writableChat(args, api);
  return deliver(chat, args, api, { photo: photoOf(api.world, fileIn(args, api, 'photo')), ...captionIn(args, api) });
};

export const sendVoice: Method = (args, api) => {
  const chat = writableChat(args, api);
  const voice = voiceOf(fileIn(args, api, 'voice'), args.optionalInteger('duration') ?? 0);
  return deliver(chat, args, api, { voice, ...captionIn(args, api) });
};

/** Text and entities of a caption; nothing for an empty one. @throws TelegramApiError 400 */
export function captionIn(args: Args, api: Api): Pick<Message, 'caption' | 'caption_entities'> {
  const { text, entities } = composeCaption(sourceOf(args, 'caption'), api.world.users);
  if (text === '') return {};
  return { caption: text, ...(entities.length > 0 ? { caption_entities: entities } : {}) };
}

function deliver(chat: TelegramChat, args: Args, api: Api, content: Content): Message {
  const place = placeIn(args, api, chat);
  const markup = args.object('reply_markup');
  const keyboard = inlineKeyboard(markup);
  spend(api, chat);
  const whole = { ...content, ...(keyboard ? { reply_markup: keyboard } : {}) };
  const message = api.conversations.post(chat, api.world.bot, whole, place);
  message.forceReply = markup?.force_reply === true;
  return message.wire;
}

/** Topic and reply that a send names. @throws TelegramApiError 400 */
function placeIn(args: Args, api: Api, chat: TelegramChat): PostOptions {
  return { thread: threadIn(args, api, chat), replyTo: replyIn(args, api, chat) };
}

function threadIn(args: Args, { world, topics }: Api, chat: TelegramChat): number | undefined {
  const id = args.optionalInteger('message_thread_id');
  if (id === undefined) return undefined;
  const topic = topics.find(chat, id);
  if (topic.deleted) return undefined;
  const mayManage = chat.type === 'private' || world.isAdmin(chat, world.bot.id);
  if (topic.closed && !mayManage) throw badRequest('TOPIC_CLOSED');
  return topic.id;
}

function replyIn(args: Args, { world }: Api, chat: TelegramChat): PostOptions['replyTo'] {
  const given = args.object('reply_parameters');
  const id = Number(given?.message_id ?? args.optionalInteger('reply_to_message_id'));
  if (Number.isNaN(id)) return undefined;
  const target = given?.chat_id === undefined ? chat : world.chat(Number(given.chat_id));
  const message = target.messages.get(id);
  if (message && !message.deleted && target === chat) return message;
  if ((given?.allow_sending_without_reply ?? args.flag('allow_sending_without_reply')) === true) return undefined;
  throw badRequest('message to be replied not found');
}

/** The file of a send: uploaded with it, or known by its id. */
function fileIn(args: Args, { world }: Api, name: 'document' | 'photo' | 'voice'): StoredFile {
  const upload = args.upload(name);
  if (upload?.content.length === 0) throw badRequest('file must be non-empty');
  if (upload) return storeFile(world, name === 'voice' ? 'voice' : `${name}s`, upload);
  const id = args.text(name) ?? '';
  if (id === '') throw badRequest(`there is no ${name} in the request`);
  if (/^https?:/.test(id)) throw badRequest('failed to get HTTP URL content');
  return fileOf(world, id);
}
