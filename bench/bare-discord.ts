/** The least that a Discord bot does: discord.js on the gateway, an echo as a reply. A baseline of `turn`. */
import { Client, Events, GatewayIntentBits } from 'discord.js';

const { Guilds, GuildMessages, MessageContent } = GatewayIntentBits;
const client = new Client({
  intents: [Guilds, GuildMessages, MessageContent],
  rest: { api: process.env.DISCORD_API_URL ?? '' },
});
client.on(Events.MessageCreate, (message) => {
  if (!message.author.bot) void message.reply(message.content);
});
client.once(Events.ClientReady, () => process.send?.({ type: 'ready' }));
await client.login(process.env.DISCORD_TOKEN);
