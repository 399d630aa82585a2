import { savedName } from '../domain/file.ts';
import type { AttemptId, RunId, TaskNumber } from '../domain/ids.ts';
import type { Run, RunKind, RunOutcome } from '../domain/run.ts';
import type { Task } from '../domain/task.ts';
import type { Result } from '../protocol.ts';
import type { Database } from './database.ts';
import { and, asc, count, eq, inArray, isNull, ne, sql } from './drizzle.ts';
import { fileStore } from './files.ts';
import { attempts, runs, steers, tasks } from './schema.ts';

/** What a person said to a task's worker. */
export interface Said {
  readonly by: string;
  readonly text: string;
  /** Names under which the worker finds what came with it. */
  readonly files: readonly string[];
}

export type StoredRun = typeof runs.$inferSelect;
export type StoredAttempt = typeof attempts.$inferSelect;
type OpenRow = Pick<StoredAttempt, 'id' | 'run' | 'task'> &
  Pick<Task, 'repo' | 'branch' | 'model' | 'budgetUsd' | 'spentUsd'> & { readonly kind: RunKind };

export const runStore = (db: Database) => ({
  /**
   * Stores a run once, with what people said to the task since its last worker: `withSaid` makes the prompt of it. In one
   * transaction, so that nothing said is told twice or never.
   */
  async queue(run: Run, n: number, at: number, withSaid: (said: readonly Said[]) => string): Promise<void> {
    await db.transaction(async (tx) => {
      const waiting = and(eq(steers.task, run.task), isNull(steers.attempt));
      const said = await tx
        .select({ id: steers.id, by: steers.author, text: steers.text })
        .from(steers)
        .where(waiting)
        .orderBy(asc(steers.id))
        .for('update');
      const linked = await fileStore(tx).linkedTo(said.map(({ id }) => `steer:${id}`));
      const told = said.map(({ id, ...words }) => ({
        ...words,
        files: (linked.get(`steer:${id}`) ?? []).map(savedName),
      }));
      const [fresh] = await tx
        .insert(runs)
        .values({ id: run.id, task: run.task, n, kind: run.kind, prompt: withSaid(told), queuedAt: at })
        .onConflictDoNothing()
        .returning({ id: runs.id });
      if (!fresh || said.length === 0) return;
      const ids = said.map((item) => item.id);
      await tx.update(steers).set({ attempt: run.id }).where(inArray(steers.id, ids));
    });
  },

  async get(id: RunId): Promise<StoredRun> {
    const [row] = await db.select().from(runs).where(eq(runs.id, id));
    if (!row) throw new Error(`run ${id} does not exist`);
    return row;
  },

  async of(task: TaskNumber): Promise<(StoredRun & { attempts: number })[]> {
    const rows = await db
      .select({ run: runs, attempts: count(attempts.id) })
      .from(runs)
      .leftJoin(attempts, eq(attempts.run, runs.id))
      .where(eq(runs.task, task))
      .groupBy(runs.id)
      .orderBy(asc(runs.n));
    return rows.map((row) => ({ ...row.run, attempts: row.attempts }));
  },

  /** All attempts of a task, in the order in which they began. */
  async attemptsOf(task: TaskNumber): Promise<StoredAttempt[]> {
    return db
      .select()
      .from(attempts)
      .where(inArray(attempts.run, db.select({ id: runs.id }).from(runs).where(eq(runs.task, task))))
      .orderBy(asc(attempts.startedAt), asc(attempts.id));
  },

  async end(id: RunId, outcome: RunOutcome, at: number): Promise<void> {
    await db
      .update(runs)
      .set({ outcome, endedAt: at })
      .where(and(eq(runs.id, id), isNull(runs.endedAt)));
  },

  /** Ends a run that no attempt was opened for; answers whether it was so. */
  async withdraw(id: RunId, at: number): Promise<boolean> {
    const rows = await db
      .update(runs)
      .set({ outcome: { type: 'cancelled' }, endedAt: at })
      .where(and(eq(runs.id, id), isNull(runs.startedAt), isNull(runs.endedAt)))
      .returning({ id: runs.id });
    return rows.length > 0;
  },

  /**
   * Opens an attempt (opened again after a crash it stays as it is); false when the run was withdrawn. `lastsMs` is the time
   * for the whole run: a later attempt has what those before it have not worked, as far as they were heard.
   */
  async openAttempt(
    { lastsMs, ...attempt }: { id: AttemptId; run: RunId; task: TaskNumber; lastsMs: number },
    at: number,
  ): Promise<boolean> {
    const [going] = await db
      .update(runs)
      .set({ startedAt: sql`coalesce(${runs.startedAt}, ${at})` })
      .where(and(eq(runs.id, attempt.run), isNull(runs.endedAt)))
      .returning({ id: runs.id });
    if (!going) return false;
    const [worked] = await db
      .select({ ms: sql`coalesce(sum(${attempts.heartbeatAt} - ${attempts.startedAt}), 0)`.mapWith(Number) })
      .from(attempts)
      .where(and(eq(attempts.run, attempt.run), ne(attempts.id, attempt.id)));
    const deadline = at + lastsMs - (worked?.ms ?? 0);
    await db
      .insert(attempts)
      .values({ ...attempt, deadline, state: 'open', heartbeatAt: at, startedAt: at })
      .onConflictDoNothing();
    return true;
  },

  /**
   * Gives an open attempt its token, by hash, and its time begins; a restart before the sandbox runs gives it another, and
   * what passed until then does not count. Answers its deadline; null when it is not open.
   */
  async arm(id: AttemptId, tokenHash: string, at: number): Promise<number | null> {
    const [armed] = await db
      .update(attempts)
      .set({
        tokenHash,
        heartbeatAt: at,
        startedAt: at,
        deadline: sql`${attempts.deadline} + ${at} - ${attempts.startedAt}`,
      })
      .where(and(eq(attempts.id, id), eq(attempts.state, 'open')))
      .returning({ deadline: attempts.deadline });
    return armed?.deadline ?? null;
  },

  async attempt(id: AttemptId): Promise<StoredAttempt | null> {
    const [row] = await db.select().from(attempts).where(eq(attempts.id, id));
    return row ?? null;
  },

  /** The attempt that has this id, or whose token has this hash, unless it is closed; with what its task says of it. */
  async openBy(by: { readonly tokenHash: string } | { readonly id: AttemptId }): Promise<OpenRow | null> {
    const [row] = await db
      .select({
        ...{ id: attempts.id, run: attempts.run, task: attempts.task, kind: runs.kind },
        ...{ repo: tasks.repo, branch: tasks.branch, model: tasks.model },
        ...{ budgetUsd: tasks.budgetUsd, spentUsd: tasks.spentUsd },
      })
      .from(attempts)
      .innerJoin(runs, eq(attempts.run, runs.id))
      .innerJoin(tasks, eq(attempts.task, tasks.number))
      .where(
        and('id' in by ? eq(attempts.id, by.id) : eq(attempts.tokenHash, by.tokenHash), ne(attempts.state, 'closed')),
      );
    return row ?? null;
  },

  async heartbeat(id: AttemptId, at: number): Promise<StoredAttempt['stop']> {
    const [row] = await db
      .update(attempts)
      .set({ heartbeatAt: at })
      .where(eq(attempts.id, id))
      .returning({ stop: attempts.stop });
    return row?.stop ?? null;
  },

  /** Keeps the first result of an attempt that is open; answers whether this was it. */
  async result(id: AttemptId, result: Result, at: number): Promise<boolean> {
    const rows = await db
      .update(attempts)
      .set({ result, heartbeatAt: at })
      .where(and(eq(attempts.id, id), eq(attempts.state, 'open'), sql`${attempts.result} is null`))
      .returning({ id: attempts.id });
    return rows.length > 0;
  },

  /** Tells a running attempt to stop, with the reason that it will hear. */
  async stop(id: AttemptId, reason: NonNullable<StoredAttempt['stop']>): Promise<void> {
    await db
      .update(attempts)
      .set({ stop: reason })
      .where(and(eq(attempts.id, id), isNull(attempts.stop)));
  },

  /** Closes an attempt: its token is worthless from now on. */
  async close(id: AttemptId, at: number): Promise<void> {
    await db
      .update(attempts)
      .set({ state: 'closed', closedAt: at })
      .where(and(eq(attempts.id, id), ne(attempts.state, 'closed')));
  },

  async openAttempts(): Promise<StoredAttempt[]> {
    return db.select().from(attempts).where(eq(attempts.state, 'open')).orderBy(asc(attempts.startedAt));
  },
});
