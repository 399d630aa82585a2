import type { BotCommand } from 'grammy/types';
import { badRequest } from '../errors.ts';
import type { Args } from '../request.ts';
import type { Method } from './method.ts';

const MAX_COMMANDS = 100;
const SCOPES = new Set([
  'default',
  'all_private_chats',
  'all_group_chats',
  'all_chat_administrators',
  'chat',
  'chat_administrators',
  'chat_member',
]);

export const setMyCommands: Method = (args, { world }) => {
  const commands = (args.list('commands') ?? []) as BotCommand[];
  if (commands.length > MAX_COMMANDS) throw badRequest('BOT_COMMANDS_TOO_MUCH');
  for (const { command, description } of commands) {
    if (!/^\/?[a-z0-9_]{1,32}$/.test(command)) throw badRequest('BOT_COMMAND_INVALID');
    if (description.length < 1 || description.length > 256) throw badRequest('BOT_COMMAND_DESCRIPTION_INVALID');
  }
  const plain = commands.map(({ command, description }) => ({ command: command.replace('/', ''), description }));
  world.commands.set(listKey(args), plain);
  return true;
};

export const getMyCommands: Method = (args, { world }) => world.commands.get(listKey(args)) ?? [];

export const deleteMyCommands: Method = (args, { world }) => {
  world.commands.delete(listKey(args));
  return true;
};

/** Each scope and language has a list of its own. */
function listKey(args: Args): string {
  const scope = args.object('scope') ?? { type: 'default' };
  if (!SCOPES.has(String(scope.type))) throw badRequest("can't parse BotCommandScope: Unsupported type specified");
  return [scope.type, scope.chat_id, scope.user_id, args.text('language_code')].join('|');
}
