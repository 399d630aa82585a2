import type { Update } from 'grammy/types';
import { describe, Failure } from '../../core/errors.ts';
import { type Access, createApi } from './client.ts';
import { toFailure } from './errors.ts';
import type { Logger } from './logger.ts';
import { ALLOWED_UPDATES, type Take } from './receive.ts';

/** Telegram answers a poll after this long when nothing happens, seconds. */
const POLL_S = 25;
const MAX_PAUSE_MS = 30_000;
/** Another program with this token, or a refused token: both last, and asking often makes neither better. */
const CONFLICT_PAUSES_MS = [3_000, 60_000] as const;
const REFUSED_PAUSE_MS = 60_000;

export interface PollOptions extends Access {
  readonly take: Take;
  readonly log: Logger;
  /** First pause after a failure, milliseconds; doubles. */
  readonly pauseMs: number;
}

export interface Poll {
  start(): void;
  stop(): Promise<void>;
  health(): { connected: boolean; detail?: string };
}

/**
 * Long polling in a loop of our own. The next offset confirms all before it, so it moves only past updates that were taken;
 * grammY's own loop confirms before handlers end, and ends itself on 401 and 409.
 */
export function createPoll({ take, log, pauseMs, ...access }: PollOptions): Poll {
  const api = createApi({ ...access, timeoutMs: POLL_S * 1000 + access.timeoutMs });
  const ending = new AbortController();
  let offset = 0;
  let trouble: string | undefined = 'Not started.';
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    for (let failures = 0; !ending.signal.aborted; ) {
      try {
        await round(failures > 0 ? 0 : POLL_S);
        failures = 0;
        trouble = undefined;
      } catch (error) {
        if (ending.signal.aborted) return;
        failures += 1;
        const failure = toFailure(error, 'repeatable');
        trouble = explain(failure);
        log.warn({ error: trouble, failures }, 'no updates from Telegram, trying again');
        await pause(pauseAfter(failure, failures, pauseMs));
      }
    }
  }

  async function round(timeout: number): Promise<void> {
    // grammY's type for signals is that of a polyfill.
    const signal = ending.signal as Parameters<typeof api.getUpdates>[1];
    const updates = await api.getUpdates({ offset, timeout, allowed_updates: ALLOWED_UPDATES }, signal);
    const failed = await takeAll(updates);
    const last = updates.at(-1);
    if (failed) offset = failed.update.update_id;
    else if (last) offset = last.update_id + 1;
    if (failed) throw notStored(failed.error);
  }

  /** Takes a batch, each chat in order; answers the first update that could not be taken. */
  async function takeAll(updates: readonly Update[]): Promise<{ update: Update; error: unknown } | undefined> {
    const chats = Map.groupBy(updates, chatOf);
    const failed = await Promise.all(
      [...chats.values()].map(async (ordered) => {
        for (const update of ordered) {
          try {
            await take(update);
          } catch (error) {
            return { update, error };
          }
        }
        return undefined;
      }),
    );
    return failed.filter((one) => one !== undefined).sort((a, b) => a.update.update_id - b.update.update_id)[0];
  }

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        ending.signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      ending.signal.addEventListener('abort', end);
    });

  return {
    start() {
      trouble = undefined;
      running = prepare().then(run);
    },
    async stop() {
      ending.abort();
      await running;
      trouble = 'Stopped.';
      // What was taken need not come again; that it might is no harm.
      if (offset > 0)
        await createApi(access)
          .getUpdates({ offset, limit: 1, timeout: 0 })
          .catch(() => undefined);
    },
    health: () => (trouble === undefined ? { connected: true } : { connected: false, detail: trouble }),
  };

  /** Telegram polls nobody while a webhook is set. */
  async function prepare(): Promise<void> {
    for (let failures = 1; !ending.signal.aborted; failures += 1) {
      try {
        const { url } = await api.getWebhookInfo();
        if (url) await api.deleteWebhook();
        return;
      } catch (error) {
        const failure = toFailure(error, 'repeatable');
        trouble = explain(failure);
        log.warn({ error: trouble, failures }, 'Telegram does not answer yet');
        await pause(pauseAfter(failure, failures, pauseMs));
      }
    }
  }
}

const chatOf = ({ message, callback_query: query, message_reaction: reaction, my_chat_member: member }: Update) =>
  (message ?? query?.message ?? reaction ?? member)?.chat.id;

const notStored = (error: unknown): Failure =>
  new Failure(`What people say on Telegram can't be stored (${describe(error)}).`, {
    code: 'not_stored',
    remedy: 'retry',
  });

function explain(failure: Failure): string {
  return failure.code === 'conflict'
    ? 'Another program gets the updates of this bot: stop it, or give this one a token of its own.'
    : describe(failure);
}

function pauseAfter({ code, retryAfterMs }: Failure, failures: number, pauseMs: number): number {
  const [first, longest] = CONFLICT_PAUSES_MS;
  if (code === 'conflict') return Math.min(longest, first * 2 ** (failures - 1));
  if (code === 'invalid_credentials') return REFUSED_PAUSE_MS;
  return retryAfterMs ?? Math.min(MAX_PAUSE_MS, pauseMs * 2 ** (failures - 1));
}
