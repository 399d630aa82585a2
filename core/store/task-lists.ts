import type { RepoName, TaskNumber } from '../domain/ids.ts';
import type { Task } from '../domain/task.ts';
import type { Database } from './database.ts';
import { and, count, desc, eq, inArray, isNotNull, lt, sql } from './drizzle.ts';
import { tasks } from './schema.ts';
import { within } from './within.ts';

/** Which finished tasks a list shows; `repos` null: of all repositories. */
export interface FinishedFilter {
  readonly repos: readonly RepoName[] | null;
  /** Who started them. */
  readonly person?: number | undefined;
  /** Only those with a smaller number. */
  readonly before?: TaskNumber | undefined;
  readonly limit: number;
}

/** Tasks by the many, for lists. */
export const taskListStore = (db: Database) => ({
  async among(numbers: readonly TaskNumber[]): Promise<Task[]> {
    if (numbers.length === 0) return [];
    return db
      .select()
      .from(tasks)
      .where(inArray(tasks.number, [...numbers]));
  },

  /** Newest first. */
  async finished({ repos, person, before, limit }: FinishedFilter): Promise<Task[]> {
    return db
      .select()
      .from(tasks)
      .where(
        and(
          isNotNull(tasks.endedAt),
          within(tasks.repo, repos),
          person === undefined ? undefined : eq(tasks.person, person),
          before === undefined ? undefined : lt(tasks.number, before),
        ),
      )
      .orderBy(desc(tasks.number))
      .limit(limit);
  },

  /** How many tasks each repository has, by its name in small letters. */
  async counts(): Promise<Map<string, { open: number; finished: number }>> {
    const repo = sql<string>`lower(${tasks.repo})`;
    const rows = await db
      .select({ repo, all: count(), finished: count(tasks.endedAt) })
      .from(tasks)
      .groupBy(repo);
    return new Map(rows.map((row) => [row.repo, { open: row.all - row.finished, finished: row.finished }]));
  },

  /** The repositories that have tasks, and who started them. */
  async startedBy(repos: readonly RepoName[] | null): Promise<{ repo: RepoName; person: number }[]> {
    return db.selectDistinct({ repo: tasks.repo, person: tasks.person }).from(tasks).where(within(tasks.repo, repos));
  },
});
