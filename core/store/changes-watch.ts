import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface WatchOptions {
  readonly connection: pg.ClientConfig;
  /** Must not throw. */
  readonly listener: () => void;
  /** Hears of each loss of the connection, and of each vain try to make it anew. */
  readonly onLost: (error: Error) => void;
}

/** The listener is called at least this often, milliseconds. */
const atLeastEveryMs = 15_000;
/** Pause before changes that are held back are looked at again; it doubles while they are and nothing else comes. */
const held = { firstMs: 25, longestMs: 1_000 };
/** Pause before a lost connection is made anew; it doubles. */
const anew = { firstMs: 100, longestMs: 5_000 };
/** A server that says nothing for so long is taken for lost. */
const patienceMs = 10_000;

/** Whether anything that is committed may not be told yet, since an older transaction is under way. */
const isHeld = `select exists(
  select from mainloop.changes where xid >= (select mainloop.changes_end(pg_current_snapshot()))
) as held`;

/** Hears of changes on a connection of its own, through every loss of it; answers how to stop. */
export function watchChanges({ connection, listener, onLost }: WatchOptions): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const going = (async () => {
    for (let pauseMs = anew.firstMs; !signal.aborted; pauseMs = Math.min(2 * pauseMs, anew.longestMs)) {
      try {
        await listen(() => {
          pauseMs = anew.firstMs;
        });
      } catch (error) {
        if (!signal.aborted) onLost(error instanceof Error ? error : new Error(String(error)));
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  })();

  /** One connection, until it is lost (then it throws) or no longer wanted. */
  async function listen(onConnected: () => void): Promise<void> {
    const client = new pg.Client({ ...connection, keepAlive: true, query_timeout: patienceMs });
    const lost = new Promise<never>((_, reject) => {
      client.on('error', reject);
      client.on('end', () => reject(new Error('the connection has ended')));
    });
    // The race below hears it, or the query that is under way.
    lost.catch(() => undefined);
    const news = newsOf(client, signal);
    try {
      await client.connect();
      await client.query('listen mainloop_changes');
      onConnected();
      for (let heldMs = held.firstMs; ; ) {
        // Asked first: what is not held back at this moment is there when the listener looks.
        const { rows } = await client.query<{ held: boolean }>(isHeld);
        if (signal.aborted) return;
        listener();
        const waitMs = rows[0]?.held ? heldMs : atLeastEveryMs;
        const isNews = await Promise.race([lost, news.within(waitMs)]);
        heldMs = rows[0]?.held && !isNews ? Math.min(2 * heldMs, held.longestMs) : held.firstMs;
      }
    } finally {
      news.stop();
      // A connection whose other end is silent ends by itself some time.
      await Promise.race([client.end().catch(() => undefined), sleep(1_000, undefined, { ref: false })]);
    }
  }

  return async () => {
    stopping.abort();
    await going;
  };
}

/** Waits for notifications; what came while nobody waited counts, once. A stop is news too. */
function newsOf(client: pg.Client, signal: AbortSignal) {
  let isTold = false;
  let wake: (() => void) | undefined;
  const tell = () => {
    isTold = true;
    wake?.();
  };
  client.on('notification', tell);
  signal.addEventListener('abort', tell);
  return {
    stop: () => signal.removeEventListener('abort', tell),
    /** True when something was told within the time, at once when it was before. */
    async within(ms: number): Promise<boolean> {
      if (!isTold) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      const told = isTold;
      isTold = false;
      return told;
    },
  };
}
