import { type DiscordMessage, renderMessage as renderDiscord } from '../../sim/discord/index.ts';
import { renderMessage, type SlackMessage } from '../../sim/slack/index.ts';
import { renderMessage as renderTelegram, type TelegramMessage } from '../../sim/telegram/index.ts';
import type { CommandIo } from '../command.ts';
import type { WideWorld } from './everywhere.ts';

/** Lines that say how long and how much so far. */
const clock = /^\s*\d+ (s|min), \$|\bfor \d+ s\b/;

/** Prints what each side sees, as it happens, with the seconds since the start. Answers how to end that. */
export function narrate(world: WideWorld, startedAt: number, io: CommandIo): () => void {
  let hasEnded = false;
  const { slack, github, channel, ana, telegram, discord } = world;
  const say = (where: string, text: string) => {
    if (hasEnded) return;
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(5);
    const [first = '', ...rest] = text.split('\n').filter((line) => line.trim() !== '');
    io.say(`${seconds}s ${where.padEnd(8)} ${first}`);
    for (const line of rest) io.say(`${' '.repeat(16)}${line}`);
  };
  const shown = new Map<string, string[]>();
  const place = (message: SlackMessage) => (message.channel === channel ? '#web' : 'DM');
  const who = (message: SlackMessage) => (message.user === ana.id ? 'Ana' : 'Mainloop');
  const tell = (id: string, where: string, whose: string, text: string) => {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const before = shown.get(id);
    shown.set(id, lines);
    // An edited card differs in a line or two; the clock alone is no news.
    const news = before ? lines.filter((line) => !before.includes(line) && !clock.test(line)) : lines;
    if (news.length === 0) return;
    say(where, before ? `${whose} edits “${lines[0]}”\n${news.join('\n')}` : `${whose}: ${lines.join('\n')}`);
  };
  const show = (message: SlackMessage) => {
    if (message.streaming_state === 'in_progress') return;
    const text = renderMessage(message).replaceAll(`@${slack.botUserId}`, '@mainloop');
    tell(`slack:${message.channel}:${message.ts}`, place(message), who(message), text);
  };
  slack.on('message', show);
  slack.on('edit', show);
  slack.on('stream', ({ op, message }) => op === 'stop' && show(message));
  slack.on('ephemeral', (message) => say(place(message), `Mainloop (only Ana sees this): ${renderMessage(message)}`));
  slack.on('reaction', ({ message, name, user, op }) => {
    if (op === 'add' && user === ana.id) say(place(message), `Ana reacts :${name}:`);
  });
  const onTelegram = (message: TelegramMessage) => {
    const whose = message.wire.from?.id === telegram.botId ? 'Mainloop' : 'Ana';
    tell(`telegram:${message.chat}:${message.id}`, 'Telegram', whose, renderTelegram(message));
  };
  telegram.on('message', onTelegram);
  telegram.on('edit', onTelegram);
  const onDiscord = (message: DiscordMessage) => {
    const whose = message.author.id === discord.botUserId ? 'Mainloop' : 'Ana';
    tell(`discord:${message.id}`, 'Discord', whose, renderDiscord(message));
  };
  discord.on('message', onDiscord);
  // The same card as in #web: that it ends the same way is enough.
  discord.on('edit', (message) => /is merged/.test(renderDiscord(message)) && onDiscord(message));
  github.on('issue', ({ number, action, by, title }) => say('GitHub', `${by} ${action} issue #${number}: ${title}`));
  github.on('pr', ({ number, action, by, title, draft, merged }) => {
    const deed = pullDeed(action, `${draft ? 'draft ' : ''}pull request #${number}`, merged);
    if (deed) say('GitHub', `${by} ${deed}: ${title}`);
  });
  github.on('push', ({ ref, after, by }) => {
    const branch = /^refs\/heads\/(.*)/.exec(ref)?.[1];
    // What is saved beside the branches is no news to a reader.
    if (branch) say('GitHub', `${by} pushed ${after.slice(0, 7)} to ${branch}`);
  });
  github.on('check', ({ name, conclusion }) => conclusion && say('GitHub', `check ${name}: ${conclusion}`));
  github.on('review', ({ number, by, state, body }) =>
    say('GitHub', `${by} reviewed #${number} (${state.toLowerCase()})${body && `: ${body}`}`),
  );
  github.on('comment', ({ number, by, action, body }) =>
    say('GitHub', `${by} ${action} a comment on #${number}: ${body.split('\n')[0]}`),
  );
  return () => {
    hasEnded = true;
  };
}

/** What a webhook's action means to a reader; null for what another line tells. */
function pullDeed(action: string, pull: string, merged: boolean): string | null {
  if (action === 'synchronize' || action === 'edited') return null;
  if (action === 'closed') return `${merged ? 'merged' : 'closed'} ${pull}`;
  if (action === 'ready_for_review') return `marked ${pull} as ready for review`;
  return `${action} ${pull}`;
}
