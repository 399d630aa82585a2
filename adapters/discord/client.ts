import { Client, GatewayIntentBits, Options, Partials } from 'discord.js';

const INTENTS = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.MessageContent,
  GatewayIntentBits.GuildMessageReactions,
  GatewayIntentBits.DirectMessages,
  GatewayIntentBits.DirectMessageReactions,
];

/** A client for the gateway alone. It keeps next to nothing, since nothing is read from what it keeps. */
export function createClient({ apiUrl, timeoutMs }: { apiUrl: string; timeoutMs: number }): Client {
  return new Client({
    intents: INTENTS,
    partials: [Partials.Channel, Partials.Message, Partials.Reaction, Partials.User, Partials.ThreadMember],
    rest: { api: apiUrl, timeout: timeoutMs, retries: 0 },
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      ReactionManager: 0,
      ReactionUserManager: 0,
      PresenceManager: 0,
      ThreadMemberManager: 0,
    }),
  });
}
