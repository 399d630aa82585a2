import { createDiscordSim, renderMessage as renderDiscord } from '../sim/discord/index.ts';
import { createGitHubSim } from '../sim/github/index.ts';
import { createSlackSim, renderMessage as renderSlack } from '../sim/slack/index.ts';
import { createTelegramSim, renderMessage as renderTelegram, type TelegramMessage } from '../sim/telegram/index.ts';
import { repository } from './core.ts';
import type { FanoutInput } from './fanout-process.ts';

/** One ask where its person sees it: a card in three private chats, and the text of the issue. */
export interface Copies {
  /** The one that is answered. */
  readonly telegram: TelegramMessage;
  /** The others, as {@link Surfaces.onEdit} names them. */
  readonly others: readonly string[];
}

/** Slack, Discord, Telegram and GitHub in miniature with one person on all of them. */
export interface Surfaces {
  readonly env: Readonly<Record<string, string>>;
  readonly input: FanoutInput;
  /** The copies of the ask of a task; undefined until all are there. */
  copiesOf(task: number): Copies | undefined;
  /** Tells the name of each copy that the bot edits. */
  onEdit(hear: (name: string) => void): () => void;
  /** Approves the plan; resolves when Telegram shows that the press was taken. */
  approve(card: TelegramMessage): Promise<unknown>;
  close(): Promise<void>;
}

/** The tasks were asked for in a Discord channel, a thread each. */
export async function openSurfaces(tasks: number): Promise<Surfaces> {
  const [slack, discord, telegram, github] = await Promise.all([
    createSlackSim(),
    createDiscordSim(),
    createTelegramSim(),
    createGitHubSim(),
  ]);
  // Tier 3, the one limit of Slack that edits fall under.
  slack.limit('chat.update', { perMinute: 50 });
  await github.createRepo(repository, { files: { 'NOTES.md': '# Notes\n' } });
  const ana = { slack: slack.person('Ana'), discord: discord.person('Ana'), telegram: telegram.person('Ana') };
  await ana.telegram.unblock();
  const dm = await ana.slack.dm();
  const channel = discord.createChannel('web');
  const places = Array.from({ length: tasks }, () => {
    const { id: thread } = ana.discord.say(channel, 'Add a note');
    return { platform: 'discord', space: discord.guildId, channel, thread, dm: false };
  });
  const account = { name: 'Ana', bot: false };
  const asks = (text: string, task: number) => text.includes(`#${task} wants you to read its plan`);
  return {
    env: {
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.apiUrl,
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_URL: telegram.apiRoot,
      GITHUB_TOKEN: github.token,
      GITHUB_API_URL: github.apiUrl,
      GITHUB_URL: github.url,
    },
    input: {
      accounts: [
        { ...account, platform: 'slack', space: slack.teamId, id: ana.slack.id },
        { ...account, platform: 'discord', space: '', id: ana.discord.id },
        { ...account, platform: 'telegram', space: '', id: String(ana.telegram.id) },
      ],
      places,
    },
    copiesOf(task) {
      const onSlack = slack.messages(dm).find((message) => asks(renderSlack(message), task));
      const onDiscord = discord
        .messages(ana.discord.dmChannel().id)
        .find((message) => asks(renderDiscord(message), task));
      const onTelegram = telegram.messages(ana.telegram.id).find((message) => asks(renderTelegram(message), task));
      const issue = github.issues(repository).find(({ body }) => body?.includes(`/${task} -->`));
      if (!onSlack || !onDiscord || !onTelegram || !issue) return undefined;
      const others = [`slack ${onSlack.ts}`, `discord ${onDiscord.id}`, `github ${issue.number}`];
      return { telegram: onTelegram, others };
    },
    onEdit(hear) {
      const stops = [
        slack.on('edit', ({ ts }) => hear(`slack ${ts}`)),
        discord.on('edit', ({ id }) => hear(`discord ${id}`)),
        github.on('issue', ({ number }) => hear(`github ${number}`)),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
    approve: (card) => ana.telegram.press(card, 'Approve plan'),
    async close() {
      await Promise.all([slack.close(), discord.close(), telegram.close(), github.close()]);
    },
  };
}
