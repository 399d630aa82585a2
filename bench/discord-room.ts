import { createDiscordSim, type DiscordMessage } from '../sim/discord/index.ts';
import type { Ledger } from './ledger.ts';
import type { Room } from './room.ts';

/** What stands at the end of a reply that still grows. */
const cursor = /▍(\n```)?$/;

/** A server in which each conversation is a thread; they share some channels. The miniature has Discord's limits. */
export async function openDiscordRoom(ledger: Ledger, channels: number): Promise<Room> {
  const discord = await createDiscordSim();
  const hear = ({ author, content, channelId, id }: DiscordMessage) => {
    if (author.id === discord.botUserId && !cursor.test(content)) ledger.heard(channelId, id, content);
  };
  discord.on('message', hear);
  discord.on('edit', hear);
  const person = discord.person('Ana');
  const places = Array.from({ length: channels }, (_, n) => discord.createChannel(`web-${n}`));
  const roots = new Map<number, string>();
  return {
    env: { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.apiUrl },
    owners: [`discord:${person.id}`],
    async say(nth, text) {
      const root = roots.get(nth);
      if (root === undefined)
        return void roots.set(nth, person.say(places[nth % channels] ?? '', text, { mention: true }).id);
      // Nobody can write in a thread that is not there yet: the bot opens it.
      const isOpen = () => discord.channels().some(({ id }) => id === root) || undefined;
      await discord.waitFor(isOpen, { timeoutMs: 60_000 });
      person.say(root, text);
    },
    violations: () => discord.limits.violations,
    close: () => discord.close(),
  };
}
