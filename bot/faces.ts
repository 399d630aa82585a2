import type { Logger } from 'pino';
import type { Chat } from '../core/ports.ts';
import type { Config } from './config.ts';
import type { Mount, PartState } from './http.ts';

/** A chat platform that the settings switch on. */
export interface Face {
  /** As people write it. */
  readonly name: string;
  readonly chat: Chat;
  /** What it receives over HTTP. */
  readonly mounts: readonly Mount[];
  /**
   * Asks the platform whether the settings will do; answers who the bot is there. `note` takes what a person should know
   * though it keeps nothing from starting. @throws Failure that names the variable
   */
  check(note: (line: string) => void): Promise<string>;
}

/** One for each platform whose token is set. The libraries of the others are not even loaded: each would make every start longer. */
export async function faces(config: Config, log: Logger): Promise<Face[]> {
  const all = await Promise.all([
    slackFace(config, log),
    discordFace(config, log),
    telegramFace(config, log),
    terminalFace(config),
  ]);
  return all.filter((face) => face !== null);
}

/** Each face's part of `/readyz`. */
export const faceStates = (all: readonly Face[]): Record<string, PartState> =>
  Object.fromEntries(all.map(({ chat }) => [chat.platform, stateOf(chat)]));

async function slackFace({ slack }: Config, log: Logger): Promise<Face | null> {
  if (!slack) return null;
  const { createSlack } = await import('../adapters/slack/index.ts');
  const chat = createSlack({ ...slack, log: log.child({ part: 'slack' }) });
  return {
    name: 'Slack',
    chat,
    mounts: chat.handler ? [{ path: '/slack/events', handler: chat.handler }] : [],
    async check() {
      const { names } = await chat.check();
      return `@${names.bot} in ${names.team}`;
    },
  };
}

async function discordFace({ discord }: Config, log: Logger): Promise<Face | null> {
  if (!discord) return null;
  const { createDiscord } = await import('../adapters/discord/index.ts');
  const chat = createDiscord({ ...discord, log: log.child({ part: 'discord' }) });
  return {
    name: 'Discord',
    chat,
    mounts: [],
    async check(note) {
      const { bot, servers, lacking, invitation } = await chat.check();
      for (const line of lacking) note(line);
      if (servers.length > 0) return `${bot} in ${servers.join(', ')}`;
      note(`The bot is in no server yet. Add it: ${invitation}`);
      return `${bot}, in no server yet`;
    },
  };
}

async function terminalFace({ terminal }: Config): Promise<Face | null> {
  if (!terminal) return null;
  const { createTerminal } = await import('../adapters/terminal/index.ts');
  const chat = createTerminal({ ...terminal, input: process.stdin, output: process.stdout });
  return { name: 'Terminal', chat, mounts: [], check: async () => `${terminal.user}, right here` };
}

async function telegramFace({ telegram, publicUrl }: Config, log: Logger): Promise<Face | null> {
  if (!telegram) return null;
  const { createTelegram } = await import('../adapters/telegram/index.ts');
  const { webhookSecret: secret, ...access } = telegram;
  const path = '/telegram/webhook';
  const webhook = secret === undefined ? undefined : { url: publicUrl + path, secret };
  const chat = createTelegram({ ...access, webhook, log: log.child({ part: 'telegram' }) });
  return {
    name: 'Telegram',
    chat,
    mounts: chat.handler ? [{ path, handler: chat.handler, maxBytes: 2 ** 20 }] : [],
    async check() {
      const { username, privacy, topics } = await chat.check();
      const hears = privacy ? 'in groups it hears what names it (privacy mode)' : 'hears all that groups say';
      return `@${username}, ${webhook ? 'called by webhook' : 'polls'}, ${hears}${topics ? ', topics in private chats' : ''}`;
    },
  };
}

function stateOf(chat: Chat): PartState {
  const { connected, detail } = chat.health();
  return { ok: connected, ...(detail === undefined ? {} : { detail }) };
}
