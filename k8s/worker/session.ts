import { randomUUID } from 'node:crypto';
import type { SessionStore, SessionStoreEntry } from '@anthropic-ai/claude-agent-sdk';
import { z } from 'zod';
import type { BrokerClient } from './client.ts';

/** One line of a Claude session as the broker keeps it. `subpath` names a subagent's own transcript. */
const stored = z.object({
  uuid: z.string(),
  session: z.string(),
  subpath: z.string().optional(),
  entry: z.looseObject({ type: z.string() }),
});
type Stored = z.infer<typeof stored>;

export interface BrokerSessionStore {
  readonly store: SessionStore;
  /** Whether the broker has the session, so that it can be resumed. */
  has(session: string): boolean;
  /** Resolves when every entry is at the broker. */
  flush(): Promise<void>;
}

/** What is sent at once. An entry that is larger by itself goes alone. */
const maxBatch = { entries: 200, bytes: 8 * 1024 * 1024 };

/**
 * Claude's session kept at the broker. Entries are sent as they come, in order, and repeated until they are taken, while
 * Claude goes on. The key's project (made from the working directory) is left out: a session belongs to the task.
 */
export async function openSessionStore(client: BrokerClient, resume: string | null): Promise<BrokerSessionStore> {
  const known = resume === null ? [] : (await client.loadSession()).map((line) => stored.parse(line));
  const waiting: Stored[] = [];
  let sending: Promise<void> | undefined;

  async function send(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, fitting(waiting));
      await client.appendSession(batch);
      waiting.splice(0, batch.length);
    }
  }

  const flush = (): Promise<void> => {
    sending ??= send().finally(() => {
      sending = undefined;
    });
    return sending;
  };

  return {
    has: (session) => known.some((line) => line.session === session && !line.subpath),
    flush: async () => {
      while (waiting.length > 0) await flush();
    },
    store: {
      async append({ sessionId, subpath }, entries) {
        waiting.push(
          ...entries.map((entry) => ({
            uuid: [subpath, entry.uuid ?? randomUUID()].filter(Boolean).join('/'),
            session: sessionId,
            ...(subpath && { subpath }),
            entry,
          })),
        );
        // A broker that is lost for good is noticed by the heartbeat; the entries are kept for the next try.
        flush().catch(() => undefined);
      },
      async load({ sessionId, subpath }) {
        const lines = known.filter((line) => line.session === sessionId && line.subpath === subpath);
        return lines.length > 0 ? lines.map((line): SessionStoreEntry => line.entry) : null;
      },
      async listSubkeys({ sessionId }) {
        const lines = known.filter((line) => line.session === sessionId);
        return [...new Set(lines.flatMap((line) => line.subpath ?? []))];
      },
    },
  };
}

/** How many of the first entries go together. */
function fitting(waiting: readonly Stored[]): number {
  let bytes = 0;
  const first = waiting.slice(0, maxBatch.entries);
  const over = first.findIndex((entry) => {
    bytes += Buffer.byteLength(JSON.stringify(entry));
    return bytes > maxBatch.bytes;
  });
  return over < 0 ? first.length : Math.max(over, 1);
}
