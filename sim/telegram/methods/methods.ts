import { getChat, getChatMember, getFile, getMe, leaveChat } from './chats.ts';
import { deleteMyCommands, getMyCommands, setMyCommands } from './commands.ts';
import { deleteMessage, editMessageCaption, editMessageReplyMarkup, editMessageText } from './edit.ts';
import { answerCallbackQuery, sendChatAction, sendMessageDraft, setMessageReaction } from './interactions.ts';
import type { Method } from './method.ts';
import { sendDocument, sendMessage, sendPhoto, sendVoice } from './send.ts';
import { closeForumTopic, createForumTopic, deleteForumTopic, editForumTopic, reopenForumTopic } from './topics.ts';
import { deleteWebhook, getUpdates, getWebhookInfo, setWebhook } from './updates.ts';

const METHODS: Record<string, Method> = {
  answerCallbackQuery,
  closeForumTopic,
  createForumTopic,
  deleteForumTopic,
  deleteMessage,
  deleteMyCommands,
  deleteWebhook,
  editForumTopic,
  editMessageCaption,
  editMessageReplyMarkup,
  editMessageText,
  getChat,
  getChatMember,
  getFile,
  getMe,
  getMyCommands,
  getUpdates,
  getWebhookInfo,
  leaveChat,
  reopenForumTopic,
  sendChatAction,
  sendDocument,
  sendMessage,
  sendMessageDraft,
  sendPhoto,
  sendVoice,
  setMessageReaction,
  setMyCommands,
  setWebhook,
};
const BY_LOWER_NAME = new Map(Object.entries(METHODS).map(([name, method]) => [name.toLowerCase(), method]));

/** The method of that name, in any case. */
export function methodNamed(name: string): Method | undefined {
  return BY_LOWER_NAME.get(name.toLowerCase());
}
