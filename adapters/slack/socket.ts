import { SocketModeReceiver } from '@slack/bolt';
import { describe } from '../../core/errors.ts';
import { clientOptions } from './client.ts';
import { toFailure } from './errors.ts';
import { boltLogger, type Logger } from './logger.ts';

const CONNECT_TIMEOUT_MS = 15_000;
const MAX_PAUSE_MS = 30_000;
/** How long a close handshake may take before we leave anyway. */
const STOP_MS = 1_000;

export interface SocketOptions {
  readonly appToken: string;
  readonly apiUrl?: string | undefined;
  readonly timeoutMs: number;
  readonly log: Logger;
}

export interface Socket {
  readonly receiver: SocketModeReceiver;
  /** Connects for the first time. @throws Failure */
  start(): Promise<void>;
  stop(): Promise<void>;
  health(): { connected: boolean; detail?: string };
}

/**
 * Bolt's Socket Mode receiver, kept connected by us. The client's own reconnect waits a ping timeout before it dials (five
 * seconds of deafness at each refresh) and turns a revoked token into an unhandled rejection; here a refresh redials at
 * once, failures back off to 30 s, and `health` tells what is wrong.
 */
export function createSocket(options: SocketOptions): Socket {
  const receiver = new SocketModeReceiver({
    appToken: options.appToken,
    autoReconnectEnabled: false,
    logger: boltLogger(options.log),
    installerOptions: { clientOptions: clientOptions(options) },
  });
  const { client } = receiver;
  let state: 'off' | 'connecting' | 'on' = 'off';
  let wanted = false;
  let detail: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    state = 'connecting';
    let late: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new Error('Slack did not say hello in time')), CONNECT_TIMEOUT_MS);
    });
    try {
      await Promise.race([client.start(), timeout]);
      state = 'on';
      detail = undefined;
      if (!wanted) void client.disconnect();
    } catch (error) {
      state = 'off';
      // One that is still dialling must not stay behind the next.
      void client.disconnect();
      // A connection that closes before the hello rejects with nothing in it.
      throw toFailure(error ?? new Error('Slack closed the connection before saying hello'), 'repeatable');
    } finally {
      clearTimeout(late);
    }
  }

  function reconnect(failures: number): void {
    if (!wanted || state !== 'off') return;
    const pauseMs = failures === 0 ? 0 : Math.min(MAX_PAUSE_MS, 500 * 2 ** failures);
    state = 'connecting';
    timer = setTimeout(() => {
      connect().catch((error: unknown) => {
        detail = describe(error);
        options.log.warn({ error: detail, failures: failures + 1 }, 'Slack connection lost, trying again');
        reconnect(failures + 1);
      });
    }, pauseMs);
  }

  client.on('disconnected', () => {
    if (state !== 'on') return;
    state = 'off';
    detail = 'Reconnecting to Slack.';
    reconnect(0);
  });

  return {
    receiver,
    start() {
      wanted = true;
      return connect();
    },
    async stop() {
      wanted = false;
      clearTimeout(timer);
      state = 'off';
      await Promise.race([client.disconnect(), new Promise((resolve) => setTimeout(resolve, STOP_MS).unref())]);
    },
    health: () => (detail === undefined ? { connected: state === 'on' } : { connected: state === 'on', detail }),
  };
}
