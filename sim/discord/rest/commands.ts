import { refuse } from '../errors.ts';
import { isJson } from '../json.ts';
import type { Json } from '../types.ts';
import { checkCommands } from '../validate/commands.ts';
import { guildOf } from './guilds.ts';
import { type Api, type Call, invalid, ok, type Reply, type Routes } from './route.ts';

const MAX_COMMANDS = 100;

export const commandRoutes: Routes = {
  'GET /applications/:application/commands': (call, api) => list(call, api, ''),
  'PUT /applications/:application/commands': (call, api) => overwrite(call, api, ''),
  'GET /applications/:application/guilds/:guild/commands': (call, api) => list(call, api, guildOf(call, api).id),
  'PUT /applications/:application/guilds/:guild/commands': (call, api) => overwrite(call, api, guildOf(call, api).id),
};

function list(call: Call, api: Api, key: string): Reply {
  refuseOthers(call, api);
  return ok(api.commands.get(key) ?? []);
}

/** Bulk overwrite: what is not in the body is gone; what keeps its name keeps its id. */
function overwrite(call: Call, api: Api, key: string): Reply {
  refuseOthers(call, api);
  const { raw } = call;
  if (!Array.isArray(raw)) throw invalid('_errors', 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
  if (raw.length > MAX_COMMANDS) {
    throw invalid('_errors', 'APPLICATION_COMMAND_TOO_MANY', `Maximum number of commands is ${MAX_COMMANDS}`);
  }
  checkCommands(raw);
  const old = api.commands.get(key) ?? [];
  const commands = raw.filter(isJson).map((command): Json => {
    const { type = 1 } = command;
    const known = old.find((one) => one.name === command.name && one.type === type);
    return {
      default_member_permissions: null,
      nsfw: false,
      contexts: null,
      description: '',
      ...command,
      type,
      id: known?.id ?? api.world.ids.next(),
      application_id: api.world.bot.id,
      version: api.world.ids.next(),
      ...(key === '' ? {} : { guild_id: key }),
    };
  });
  api.commands.set(key, commands);
  return ok(commands);
}

/** @throws DiscordApiError 10002 for another application */
function refuseOthers(call: Call, { world }: Api): void {
  if (call.id('application') !== world.bot.id) throw refuse(10002);
}
