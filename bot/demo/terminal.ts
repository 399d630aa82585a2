import { createInterface } from 'node:readline/promises';
import { renderMessage, type SlackMessage } from '../../sim/slack/index.ts';
import type { TelegramMessage } from '../../sim/telegram/index.ts';
import type { CommandIo } from '../command.ts';
import type { BotProcess } from './bot-process.ts';
import type { WideWorld } from './everywhere.ts';

const usage = [
  'Type to talk to Mainloop as Ana, in a new thread of #web. Or:',
  '  /t TEXT        say it in the last thread',
  '  /dm TEXT       say it in the DM',
  '  /mainloop …    the slash command, e.g. /mainloop why #1',
  '  /press N       press button N of the last card (as numbered above), on Slack or Telegram',
  '  /react +1      react to the last card',
  '  /merge         merge the newest pull request on GitHub',
  '  /kill /start   kill -9 the bot, start it again: it goes on where it was',
  '  /quit',
].join('\n');

interface Card {
  press(number: number): Promise<unknown>;
  react(emoji: string): Promise<unknown>;
}

/** The cards with buttons as they stand, on Slack and Telegram, the one that was printed last at the end. */
function watchCards({ slack, ana, telegram, anaOnTelegram }: WideWorld): () => Card | undefined {
  const cards = new Map<string, Card>();
  const see = (id: string, hasButtons: boolean, card: Card) => {
    cards.delete(id);
    if (hasButtons) cards.set(id, card);
  };
  const onSlack = (message: SlackMessage) =>
    see(`slack:${message.ts}`, /^\s*\d+:\[/m.test(renderMessage(message)), {
      press: (number) => ana.press(message, { number }),
      react: (emoji) => ana.react(message.channel, message.ts, emoji || '+1'),
    });
  for (const event of ['message', 'edit', 'ephemeral'] as const) slack.on(event, onSlack);
  const onTelegram = (message: TelegramMessage) => {
    const buttons = message.wire.reply_markup?.inline_keyboard.flat() ?? [];
    see(`telegram:${message.id}`, buttons.length > 0, {
      press: async (number) => anaOnTelegram.press(message, buttons[number - 1]?.text ?? ''),
      react: (emoji) => anaOnTelegram.react(message, emoji.replace(/^(?:\+1)?$/, '👍')),
    });
  };
  for (const event of ['message', 'edit'] as const) telegram.on(event, onTelegram);
  return () => [...cards.values()].at(-1);
}

/** Lets a person go on where the story ended, until they leave. */
export async function converse(world: WideWorld, bot: BotProcess, io: CommandIo): Promise<void> {
  const { slack, github, ana, channel } = world;
  const dm = await ana.dm();
  let thread: string | undefined;
  const lastCard = watchCards(world);

  const deeds: Record<string, (rest: string) => Promise<unknown>> = {
    t: async (text) => ana.say(channel, text, thread ? { threadTs: thread } : {}),
    dm: (text) => ana.say(dm, text),
    mainloop: async (text) => {
      const { replies } = await ana.command('/mainloop', text, channel);
      return replies;
    },
    press: async (number) => {
      const card = lastCard();
      if (!card) return io.say('There is no card with buttons.');
      if (!/^\d+$/.test(number)) return io.say('Which button? Say its number, e.g. /press 1');
      return card.press(Number(number));
    },
    react: async (emoji) => {
      const card = lastCard();
      return card ? card.react(emoji) : io.say('There is no card.');
    },
    merge: async () => {
      const pull = github.prs('acme/web').at(-1);
      return pull ? world.anaOnGitHub.merge('acme/web', pull.number) : io.say('There is no pull request.');
    },
    kill: async () => {
      await bot.kill();
      io.say('The bot is dead. What you say now waits; /start brings it back.');
    },
    start: async () => {
      await bot.start();
      io.say('The bot is up again.');
    },
  };

  io.say(`\n${usage}\n`);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  for await (const line of lines) {
    const text = line.trim();
    if (text === '/quit') break;
    const [, name = '', rest = ''] = /^\/(\w+)\s*([\s\S]*)$/.exec(text) ?? [];
    try {
      if ((name === 't' || name === 'dm') && rest === '') io.say('Say something behind it.');
      else if (name && deeds[name]) await deeds[name](rest);
      else if (name) io.say(usage);
      else if (text) thread = await ana.say(channel, `<@${slack.botUserId}> ${text}`);
    } catch (error) {
      io.say(error instanceof Error ? error.message : String(error));
    }
  }
  lines.close();
}
