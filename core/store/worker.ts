import type { FileInfo } from '../domain/file.ts';
import type { AttemptId, TaskNumber } from '../domain/ids.ts';
import type { WorkerEvent } from '../protocol.ts';
import type { Database } from './database.ts';
import { and, asc, eq, isNull, sql } from './drizzle.ts';
import { fileStore } from './files.ts';
import { type LogEntry, logStore } from './log.ts';
import { sessionEntries, steers, workerEvents } from './schema.ts';

/** What a person wants a task's worker to know. */
export interface NewSteer {
  readonly origin: string;
  readonly task: TaskNumber;
  readonly author: string;
  readonly text: string;
  readonly files?: readonly number[];
  readonly at: number;
}

/** Larger than the number of any event: the largest that the column holds. */
const afterAll = 2 ** 31 - 1;
const pageEntries = 500;
const pageBytes = 8 * 1024 * 1024;

/** What workers say and are told: events, steering, the session's transcript. */
export const workerStore = (db: Database) => ({
  /** Stores the events not seen yet; answers those. */
  async record(attempt: AttemptId, task: TaskNumber, events: readonly WorkerEvent[]): Promise<WorkerEvent[]> {
    if (events.length === 0) return [];
    const rows = await db
      .insert(workerEvents)
      .values(events.map(({ seq, at, event }) => ({ attempt, seq, task, at, event })))
      .onConflictDoNothing()
      .returning({ seq: workerEvents.seq });
    const fresh = new Set(rows.map((row) => row.seq));
    return events.filter((event) => fresh.has(event.seq));
  },

  /** Keeps what an attempt's program wrote last, behind everything that it told at the door; the first time only. */
  async lastWords(attempt: AttemptId, task: TaskNumber, text: string, at: number): Promise<void> {
    const row = { attempt, seq: afterAll, task, at, event: { type: 'log' as const, text } };
    await db.insert(workerEvents).values(row).onConflictDoNothing();
  },

  /** The latest events of a task, oldest first, without checkpoints. */
  async latest(task: TaskNumber, limit: number): Promise<LogEntry[]> {
    const { entries } = await logStore(db).slice(task, { direction: 'older', from: null, limit, query: '' });
    return entries.reverse();
  },

  async commits(task: TaskNumber): Promise<number> {
    const [row] = await db
      .select({ n: sql<number>`count(distinct ${workerEvents.event}->>'sha')::int` })
      .from(workerEvents)
      .where(and(eq(workerEvents.task, task), sql`${workerEvents.event}->>'type' = 'commit'`));
    return row?.n ?? 0;
  },

  /** Keeps what a person wants the worker to know, with the files that go along, once per origin. */
  async steer({ files = [], ...steer }: NewSteer): Promise<void> {
    await db.transaction(async (tx) => {
      const [fresh] = await tx.insert(steers).values(steer).onConflictDoNothing().returning({ id: steers.id });
      if (fresh) await fileStore(tx).link(`steer:${fresh.id}`, files);
    });
  },

  /** What an attempt has not confirmed yet: new steers, and those it took but may have lost. */
  async pendingSteers(task: TaskNumber): Promise<{ id: number; text: string; by: string; files: FileInfo[] }[]> {
    const rows = await db
      .select({ id: steers.id, text: steers.text, by: steers.author })
      .from(steers)
      .where(and(eq(steers.task, task), isNull(steers.attempt)))
      .orderBy(asc(steers.id));
    const linked = await fileStore(db).linkedTo(rows.map(({ id }) => `steer:${id}`));
    return rows.map((row) => ({ ...row, files: linked.get(`steer:${row.id}`) ?? [] }));
  },

  /** An attempt has taken what was said to its task; what was said to another one stays that one's. */
  async steered(id: number, task: TaskNumber, attempt: AttemptId): Promise<void> {
    await db
      .update(steers)
      .set({ attempt })
      .where(and(eq(steers.id, id), eq(steers.task, task), isNull(steers.attempt)));
  },

  /** The entries of a task's session in order, read as they are wanted: no more than {@link pageBytes} are held at once. */
  async *session(task: TaskNumber): AsyncGenerator<unknown> {
    for (let after = 0; ; ) {
      const { rows } = await db.execute<{ seq: string; entry: unknown }>(sql`
        select seq, entry from (
          select seq, entry, sum(octet_length(entry::text)) over (order by seq) as bytes, row_number() over (order by seq) as n
          from (select seq, entry from ${sessionEntries} where task = ${task} and seq > ${after} order by seq limit ${pageEntries}) as page
        ) as sized where n = 1 or bytes <= ${pageBytes} order by seq`);
      for (const { entry } of rows) yield entry;
      const last = rows.at(-1);
      if (!last) return;
      after = Number(last.seq);
    }
  },

  /** Whether there is anything to resume. */
  async hasSession(task: TaskNumber): Promise<boolean> {
    const [row] = await db
      .select({ seq: sessionEntries.seq })
      .from(sessionEntries)
      .where(eq(sessionEntries.task, task))
      .limit(1);
    return row !== undefined;
  },

  async appendSession(task: TaskNumber, entries: readonly { uuid: string; entry: unknown }[]): Promise<string[]> {
    if (entries.length === 0) return [];
    const fresh = await db
      .insert(sessionEntries)
      .values(entries.map(({ uuid, entry }) => ({ task, uuid, entry })))
      .onConflictDoNothing()
      .returning({ uuid: sessionEntries.uuid });
    return fresh.map(({ uuid }) => uuid);
  },
});
