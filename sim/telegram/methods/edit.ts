import type { Message } from 'grammy/types';
import type { Content } from '../conversation.ts';
import { badRequest } from '../errors.ts';
import { inlineKeyboard } from '../keyboard.ts';
import type { Args } from '../request.ts';
import { composeText } from '../text/compose.ts';
import type { TelegramMessage } from '../types.ts';
import { type Api, type Method, namedMessage, sourceOf, spend, writableChat } from './method.ts';
import { captionIn } from './send.ts';

const NOT_MODIFIED =
  'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message';
/** Messages older than this stay. */
const DELETABLE_S = 48 * 3_600;

type Change = { [K in keyof Content]?: Content[K] | undefined };

export const editMessageText: Method = (args, api) => {
  const { text, entities } = composeText(sourceOf(args, 'text'), api.world.users);
  return change(args, api, (message) => {
    if (message.wire.text === undefined) throw badRequest('there is no text in the message to edit');
    return {
      text,
      entities: entities.length > 0 ? entities : undefined,
      link_preview_options: args.object('link_preview_options'),
    };
  });
};

export const editMessageCaption: Method = (args, api) => {
  const { caption, caption_entities } = captionIn(args, api);
  return change(args, api, ({ wire }) => {
    if (!wire.document && !wire.photo && !wire.voice) throw badRequest('there is no caption in the message to edit');
    return { caption, caption_entities };
  });
};

export const editMessageReplyMarkup: Method = (args, api) => change(args, api, () => ({}));

export const deleteMessage: Method = (args, api) => {
  const chat = writableChat(args, api);
  const message = namedMessage(args, api, chat, 'message to delete not found');
  const { world } = api;
  const mayDelete = chat.type === 'private' || chat.members.get(world.bot.id)?.canDeleteMessages;
  const isOthers = message.wire.from?.id !== world.bot.id;
  if (isOthers && !(mayDelete && (chat.type === 'private' || world.isAdmin(chat, world.bot.id)))) {
    throw badRequest("message can't be deleted");
  }
  if (world.seconds() - message.wire.date > DELETABLE_S) throw badRequest("message can't be deleted for everyone");
  api.conversations.remove(message);
  return true;
};

/** Edits one of the bot's own messages; a keyboard that is not given again goes away. */
function change(args: Args, api: Api, make: (message: TelegramMessage) => Change): Message {
  const chat = writableChat(args, api);
  const keyboard = inlineKeyboard(args.object('reply_markup'));
  spend(api, chat);
  const message = namedMessage(args, api, chat, 'message to edit not found');
  if (message.wire.from?.id !== api.world.bot.id) throw badRequest("message can't be edited");
  const changed = { ...make(message), reply_markup: keyboard };
  if (Object.entries(changed).every(([key, value]) => isSame(value, message.wire[key as keyof Message]))) {
    throw badRequest(NOT_MODIFIED);
  }
  api.conversations.edit(chat, message, changed);
  return message.wire;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
