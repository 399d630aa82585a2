import { createDiscordSim, type DiscordPerson, type DiscordSim } from '../../sim/discord/index.ts';
import { createTelegramSim, type TelegramPerson, type TelegramSim } from '../../sim/telegram/index.ts';
import { repository } from './repository.ts';
import { until } from './until.ts';
import { createWorld, type World } from './world.ts';

/** The world of the demo: beside Slack and GitHub, Ana has Telegram on her phone and her team a Discord server. */
export interface WideWorld extends World {
  readonly telegram: TelegramSim;
  readonly discord: DiscordSim;
  readonly anaOnTelegram: TelegramPerson;
  readonly anaOnDiscord: DiscordPerson;
}

/** @param clock see {@link createWorld} */
export async function createWideWorld(port: number, clock: () => number = Date.now): Promise<WideWorld> {
  const [world, telegram, discord] = await Promise.all([
    createWorld(port, clock),
    createTelegramSim({ clock }),
    createDiscordSim({ clock }),
  ]);
  return {
    ...world,
    telegram,
    discord,
    anaOnTelegram: telegram.person('Ana'),
    anaOnDiscord: discord.person('Ana'),
    environment: (own) => ({
      ...world.environment(own),
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_URL: telegram.apiRoot,
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.apiUrl,
    }),
    async close() {
      await Promise.all([world.close(), telegram.close(), discord.close()]);
    },
  };
}

const patient = { timeoutMs: 60_000 };

/**
 * What happens before the story: Ana's accounts on Telegram and Discord become hers by codes that Slack shows her, asks
 * shall come to Telegram, and the project gets a channel of its own on Discord.
 */
export async function introduce(world: WideWorld): Promise<void> {
  const { slack, ana, channel, anaOnTelegram, discord, anaOnDiscord } = world;
  await anaOnTelegram.start(await linkCode(world, 1));
  await anaOnTelegram.waitFor(anaOnTelegram.id, 'This account is Ana now', patient);
  anaOnDiscord.dm(await linkCode(world, 2));
  await anaOnDiscord.waitFor(anaOnDiscord.dmChannel(), /This account is Ana now/, patient);
  await ana.command('/mainloop', 'inbox via telegram', channel);
  await until('the answer', () => slack.ephemerals(ana.id).find(({ text }) => /Telegram/.test(text ?? '')));
  await until('the commands on Discord', () => discord.commands(discord.guildId).length > 0 || undefined);
  const general = discord.createChannel('general');
  await anaOnDiscord.command(general, 'mainloop project new', { repository });
  await until('the channel of the project', () => projectChannel(world));
}

/** The project's own channel on Discord, once there is one. */
export const projectChannel = ({ discord }: WideWorld) =>
  discord.channels().find(({ name }) => name === repository.replace('/', '-'));

/** The code that Slack shows for one more account; `nth` counts them. */
async function linkCode({ slack, ana, channel }: WideWorld, nth: number): Promise<string> {
  await ana.command('/mainloop', 'link', channel);
  const codes = () => slack.ephemerals(ana.id).flatMap(({ text }) => /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(text ?? '') ?? []);
  return until('a code', () => codes()[nth - 1]);
}
