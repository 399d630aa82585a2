import type { IncomingMessage, ServerResponse } from 'node:http';
import { HTTPReceiver } from '@slack/bolt';
import type { Inbound } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import type { Chat } from '../../core/ports.ts';
import { createBudgets } from './budget.ts';
import { type CheckResult, checkSlack, noTransport } from './check.ts';
import { createClient } from './client.ts';
import { boltLogger, type Logger } from './logger.ts';
import { MAX_TEXT } from './render.ts';
import { connectSlack, type Session } from './session.ts';
import { createSocket, type Socket } from './socket.ts';

export type { Logger } from './logger.ts';

export interface SlackOptions {
  /** `xoxb-…` */
  readonly botToken: string;
  /** `xapp-…` with connections:write: Socket Mode. */
  readonly appToken?: string | undefined;
  /** Signed HTTP events, when there is no app token. */
  readonly signingSecret?: string | undefined;
  /** Web API base ending in `/api/`; Slack's own by default. */
  readonly apiUrl?: string | undefined;
  readonly log: Logger;
  /** Edits per minute over the whole workspace; Slack allows about 50. */
  readonly editsPerMinute?: number;
  /** Milliseconds until a call to Slack counts as lost. */
  readonly timeoutMs?: number;
  /** Milliseconds after which a streamed reply goes on as an edited one; Slack ends streams at five minutes. */
  readonly streamMs?: number;
}

export interface SlackChat extends Chat {
  /** Takes POST /slack/events in signed-HTTP mode; absent in Socket Mode. */
  readonly handler?: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
  /** Asks Slack whether the settings will do. @throws Failure that names the variable and what is wrong */
  check(): Promise<CheckResult>;
}

/** Slack as a Chat: Bolt for what comes in, a Web API client without retries for what goes out. */
export function createSlack(options: SlackOptions): SlackChat {
  const { log, apiUrl, timeoutMs = 15_000, streamMs = 240_000 } = options;
  const settings = { ...options, timeoutMs };
  const client = createClient(options.botToken, { apiUrl, timeoutMs, log });
  const budgets = createBudgets(options.editsPerMinute);
  const socket = options.appToken ? createSocket({ appToken: options.appToken, apiUrl, timeoutMs, log }) : null;
  const http = !socket && options.signingSecret ? httpReceiver(options.signingSecret, log) : null;
  let session: Session | null = null;
  let isListening = false;

  function running(): Session {
    if (session) return session;
    throw new Failure('Slack is not started.', { code: 'not_started', remedy: 'retry' });
  }

  async function start(sink: (inbound: Inbound) => Promise<void>): Promise<void> {
    const receiver = socket?.receiver ?? http;
    if (!receiver) throw noTransport();
    session = await connectSlack({ ...settings, client, budgets, receiver, sink, streamMs });
    await socket?.start();
    isListening = true;
  }

  async function stop(): Promise<void> {
    isListening = false;
    await session?.idle();
    await socket?.stop();
  }

  const chat: SlackChat = {
    platform: 'slack',
    capabilities: {
      maxCharacters: MAX_TEXT,
      editEveryMs: 2_000,
      history: true,
      forms: 'modal',
      dmThreads: true,
      privateCommands: true,
    },
    start,
    stop,
    check: () => checkSlack(settings),
    health: () => health(socket, isListening),
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
  if (!http) return chat;
  return {
    ...chat,
    handler: async (req, res) => {
      if (req.method !== 'POST') {
        res.writeHead(405, { allow: 'POST' }).end();
        return;
      }
      if (!isListening) {
        res.writeHead(503).end();
        return;
      }
      const closed = new Promise<void>((resolve) => res.once('close', resolve));
      http.requestListener(req, res);
      await closed;
    },
  };
}

function httpReceiver(signingSecret: string, log: Logger): HTTPReceiver {
  return new HTTPReceiver({ signingSecret, endpoints: '/slack/events', logger: boltLogger(log) });
}

function health(socket: Socket | null, isListening: boolean): { connected: boolean; detail?: string } {
  if (!isListening) return { connected: false, detail: 'Not started.' };
  return socket ? socket.health() : { connected: true };
}
