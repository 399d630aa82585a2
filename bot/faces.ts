import type { Logger } from 'pino';
import { createDiscord } from '../adapters/discord/index.ts';
import { createSlack } from '../adapters/slack/index.ts';
import { createTelegram } from '../adapters/telegram/index.ts';
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
  /** Asks the platform whether the settings will do; answers who the bot is there. @throws Failure that names the variable */
  check(): Promise<string>;
}

/** One for each platform whose token is set. */
export const faces = (config: Config, log: Logger): Face[] => [
  ...slackFace(config, log),
  ...discordFace(config, log),
  ...telegramFace(config, log),
];

/** Each face's part of `/readyz`. */
export const faceStates = (all: readonly Face[]): Record<string, PartState> =>
  Object.fromEntries(all.map(({ chat }) => [chat.platform, stateOf(chat)]));

function slackFace({ slack }: Config, log: Logger): Face[] {
  if (!slack) return [];
  const chat = createSlack({ ...slack, log: log.child({ part: 'slack' }) });
  return [
    {
      name: 'Slack',
      chat,
      mounts: chat.handler ? [{ path: '/slack/events', handler: chat.handler }] : [],
      async check() {
        const { team, botUser } = await chat.check();
        return `${botUser} in ${team}`;
      },
    },
  ];
}

function discordFace({ discord }: Config, log: Logger): Face[] {
  if (!discord) return [];
  const chat = createDiscord({ ...discord, log: log.child({ part: 'discord' }) });
  return [
    {
      name: 'Discord',
      chat,
      mounts: [],
      async check() {
        const { bot, servers, invitation } = await chat.check();
        return servers.length > 0
          ? `${bot} in ${servers.join(', ')}`
          : `${bot}, in no server yet. Add it: ${invitation}`;
      },
    },
  ];
}

function telegramFace({ telegram, publicUrl }: Config, log: Logger): Face[] {
  if (!telegram) return [];
  const { webhookSecret: secret, ...access } = telegram;
  const path = '/telegram/webhook';
  const webhook = secret === undefined ? undefined : { url: publicUrl + path, secret };
  const chat = createTelegram({ ...access, webhook, log: log.child({ part: 'telegram' }) });
  return [
    {
      name: 'Telegram',
      chat,
      mounts: chat.handler ? [{ path, handler: chat.handler, maxBytes: 2 ** 20 }] : [],
      async check() {
        const { username, privacy, topics } = await chat.check();
        const hears = privacy ? 'in groups it hears what names it (privacy mode)' : 'hears all that groups say';
        return `@${username}, ${webhook ? 'called by webhook' : 'polls'}, ${hears}${topics ? ', topics in private chats' : ''}`;
      },
    },
  ];
}

function stateOf(chat: Chat): PartState {
  const { connected, detail } = chat.health();
  return { ok: connected, ...(detail === undefined ? {} : { detail }) };
}
