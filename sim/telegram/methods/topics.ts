import { badRequest } from '../errors.ts';
import type { Args } from '../request.ts';
import type { TelegramChat, TelegramTopic } from '../types.ts';
import { type Api, type Method, spend, writableChat } from './method.ts';

export const createForumTopic: Method = (args, api) => {
  const chat = writableChat(args, api);
  if (api.world.hasTopics(chat)) mustManage(chat, api, 'not enough rights to create a topic');
  spend(api, chat);
  const color = args.optionalInteger('icon_color');
  const topic = api.topics.create(chat, api.world.bot, args.text('name') ?? '', color);
  return { message_thread_id: topic.id, name: topic.name, icon_color: topic.iconColor };
};

export const editForumTopic: Method = (args, api) => {
  const { chat, topic } = named(args, api, 'not enough rights to edit the topic');
  spend(api, chat);
  const name = args.text('name');
  if (name !== undefined && name !== '') api.topics.rename(chat, api.world.bot, topic, name);
  return true;
};

export const closeForumTopic: Method = (args, api) => toggle(args, api, true);

export const reopenForumTopic: Method = (args, api) => toggle(args, api, false);

export const deleteForumTopic: Method = (args, api) => {
  const { chat, topic } = named(args, api, 'not enough rights to delete the topic');
  api.topics.remove(chat, topic);
  return true;
};

function toggle(args: Args, api: Api, closed: boolean): true {
  const { chat, topic } = named(args, api, 'not enough rights to edit the topic');
  if (chat.type === 'private') throw badRequest('the chat is not a forum');
  spend(api, chat);
  api.topics.toggle(chat, api.world.bot, topic, closed);
  return true;
}

function named(args: Args, api: Api, refusal: string): { chat: TelegramChat; topic: TelegramTopic } {
  const chat = writableChat(args, api);
  if (!api.world.hasTopics(chat)) throw badRequest('the chat is not a forum');
  const topic = api.topics.find(chat, args.integer('message_thread_id', 'message thread identifier is not specified'));
  if (topic.deleted) throw badRequest('message thread not found');
  mustManage(chat, api, refusal);
  return { chat, topic };
}

function mustManage(chat: TelegramChat, { world }: Api, refusal: string): void {
  if (chat.type === 'private') return;
  if (!world.isAdmin(chat, world.bot.id) || !chat.members.get(world.bot.id)?.canManageTopics) throw badRequest(refusal);
}
