import { Routes } from 'discord.js';
import { z } from 'zod';
import type { Inbound } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import type { Chat, Suggest } from '../../core/ports.ts';
import { createApi, DEFAULT_API_URL } from './api.ts';
import { type CheckResult, checkDiscord } from './check.ts';
import { createGateway, type Gateway } from './gateway.ts';
import type { Logger } from './logger.ts';
import { placesSince } from './places.ts';
import { MAX_TEXT } from './render.ts';
import { createSession, type Session } from './session.ts';

export type { Logger } from './logger.ts';

export interface DiscordOptions {
  /** The bot's token. */
  readonly token: string;
  /** REST base without the version; Discord's own by default. */
  readonly apiUrl?: string | undefined;
  readonly log: Logger;
  /** Milliseconds until a call to Discord counts as lost. */
  readonly timeoutMs?: number;
  /** Milliseconds between two edits of a reply that grows. */
  readonly paceMs?: number;
  /** Milliseconds without a connection after which a new client is made. */
  readonly deafMs?: number;
  /** Milliseconds before a new client after Discord refused one. */
  readonly pauseMs?: number;
}

export interface DiscordChat extends Chat {
  /** Asks Discord whether the settings will do. @throws Failure that names the variable and what is wrong */
  check(): Promise<CheckResult>;
}

const notStarted = () => new Failure('Discord is not started.', { code: 'not_started', remedy: 'retry' });
const application = z.object({ id: z.string(), bot: z.object({ id: z.string() }).optional() });

/** Discord as a Chat: discord.js for what comes in over the gateway, REST without retries for what goes out. */
export function createDiscord(options: DiscordOptions): DiscordChat {
  const { token, log, apiUrl = DEFAULT_API_URL, timeoutMs = 15_000, paceMs = 1_500 } = options;
  const { deafMs = 60_000, pauseMs = 10_000 } = options;
  const api = createApi({ token, apiUrl, timeoutMs });
  let session: Session | null = null;
  let gateway: Gateway | null = null;

  function running(): Session {
    if (session) return session;
    throw notStarted();
  }

  async function start(sink: (inbound: Inbound) => Promise<void>, suggest?: Suggest): Promise<void> {
    const { id, bot } = application.parse(await api.get(Routes.currentApplication()));
    const self = { application: id, user: bot?.id ?? id, roles: new Set<string>() };
    const begun = createSession({ api, self, timeoutMs, paceMs, log, sink, suggest });
    session = begun;
    gateway = createGateway({ token, apiUrl, timeoutMs, log, deafMs, pauseMs, onPacket: begun.receiver.dispatch });
    await gateway.start();
  }

  return {
    platform: 'discord',
    capabilities: {
      maxCharacters: MAX_TEXT,
      editEveryMs: paceMs,
      history: true,
      forms: 'modal',
      dmThreads: false,
      privateCommands: true,
    },
    start,
    async stop() {
      await gateway?.stop();
      await session?.end();
    },
    check: () => checkDiscord(api, token),
    health() {
      if (!gateway) return { connected: false, detail: 'Not started.' };
      const health = gateway.health();
      const isBehind = session?.receiver.isBehind() ?? false;
      return health.connected && isBehind
        ? { ...health, connected: false, detail: 'What people say there cannot be stored now.' }
        : health;
    },
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
    openChannel: (...args) => running().openChannel(...args),
    async places(since, people) {
      if (!gateway) throw notStarted();
      return placesSince({ api, client: await gateway.client() }, since, people);
    },
  };
}
