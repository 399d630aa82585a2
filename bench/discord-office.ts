import { createDiscordSim } from '../sim/discord/index.ts';
import type { Office, OfficePlatform } from './office.ts';

export const discordOffice: OfficePlatform = {
  library: 'discord.js',
  bareBot: new URL('bare-discord.ts', import.meta.url),
  open: openDiscord,
};

/** A server with one channel. A thread has the id of the message that it was opened on, and a reply names that message. */
async function openDiscord(): Promise<Office> {
  // The bare bot answers in the channel itself, more often than Discord takes messages there.
  const discord = await createDiscordSim({ rateLimits: false });
  const person = discord.person('Ana');
  const channel = discord.createChannel('web');
  return {
    env: { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.apiUrl, OWNERS: `discord:${person.id}` },
    onCall: (hear) =>
      discord.on('call', ({ path, body }) => {
        const { message_id: repliedTo = '' } = (body.message_reference ?? {}) as { message_id?: string };
        hear([...path.split('/'), repliedTo]);
      }),
    greet: async () => person.say(channel, 'hello', { mention: true }).id,
    close: () => discord.close(),
  };
}
