import { refuse } from '../errors.ts';
import { needInGuild, permissionsInGuild } from '../permissions.ts';
import type { DiscordGuild } from '../types.ts';
import { type Api, type Call, nothing, ok, type Routes } from './route.ts';

export const guildRoutes: Routes = {
  'GET /gateway': (_call, api) => ok({ url: api.gatewayUrl() }),

  'GET /gateway/bot': (_call, api) =>
    ok({
      url: api.gatewayUrl(),
      shards: 1,
      session_start_limit: { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 1 },
    }),

  'GET /users/@me': (_call, { wire, world }) => ok(wire.user(world.bot)),

  'GET /users/:user': (call, { wire, world }) => ok(wire.user(world.user(call.id('user')))),

  'GET /users/@me/guilds': (_call, { world }) => {
    const mine = [...world.guilds.values()].filter(({ members }) => members.has(world.bot.id));
    const granted = (guildId: string): string => String(permissionsInGuild(world, world.bot.id, guildId));
    return ok(
      mine.map(({ id, name }) => {
        return { id, name, icon: null, owner: false, permissions: granted(id), features: [] };
      }),
    );
  },

  'DELETE /users/@me/guilds/:guild': (call, api) => {
    api.channels.leave(guildOf(call, api), api.world.bot);
    return nothing();
  },

  /** Opens the direct conversation; whether anything can be said in it shows later. */
  'POST /users/@me/channels': (call, { wire, world }) => {
    const user = world.user(String(call.body.recipient_id));
    return ok(wire.channel(world.direct(world.bot.id, user.id)));
  },

  'GET /applications/@me': (_call, api) => ok(application(api)),
  'GET /oauth2/applications/@me': (_call, api) => ok(application(api)),

  'GET /guilds/:guild': (call, api) => ok(api.wire.guild(guildOf(call, api))),
  'GET /guilds/:guild/roles': (call, api) => ok(api.wire.guild(guildOf(call, api)).roles),

  'GET /guilds/:guild/members': (call, api) => {
    const after = call.query.get('after') ?? '0';
    const members = [...guildOf(call, api).members.values()].filter(({ user }) => BigInt(user.id) > BigInt(after));
    return ok(members.slice(0, call.limit(1, 1000)).map((member) => api.wire.memberWithUser(member)));
  },

  'GET /guilds/:guild/members/:user': (call, api) => {
    const member = guildOf(call, api).members.get(call.id('user'));
    if (!member) throw refuse(10007);
    return ok(api.wire.memberWithUser(member));
  },
};

/** The guild of the path. @throws DiscordApiError 10004, 50001 where the bot is not */
export function guildOf(call: Call, { world }: Api): DiscordGuild {
  const guild = world.guild(call.id('guild'));
  needInGuild(world, world.bot.id, guild.id, 'ViewChannel');
  return guild;
}

/** GATEWAY_MESSAGE_CONTENT_LIMITED: the intent is switched on, of an app in fewer than a hundred guilds. */
const MAY_READ_CONTENT = 1 << 19;

function application({ wire, world, contentIntent }: Api): Record<string, unknown> {
  const bot = wire.user(world.bot);
  const { id, username: name } = bot;
  const flags = contentIntent === 0 ? 0 : MAY_READ_CONTENT;
  return { id, name, icon: null, description: '', bot_public: false, bot_require_code_grant: false, flags, bot };
}
