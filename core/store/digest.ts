import type { RepoName, TaskNumber } from '../domain/ids.ts';
import type { Task } from '../domain/task.ts';
import { spending } from './ask-schema.ts';
import type { Database } from './database.ts';
import { and, asc, eq, gt, gte, isNull, lt, or, sql } from './drizzle.ts';
import { tasks } from './schema.ts';
import { within } from './within.ts';

const quarterMs = 15 * 60_000;

/** What is told of a stretch of time: tasks and dollars. */
export const digestStore = (db: Database) => ({
  /** Keeps what a task cost at `at`, by quarters of an hour. */
  async spent(task: TaskNumber, usd: number, at: number): Promise<void> {
    await db
      .insert(spending)
      .values({ task, at: at - (at % quarterMs), usd })
      .onConflictDoUpdate({ target: [spending.task, spending.at], set: { usd: sql`${spending.usd} + excluded.usd` } });
  },

  /** What a person's tasks cost from `from` to `to`, dollars. */
  async cost(person: number, from: number, to: number): Promise<number> {
    const [row] = await db
      .select({ usd: sql<number>`coalesce(sum(${spending.usd}), 0)::float8` })
      .from(spending)
      .innerJoin(tasks, eq(tasks.number, spending.task))
      .where(and(eq(tasks.person, person), gte(spending.at, from), lt(spending.at, to)));
    return row?.usd ?? 0;
  },

  /** What a task cost, by quarters of an hour, oldest first. */
  async byQuarter(task: TaskNumber): Promise<{ at: number; usd: number }[]> {
    return db
      .select({ at: spending.at, usd: spending.usd })
      .from(spending)
      .where(eq(spending.task, task))
      .orderBy(asc(spending.at));
  },

  /** What the tasks of a repository cost since each of these times, dollars. */
  async costSince(repo: RepoName, times: readonly number[]): Promise<number[]> {
    const rows = await db
      .select({ at: spending.at, usd: sql<number>`sum(${spending.usd})::float8` })
      .from(spending)
      .innerJoin(tasks, eq(tasks.number, spending.task))
      .where(and(within(tasks.repo, [repo]), gte(spending.at, Math.min(...times))))
      .groupBy(spending.at);
    return times.map((from) => rows.reduce((sum, { at, usd }) => sum + (at >= from ? usd : 0), 0));
  },

  /** A person's tasks that are open, or ended after `at`. */
  async tasks(person: number, at: number): Promise<Task[]> {
    return db
      .select()
      .from(tasks)
      .where(and(eq(tasks.person, person), or(isNull(tasks.endedAt), gt(tasks.endedAt, at))))
      .orderBy(asc(tasks.number));
  },
});
