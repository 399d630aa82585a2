import { EventEmitter } from 'node:events';
import { recorded, waitFor, watch } from '../watching.ts';
import { Answers } from './answers.ts';
import { CATEGORY, Channels, FORUM, REQUIRE_TAG, STAGE, TEXT, VOICE } from './channels.ts';
import { Faults } from './faults.ts';
import { Gateway } from './gateway/gateway.ts';
import { readsContent } from './gateway/intents.ts';
import { Interactions } from './interactions.ts';
import { listen } from './listen.ts';
import { Messages } from './messages.ts';
import type { PersonParts } from './onlooker.ts';
import { permissionBits } from './permissions.ts';
import { DiscordPerson } from './person.ts';
import { RateLimits } from './rate-limit.ts';
import type { Api } from './rest/route.ts';
import { createDiscordServer } from './server.ts';
import type { DiscordSim, DiscordSimOptions } from './sim.ts';
import { Threads } from './threads.ts';
import type { DiscordCall, DiscordDelivery, DiscordSimEvents, Json } from './types.ts';
import { Wire } from './wire.ts';
import { World } from './world.ts';

export type { PermissionName } from './permissions.ts';
export type { DiscordPerson, SayOptions } from './person.ts';
export { renderMessage } from './render.ts';
export type { ChannelOptions, DiscordSim, DiscordSimOptions } from './sim.ts';
export type * from './types.ts';

const KINDS = { text: TEXT, voice: VOICE, stage: STAGE, category: CATEGORY, forum: FORUM };

/** Starts Discord in miniature on 127.0.0.1: REST v10, gateway v10, attachments, and people. */
export async function createDiscordSim(options: DiscordSimOptions = {}): Promise<DiscordSim> {
  const watchers = new EventEmitter<DiscordSimEvents>();
  watchers.setMaxListeners(0);
  const clock = options.clock ?? Date.now;
  const token = options.token ?? 'miniature.discord.token';
  const privilegedIntents = options.privilegedIntents ?? ['MessageContent', 'GuildMembers'];
  const faults = new Faults();
  const limits = new RateLimits(clock);
  limits.enforce(options.rateLimits ?? true);
  const calls = recorded<DiscordCall>((record) => watchers.on('call', record));
  const deliveries = recorded<DiscordDelivery>((record) => watchers.on('delivery', record));
  const commands = new Map<string, Json[]>();

  let port = 0;
  const base = (): string => `http://127.0.0.1:${port}`;
  const gatewayUrl = (): string => `ws://127.0.0.1:${port}`;
  const world = new World({ clock, botName: options.botName ?? 'mainloop' });
  const home = world.addGuild(options.guild ?? 'Acme');
  const wire = new Wire(world, base);
  const server = createDiscordServer({ api: () => api, token, faults, watchers });
  const gateway = new Gateway(server, {
    world,
    wire,
    faults,
    watchers,
    token,
    privilegedIntents,
    heartbeatMs: options.heartbeatMs ?? 41_250,
    sessionLifetimeMs: options.sessionLifetimeMs ?? 120_000,
    url: gatewayUrl,
  });
  const told = { world, wire, gateway, watchers };
  const threads = new Threads(told);
  const channels = new Channels(told);
  const messages = new Messages({ ...told, threads });
  const interactions = new Interactions({ ...told, faults, deadlineMs: options.interactionDeadlineMs ?? 3_000 });
  const answers = new Answers({ world, wire, messages, interactions });
  const contentIntent = readsContent(privilegedIntents);
  const api: Api = { world, wire, messages, threads, channels, answers, limits, commands, contentIntent, gatewayUrl };
  const parts: PersonParts = { world, wire, messages, threads, channels, interactions, commands };
  const people = new Map<string, DiscordPerson>();
  port = await listen(server, options.port ?? 0);

  return {
    apiUrl: `${base()}/api`,
    port,
    token,
    botUserId: world.bot.id,
    botName: world.bot.username,
    guildId: home.id,
    createGuild: (name, o = {}) => {
      const guild = world.addGuild(name, true);
      if (!o.withoutBot) channels.join(guild, world.bot);
      return guild.id;
    },
    createChannel: (name, o = {}) => {
      const tags = (o.tags ?? []).map((tag) => ({ id: world.ids.next(), name: tag, moderated: false }));
      const flags = o.requireTag ? REQUIRE_TAG : 0;
      const where = { parentId: o.parent ?? null, topic: o.topic ?? null };
      const type = KINDS[o.kind ?? 'text'];
      return channels.create(world.guild(o.guild ?? home.id), { name, type, tags, flags, ...where }).id;
    },
    person: (name, o = {}) => {
      const known = people.get(name);
      if (known) return known;
      const person = new DiscordPerson(world.addUser(name, o.bot), parts);
      people.set(name, person);
      if (o.guild !== null) person.joinGuild(o.guild ?? home.id);
      return person;
    },
    permit: (channelId, { allow = [], deny = [], who = world.bot.id }) => {
      const type = world.users.has(who) ? 1 : 0;
      const bits = { allow: permissionBits(allow), deny: permissionBits(deny) };
      channels.overwrite(world.channel(channelId), { id: who, type, ...bits });
    },
    permitBot: (permissions, guildId = home.id) => {
      const role = world.guild(guildId).roles.find(({ name }) => name === world.bot.username);
      if (role) role.permissions = permissionBits(permissions);
    },
    kickBot: (guildId) => channels.leave(world.guild(guildId), world.bot),
    channel: (id) => world.channel(id),
    channels: (guildId = home.id) => [...world.channelsOf(guildId), ...world.threadsOf(guildId)],
    messages: (channelId) => [...world.channel(channelId).messages.values()].filter((one) => !one.ephemeralTo),
    ephemerals: (userId) =>
      [...world.channels.values()].flatMap((c) => [...c.messages.values()].filter((m) => m.ephemeralTo === userId)),
    commands: (guildId = '') => commands.get(guildId) ?? [],
    calls,
    deliveries,
    on: (event, listener) => watch(watchers, event, listener),
    waitFor,
    faults,
    limits,
    gateway,
    close: async () => {
      faults.clear();
      interactions.close();
      gateway.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
