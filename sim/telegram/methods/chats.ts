import { badRequest } from '../errors.ts';
import { fileOf, MAX_DOWNLOAD_BYTES } from '../files.ts';
import type { TelegramMember } from '../types.ts';
import { wireChat, wireMember } from '../wire.ts';
import { type Method, writableChat } from './method.ts';

const STRANGER: TelegramMember = { status: 'left', anonymous: false, canManageTopics: false, canDeleteMessages: false };

export const getMe: Method = (_args, { world, feed }) => ({
  ...world.bot,
  can_join_groups: true,
  can_read_all_group_messages: !feed.settings.privacy,
  supports_guest_queries: false,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
  has_topics_enabled: world.privateTopics,
  allows_users_to_create_topics: world.privateTopics,
  can_manage_bots: false,
  supports_join_request_queries: false,
});

export const getChat: Method = (args, api) => ({
  ...wireChat(writableChat(args, api)),
  accent_color_id: 0,
  max_reaction_count: 11,
});

export const getChatMember: Method = (args, api) => {
  const chat = writableChat(args, api);
  const user = api.world.users.get(args.integer('user_id', 'invalid user_id specified'));
  if (!user) throw badRequest('PARTICIPANT_ID_INVALID');
  return wireMember(user, chat.members.get(user.id) ?? STRANGER);
};

export const leaveChat: Method = (args, api) => {
  const chat = writableChat(args, api);
  const { bot } = api.world;
  if (chat.type === 'private') throw badRequest("chat member status can't be changed in private chats");
  const before = chat.members.get(bot.id) ?? STRANGER;
  chat.members.set(bot.id, STRANGER);
  api.feed.membership(chat, bot, bot, before, STRANGER);
  return true;
};

export const getFile: Method = (args, { world }) => {
  const file = fileOf(world, args.text('file_id') ?? '');
  if (file.content.length > MAX_DOWNLOAD_BYTES) throw badRequest('file is too big');
  const { fileId, uniqueId, path, content } = file;
  return { file_id: fileId, file_unique_id: uniqueId, file_size: content.length, file_path: path };
};
