import type { AttemptId, TaskNumber } from '../domain/ids.ts';
import type { Database } from './database.ts';
import { and, eq, lt, sql } from './drizzle.ts';
import { sessionEntries, workerEvents } from './schema.ts';

/** What stands behind everything that a worker tells has this number. */
const endOfLog = 2 ** 31 - 1;

/** How much workers have said, and what was refused to them. */
export const saidStore = (db: Database) => ({
  /** Events of an attempt, and their bytes as they lie on disk. */
  async events(attempt: AttemptId): Promise<{ events: number; bytes: number }> {
    const [row] = await db
      .select({
        events: sql`count(*)`.mapWith(Number),
        bytes: sql`coalesce(sum(pg_column_size(${workerEvents.event})), 0)`.mapWith(Number),
      })
      .from(workerEvents)
      .where(eq(workerEvents.attempt, attempt));
    return row ?? { events: 0, bytes: 0 };
  },

  /** Bytes of a task's session as they lie on disk. */
  async sessionBytes(task: TaskNumber): Promise<number> {
    const [row] = await db
      .select({ bytes: sql`coalesce(sum(pg_column_size(${sessionEntries.entry})), 0)`.mapWith(Number) })
      .from(sessionEntries)
      .where(eq(sessionEntries.task, task));
    return row?.bytes ?? 0;
  },

  /** Puts a line of ours into an attempt's log, after all that its worker has told and before what it tells next. */
  async note(attempt: AttemptId, task: TaskNumber, text: string, at: number): Promise<void> {
    const [last] = await db
      .select({ seq: sql`coalesce(max(${workerEvents.seq}), 0)`.mapWith(Number) })
      .from(workerEvents)
      .where(and(eq(workerEvents.attempt, attempt), lt(workerEvents.seq, endOfLog)));
    // Thousandths, so that the worker's next number, which is whole, comes after it.
    const seq = (Math.round((last?.seq ?? 0) * 1000) + 1) / 1000;
    await db.insert(workerEvents).values({ attempt, seq, task, at, event: { type: 'log', text } });
  },
});
