/** The program with Discord as its only face, and one short project, for tests that look at it from outside. */
import type { Brain } from '../../sim/anthropic/index.ts';
import {
  createDiscordSim,
  type DiscordMessage,
  type DiscordPerson,
  type DiscordSim,
  renderMessage,
} from '../../sim/discord/index.ts';
import { model, openQuickHouse } from '../faults/testing.ts';
import type { House } from './house.ts';

export interface DiscordHouse extends House {
  readonly sim: DiscordSim;
  /** The owner. */
  readonly ana: DiscordPerson;
  readonly web: string;
  /** What the bot shows in a channel or thread now; nothing where there is none. */
  shown(channel: string, text?: RegExp): DiscordMessage[];
  /** Waits for the last such message. */
  showing(channel: string, text: RegExp): Promise<DiscordMessage>;
  /** Runs a slash command; answers what its person reads. */
  command(who: DiscordPerson, channel: string, path: string, options?: Record<string, string>): Promise<string>;
  /** What a person reads alone after doing something. */
  told(who: DiscordPerson, act: () => Promise<unknown>): Promise<string>;
}

export async function openDiscordHouse(brain: Brain = model()): Promise<DiscordHouse> {
  const sim = await createDiscordSim();
  const ana = sim.person('Ana');
  const web = sim.createChannel('web');
  const noSlack = { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '' };
  const discord = { DISCORD_TOKEN: sim.token, DISCORD_API_URL: sim.apiUrl, OWNERS: `discord:${ana.id}` };
  const house = await openQuickHouse(brain, { env: { ...noSlack, ...discord } });
  for (const where of ['', sim.guildId])
    await house.until('the commands', () => sim.commands(where).length || undefined);

  const shown = (id: string, text = /./): DiscordMessage[] =>
    [...sim.channels(), ana.dmChannel()]
      .filter((channel) => channel.id === id)
      .flatMap((channel) => sim.messages(channel.id))
      .filter((one) => one.author.id === sim.botUserId && !one.deleted && text.test(renderMessage(one)));
  const told = async (who: DiscordPerson, act: () => Promise<unknown>): Promise<string> => {
    const before = new Set(sim.ephemerals(who.id));
    await act();
    const isNew = (one: DiscordMessage) => !before.has(one) && !renderMessage(one).includes('is thinking');
    const message = await house.until('a private answer', () => sim.ephemerals(who.id).find(isNew));
    return renderMessage(message);
  };
  return {
    ...house,
    ...{ sim, ana, web, shown, told },
    showing: (channel, text) => house.until(`${text} in ${channel}`, () => shown(channel, text).at(-1), 60_000),
    command: (who, channel, path, options = {}) => told(who, () => who.command(channel, `mainloop ${path}`, options)),
    async close() {
      await house.close();
      await sim.close();
    },
  };
}
