import { type Client, Events, GatewayCloseCodes, GatewayDispatchEvents } from 'discord.js';
import { describe, Failure } from '../../core/errors.ts';
import { createClient } from './client.ts';
import { toFailure } from './errors.ts';
import type { Logger } from './logger.ts';
import * as payload from './payload.ts';
import type { Packet } from './receive.ts';

export interface GatewayOptions {
  readonly token: string;
  readonly apiUrl: string;
  readonly timeoutMs: number;
  readonly log: Logger;
  /** Milliseconds without a connection after which the client is thrown away for a new one. */
  readonly deafMs: number;
  /** Milliseconds before the first new client after one that failed for good; the pauses double up to a minute. */
  readonly pauseMs: number;
  readonly onPacket: (packet: Packet, session: string) => void;
}

export interface Gateway {
  /**
   * Resolves when connected; when the gateway alone is away, after a while all the same, since it is asked again and again.
   * @throws Failure when Discord refuses the token or an intent
   */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The client, once it was told of the servers that it is in, or has waited for long. @throws Failure when not connected */
  client(): Promise<Client>;
  health(): { connected: boolean; detail?: string; gapAt?: number };
}

const LONGEST_PAUSE_MS = 60_000;
const LOOK_MS = 500;
const LONGEST_START_MS = 15_000;
const LONGEST_GUILDS_MS = 10_000;

/**
 * The connection to the gateway, kept up: the library resumes what it can, and gives up for good on some ways to be closed
 * (https://docs.discord.com/developers/topics/opcodes-and-status-codes); then, and when it stays without a connection, a new
 * client takes its place.
 */
export function createGateway({ log, deafMs, pauseMs, onPacket, ...options }: GatewayOptions): Gateway {
  let session = '';
  let current: Client | undefined;
  let isConnected = false;
  let wrong: Failure | undefined;
  let gapAt: number | undefined;
  let isStopped = false;
  let isStarted = false;
  const first = Promise.withResolvers<void>();
  let end: (why: Failure) => void = () => undefined;
  let wake: () => void = () => undefined;
  let running: Promise<void> | undefined;

  function received(packet: Packet): void {
    const ready = packet.t === GatewayDispatchEvents.Ready ? payload.ready.safeParse(packet.d).data : undefined;
    if (ready) {
      // A session that is new: what happened since the one before ended is not told by Discord.
      if (session !== '' || isStarted) gapAt = Date.now();
      session = ready.session_id;
    }
    if (ready || packet.t === GatewayDispatchEvents.Resumed) {
      isConnected = true;
      wrong = undefined;
      first.resolve();
    }
    onPacket(packet, session);
  }

  /** Resolves with the reason when the client is of no more use. */
  async function serve(client: Client): Promise<Failure> {
    let seenAt = Date.now();
    current = client;
    const over = new Promise<Failure>((resolve) => {
      end = resolve;
    });
    client.on(Events.Raw, received);
    client.on(Events.ShardReconnecting, () => {
      isConnected = false;
    });
    client.on(Events.ShardDisconnect, ({ code }) => end(closed(code)));
    // The library tries again twice a second; what stays broken is said when a new client is made.
    client.on(Events.ShardError, (error) => log.debug({ error: error.name }, 'the connection to Discord broke'));
    client.on(Events.Error, (error) => log.warn({ error: error.name }, 'the Discord library failed'));
    const watchdog = setInterval(() => {
      if (isConnected) seenAt = Date.now();
      else if (Date.now() - seenAt > deafMs)
        end(new Failure('Discord is silent.', { code: 'unavailable', remedy: 'retry' }));
    }, LOOK_MS);
    client.login(options.token).catch((error: unknown) => end(loginFailure(error)));
    const why = await over;
    clearInterval(watchdog);
    isConnected = false;
    await client
      .destroy()
      .catch((error: unknown) => log.debug({ error: String(error) }, 'a Discord client ended badly'));
    return why;
  }

  async function run(): Promise<void> {
    for (let pause = pauseMs; !isStopped; ) {
      const began = Date.now();
      wrong = await serve(createClient(options));
      if (isStopped) return;
      if (wrong.remedy === 'never') first.reject(wrong);
      log.warn({ error: describe(wrong), pauseMs: pause }, 'Discord is not connected');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      pause = Date.now() - began > LONGEST_PAUSE_MS ? pauseMs : Math.min(LONGEST_PAUSE_MS, pause * 2);
    }
  }

  async function stop(): Promise<void> {
    isStopped = true;
    end(new Failure('Stopped.', { code: 'not_started', remedy: 'retry' }));
    wake();
    await running;
  }

  return {
    async client() {
      for (const until = Date.now() + LONGEST_GUILDS_MS; isConnected && current && Date.now() < until; ) {
        if (current.guilds.cache.every(({ available }) => available)) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      if (isConnected && current) return current;
      throw new Failure('Discord is not connected.', { code: 'unavailable', remedy: 'retry' });
    },
    async start() {
      running = run();
      const timer = setTimeout(first.resolve, LONGEST_START_MS);
      try {
        await first.promise;
        isStarted = true;
      } catch (error) {
        await stop();
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },
    stop,
    health: () => ({
      connected: isConnected,
      ...(isConnected ? {} : { detail: wrong ? describe(wrong) : 'Connecting to Discord.' }),
      ...(gapAt === undefined ? {} : { gapAt }),
    }),
  };
}

/** What the code of a close means for the people who run the bot. */
export function closed(code: number): Failure {
  const make = (name: string, message: string, advice: string): Failure =>
    new Failure(message, { code: name, remedy: 'never', advice });
  switch (code) {
    case GatewayCloseCodes.AuthenticationFailed:
      return make(
        'invalid_credentials',
        'DISCORD_TOKEN is refused by Discord.',
        'Reset it on the Bot page and copy it again.',
      );
    case GatewayCloseCodes.DisallowedIntents:
      return make(
        'missing_intent',
        'DISCORD_TOKEN belongs to a bot without the Message Content intent.',
        'Switch it on under Bot, Privileged Gateway Intents.',
      );
    default:
      return new Failure(`Discord closed the connection (${code}).`, { code: 'unavailable', remedy: 'retry' });
  }
}

function loginFailure(error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'TokenInvalid') return closed(GatewayCloseCodes.AuthenticationFailed);
  if (/disallowed intents/i.test(String(error))) return closed(GatewayCloseCodes.DisallowedIntents);
  return toFailure(error, 'repeatable');
}
