import { Client, type ClientOptions, Events, GatewayIntentBits, Partials, REST } from 'discord.js';
import { onTestFinished } from 'vitest';
import { createDiscordSim, type DiscordSim, type DiscordSimOptions } from './index.ts';

const INTENTS = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMembers,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.GuildMessageReactions,
  GatewayIntentBits.GuildMessageTyping,
  GatewayIntentBits.MessageContent,
  GatewayIntentBits.DirectMessages,
  GatewayIntentBits.DirectMessageReactions,
];

/** A miniature that ends with the test; without rate limits unless asked for. */
export async function startSim(options: DiscordSimOptions = {}): Promise<DiscordSim> {
  const sim = await createDiscordSim({ rateLimits: false, ...options });
  onTestFinished(() => sim.close());
  return sim;
}

/** A client of discord.js, not yet logged in; it stops before the miniature does. */
export function newClient(sim: DiscordSim, options: Partial<ClientOptions> = {}): Client {
  const { rest, ...more } = options;
  const client = new Client({
    intents: INTENTS,
    partials: [Partials.Channel, Partials.Message, Partials.Reaction],
    rest: { api: sim.apiUrl, retries: 0, timeout: 1_000, ...rest },
    // The library waits five seconds between two IDENTIFYs; the miniature does not ask for it.
    ws: { buildIdentifyThrottler: async () => ({ waitForIdentify: async () => undefined }) },
    ...more,
  });
  onTestFinished(() => client.destroy());
  return client;
}

/** A client that is logged in and has its guilds. */
export async function readyClient(sim: DiscordSim, options: Partial<ClientOptions> = {}): Promise<Client<true>> {
  const client = newClient(sim, options);
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(sim.token);
  return ready;
}

/** discord.js' REST client alone: neither retries nor waits for rate limits, unless told otherwise. */
export function restClient(sim: DiscordSim, options: NonNullable<ClientOptions['rest']> = {}): REST {
  const rest = new REST({ api: sim.apiUrl, retries: 0, timeout: 1_000, rejectOnRateLimit: () => true, ...options });
  return rest.setToken(sim.token);
}
