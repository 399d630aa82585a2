import type { ConversationKey } from '../domain/chat.ts';
import type { RepoName, TaskNumber } from '../domain/ids.ts';
import { type Holder, isFinal, nextStatus, type Phase, type Task, type TaskEvent } from '../domain/task.ts';
import { charges } from './ask-schema.ts';
import { storable } from './columns.ts';
import type { Database } from './database.ts';
import { digestStore } from './digest.ts';
import { and, asc, count, desc, eq, inArray, isNotNull, isNull, or, sql } from './drizzle.ts';
import { events, tasks } from './schema.ts';
import { within } from './within.ts';

/** What a step may write down about a task besides its status. */
export type TaskFacts = Partial<Pick<Task, 'issue' | 'pull' | 'head' | 'session' | 'plan'>> & {
  ignoredChecks?: string[];
};

export const taskStore = (db: Database) => {
  // The most frequent question of all: built once.
  const byNumber = db
    .select()
    .from(tasks)
    .where(eq(tasks.number, sql.placeholder('number')))
    .prepare('task_by_number');
  const find = async (number: TaskNumber): Promise<Task | null> => (await byNumber.execute({ number }))[0] ?? null;

  return {
    find,

    async get(number: TaskNumber): Promise<Task> {
      const task = await find(number);
      if (!task) throw new Error(`task #${number} does not exist`);
      return task;
    },

    /**
     * Moves a task's status by an event and writes the event to the history, once per key: a repeated step finds both done.
     */
    async advance(number: TaskNumber, event: TaskEvent, key: string, at: number): Promise<void> {
      await db.transaction(async (tx) => {
        const [row] = await tx.select().from(tasks).where(eq(tasks.number, number)).for('update');
        if (!row) throw new Error(`task #${number} does not exist`);
        const status = nextStatus(row.status, event, at);
        const [fresh] = await tx
          .insert(events)
          .values({
            key,
            at,
            actor: 'mainloop',
            subject: `task:${number}`,
            type: event.type,
            data: { ...event, phase: status.phase },
          })
          .onConflictDoNothing()
          .returning({ id: events.id });
        if (!fresh) return;
        await tx
          .update(tasks)
          .set({ status, ...(isFinal(status) && row.endedAt === null ? { endedAt: at } : {}) })
          .where(eq(tasks.number, number));
      });
    },

    async note(number: TaskNumber, facts: TaskFacts): Promise<void> {
      await db.update(tasks).set(facts).where(eq(tasks.number, number));
    },

    /** Where the base was when the task's first worker began; null before. */
    async baseHead(number: TaskNumber): Promise<string | null> {
      const [row] = await db.select({ baseHead: tasks.baseHead }).from(tasks).where(eq(tasks.number, number));
      return row?.baseHead ?? null;
    },

    /** Keeps where the base was, once. */
    async noteBaseHead(number: TaskNumber, baseHead: string): Promise<void> {
      await db
        .update(tasks)
        .set({ baseHead })
        .where(and(eq(tasks.number, number), isNull(tasks.baseHead)));
    },

    /** Raises what a task may spend to this many dollars; never lowers it. */
    async allow(number: TaskNumber, usd: number): Promise<void> {
      await db
        .update(tasks)
        .set({ budgetUsd: sql`greatest(${tasks.budgetUsd}, ${usd})` })
        .where(eq(tasks.number, number));
    },

    /** Adds dollars at `at`, once per charge; answers what is spent and allowed now, and whether the charge was new. */
    async spend(
      number: TaskNumber,
      { charge, usd, at }: { charge: string; usd: number; at: number },
    ): Promise<{ spentUsd: number; budgetUsd: number; fresh: boolean }> {
      return db.transaction(async (tx) => {
        const [fresh] = await tx.insert(charges).values({ id: charge }).onConflictDoNothing().returning();
        const [row] = await tx
          .update(tasks)
          .set({ spentUsd: sql`${tasks.spentUsd} + ${fresh ? usd : 0}` })
          .where(eq(tasks.number, number))
          .returning({ spentUsd: tasks.spentUsd, budgetUsd: tasks.budgetUsd });
        if (!row) throw new Error(`task #${number} does not exist`);
        if (fresh) await digestStore(tx).spent(number, usd, at);
        return { ...row, fresh: fresh !== undefined };
      });
    },

    /** Tasks that aren't over, oldest first: of these repositories, or of all. */
    async open(repos: readonly RepoName[] | null = null): Promise<Task[]> {
      return db
        .select()
        .from(tasks)
        .where(and(isNull(tasks.endedAt), within(tasks.repo, repos)))
        .orderBy(asc(tasks.number));
    },

    /** How many open tasks there are of each phase and holder. */
    async tally(): Promise<{ phase: Phase; holder: Holder; tasks: number }[]> {
      const [phase, holder] = [sql<Phase>`${tasks.status}->>'phase'`, sql<Holder>`${tasks.status}->>'holder'`];
      return db
        .select({ phase, holder, tasks: count() })
        .from(tasks)
        .where(isNull(tasks.endedAt))
        .groupBy(phase, holder)
        .orderBy(phase, holder);
    },

    /** Open tasks of which the code host can have news. */
    async onHost(): Promise<{ number: TaskNumber; phase: Phase }[]> {
      return db
        .select({ number: tasks.number, phase: sql<Phase>`${tasks.status}->>'phase'` })
        .from(tasks)
        .where(and(isNull(tasks.endedAt), or(isNotNull(tasks.issue), isNotNull(tasks.pull))));
    },

    /** Open tasks whose workflow was never started: a crash came between the confirmation and the start. */
    async unstarted(): Promise<TaskNumber[]> {
      const { rows } = await db.execute<{ number: number }>(sql`
        select number from ${tasks} where ended_at is null and not exists (
          select from dbos.workflow_status where workflow_uuid = 'task:' || number) order by number`);
      return rows.map((row) => row.number);
    },

    /** The task waits and its workflow has left memory. */
    async sleep(number: TaskNumber): Promise<void> {
      await db.update(tasks).set({ asleep: true }).where(eq(tasks.number, number));
    },

    async rouse(numbers: readonly TaskNumber[]): Promise<void> {
      await db
        .update(tasks)
        .set({ asleep: false })
        .where(inArray(tasks.number, [...numbers]));
    },

    /**
     * Tasks whose workflow the engine was told to let go, and that have to go on: they were told something, or did not
     * fall asleep at a wait. Of `among`, or of all.
     */
    async unheard(among: readonly TaskNumber[] | null): Promise<TaskNumber[]> {
      const { rows } = await db.execute<{ number: number }>(sql`
        select number from ${tasks} join dbos.workflow_status on workflow_uuid = 'task:' || number
        where workflow_status.status = 'CANCELLED' ${among ? sql`and ${inArray(tasks.number, [...among])}` : sql``}
          and (not asleep or exists (
            select from dbos.notifications where destination_uuid = workflow_uuid and not consumed))`);
      return rows.map(({ number }) => number);
    },

    /** The newest tasks, open ones first: of these repositories, or of all. */
    async latest(limit: number, repos: readonly RepoName[] | null = null): Promise<Task[]> {
      return db
        .select()
        .from(tasks)
        .where(within(tasks.repo, repos))
        .orderBy(sql`${tasks.endedAt} is not null`, desc(tasks.number))
        .limit(limit);
    },

    async inConversation(key: ConversationKey): Promise<Task[]> {
      return db.select().from(tasks).where(eq(tasks.conversation, key)).orderBy(asc(tasks.number));
    },

    /** The open tasks that something on the code host is about. */
    async concerned(
      repo: string,
      hint: { issue?: number; pull?: number; branch?: string; sha?: string },
    ): Promise<TaskNumber[]> {
      const open = await db
        .select()
        .from(tasks)
        .where(and(sql`lower(${tasks.repo}) = lower(${storable(repo)})`, isNull(tasks.endedAt)));
      return open
        .filter(
          (task) =>
            (hint.issue !== undefined && (task.issue?.number === hint.issue || task.pull?.number === hint.issue)) ||
            (hint.pull !== undefined && task.pull?.number === hint.pull) ||
            (hint.branch !== undefined && task.branch === hint.branch) ||
            (hint.sha !== undefined && task.head === hint.sha),
        )
        .map((task) => task.number);
    },

    /** Minutes and dollars of the merged tasks of a repository, for the forecast on a proposal. */
    async finished(repo: string, limit: number): Promise<{ minutes: number; usd: number }[]> {
      const rows = await db
        .select({ createdAt: tasks.createdAt, endedAt: tasks.endedAt, usd: tasks.spentUsd })
        .from(tasks)
        .where(and(eq(tasks.repo, repo), isNotNull(tasks.endedAt), inArray(sql`${tasks.status}->>'phase'`, ['merged'])))
        .orderBy(desc(tasks.number))
        .limit(limit);
      return rows.map((row) => ({ minutes: ((row.endedAt ?? row.createdAt) - row.createdAt) / 60_000, usd: row.usd }));
    },
  };
};
