import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Inbound } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import type { Chat } from '../../core/ports.ts';
import { type CheckResult, checkTelegram } from './check.ts';
import { createApi } from './client.ts';
import type { Logger } from './logger.ts';
import { registerMenu } from './menu.ts';
import { createPoll, type Poll } from './poll.ts';
import { MAX_TEXT } from './render.ts';
import { connectTelegram, type Session } from './session.ts';
import { createWebhook, type Webhook } from './webhook.ts';

export type { Logger } from './logger.ts';

export interface TelegramOptions {
  /** From @BotFather. */
  readonly token: string;
  /** Bot API root without a slash at the end; Telegram's own by default. */
  readonly apiUrl?: string | undefined;
  /** Updates come to this address, with this secret in a header; without, they are polled. */
  readonly webhook?: { readonly url: string; readonly secret: string } | undefined;
  readonly log: Logger;
  /** Milliseconds until a call to Telegram counts as lost. */
  readonly timeoutMs?: number;
  /** First pause after a poll failed, milliseconds. */
  readonly pauseMs?: number;
}

export interface TelegramChat extends Chat {
  /** Takes POST /telegram/webhook; absent when updates are polled. */
  readonly handler?: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Asks Telegram whether the settings will do. @throws Failure that names the variable and what is wrong */
  check(): Promise<CheckResult>;
}

/** Telegram as a Chat: grammY's typed calls, polled or called by webhook, nothing relied on but what Telegram tells. */
export function createTelegram(options: TelegramOptions): TelegramChat {
  const { token, webhook, log, apiUrl = 'https://api.telegram.org', timeoutMs = 15_000, pauseMs = 500 } = options;
  const access = { token, apiUrl, timeoutMs };
  let session: Session | null = null;
  let transport: Poll | Webhook | null = null;
  let hook: Webhook | null = null;

  function running(): Session {
    if (session) return session;
    throw new Failure('Telegram is not started.', { code: 'not_started', remedy: 'retry' });
  }

  async function start(sink: (inbound: Inbound) => Promise<void>): Promise<void> {
    const connected = await connectTelegram(access, log, sink);
    const api = createApi(access);
    session = connected;
    void registerMenu(api, log);
    if (webhook) hook = createWebhook({ ...webhook, api, take: connected.take, log });
    transport = hook ?? createPoll({ ...access, take: connected.take, log, pauseMs });
    await transport.start();
  }

  const chat: TelegramChat = {
    platform: 'telegram',
    capabilities: {
      maxCharacters: MAX_TEXT,
      editEveryMs: 3_000,
      history: false,
      forms: 'reply',
      dmThreads: false,
      privateCommands: false,
    },
    start,
    async stop() {
      await transport?.stop();
      await session?.close();
    },
    check: () => checkTelegram({ ...access, webhook }),
    health: () => transport?.health() ?? { connected: false, detail: 'Not started.' },
    post: (...args) => running().post(...args),
    find: (...args) => running().find(...args),
    edit: (...args) => running().edit(...args),
    react: (...args) => running().react(...args),
    stream: (...args) => running().stream(...args),
    working: async (...args) => session?.working(...args),
    dm: (...args) => running().dm(...args),
    reply: (...args) => running().reply(...args),
    history: (...args) => running().history(...args),
    reactions: (...args) => running().reactions(...args),
    link: (...args) => running().link(...args),
    download: (...args) => running().download(...args),
    upload: (...args) => running().upload(...args),
  };
  if (!webhook) return chat;
  return {
    ...chat,
    handler: async (request, response) => {
      if (hook) return hook.handler(request, response);
      response.writeHead(503).end();
    },
  };
}
