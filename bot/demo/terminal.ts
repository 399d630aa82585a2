import { createInterface } from 'node:readline/promises';
import { renderMessage, type SlackMessage } from '../../sim/slack/index.ts';
import type { CommandIo } from '../command.ts';
import type { BotProcess } from './bot-process.ts';
import type { World } from './world.ts';

const usage = [
  'Type to talk to Mainloop as Ana, in a new thread of #web. Or:',
  '  /t TEXT        say it in the last thread',
  '  /dm TEXT       say it in the DM',
  '  /mainloop …    the slash command, e.g. /mainloop why #1',
  '  /press N       press button N of the last card (as numbered above)',
  '  /react +1      react to the last card',
  '  /merge         merge the newest pull request on GitHub',
  '  /kill /start   kill -9 the bot, start it again: it goes on where it was',
  '  /quit',
].join('\n');

/** Lets a person go on where the story ended, until they leave. */
export async function converse(world: World, bot: BotProcess, io: CommandIo): Promise<void> {
  const { slack, github, ana, channel } = world;
  const dm = await ana.dm();
  let thread: string | undefined;
  const cards = () =>
    [...slack.messages(channel), ...slack.messages(dm), ...slack.ephemerals(ana.id)].filter(
      (m) => m.user === slack.botUserId && !m.deleted,
    );
  const lastCard = (): SlackMessage | undefined =>
    cards()
      .sort((a, b) => Number(a.ts) - Number(b.ts))
      .findLast((message) => /^\s*\d+:\[/m.test(renderMessage(message)));

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
      return ana.press(card, { number: Number(number) });
    },
    react: async (emoji) => {
      const card = lastCard();
      return card ? ana.react(card.channel, card.ts, emoji || '+1') : io.say('There is no card.');
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
