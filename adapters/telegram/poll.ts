import type { Update } from 'grammy/types';
import { describe, Failure } from '../../core/errors.ts';
import { type Access, createApi } from './client.ts';
import { toFailure } from './errors.ts';
import type { Logger } from './logger.ts';
import { explain, Pauses, pause } from './pauses.ts';
import { ALLOWED_UPDATES, type Take } from './receive.ts';

/** Telegram answers a poll after this long when nothing happens, seconds. */
const POLL_S = 25;

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
  const pauses = new Pauses(pauseMs);
  const ending = new AbortController();
  // grammY's type for signals is that of a polyfill.
  const signal = ending.signal as Parameters<typeof api.getUpdates>[1];
  let offset = 0;
  let isPrepared = false;
  let trouble: string | undefined = 'Not started.';
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    for (let failures = 0; !ending.signal.aborted; ) {
      try {
        await prepare();
        await round(failures > 0 ? 0 : POLL_S);
        failures = 0;
        trouble = undefined;
      } catch (error) {
        if (ending.signal.aborted) return;
        failures += 1;
        const failure = toFailure(error, 'repeatable');
        trouble = explain(failure);
        log.warn({ error: trouble, failures }, 'no updates from Telegram, trying again');
        await pause(pauses.after(failure, failures), ending.signal);
      }
    }
  }

  /** Telegram polls nobody while a webhook is set. */
  async function prepare(): Promise<void> {
    if (isPrepared) return;
    const { url } = await api.getWebhookInfo();
    if (url) await api.deleteWebhook();
    isPrepared = true;
  }

  async function round(timeout: number): Promise<void> {
    const updates = await api.getUpdates({ offset, timeout, allowed_updates: ALLOWED_UPDATES }, signal);
    const failed = await takeAll(updates);
    const last = updates.at(-1);
    if (failed) offset = failed.update.update_id;
    else if (last) offset = last.update_id + 1;
    if (failed) throw notStored(failed.error);
  }

  /** Takes a batch, each chat in order; answers the first update that could not be taken. */
  async function takeAll(batch: readonly Update[]): Promise<{ update: Update; error: unknown } | undefined> {
    const chats = Map.groupBy(batch, chatOf);
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

  return {
    start() {
      trouble = undefined;
      running = run();
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
}

const chatOf = ({ message, callback_query: query, message_reaction: reaction, my_chat_member: member }: Update) => {
  return (message ?? query?.message ?? reaction ?? member)?.chat.id;
};

const notStored = (error: unknown): Failure =>
  new Failure(`What people say on Telegram can't be stored (${describe(error)}).`, {
    code: 'not_stored',
    remedy: 'retry',
  });
