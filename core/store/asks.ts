import type { Answer, AskBody, AskKind } from '../domain/ask.ts';
import type { RepoName, TaskNumber } from '../domain/ids.ts';
import { answersOf, openQuestions, type Part, withParts } from '../domain/questions.ts';
import { askings, asks } from './ask-schema.ts';
import type { Database } from './database.ts';
import { and, asc, desc, eq, inArray, isNull, sql } from './drizzle.ts';
import { projects, proposals, tasks } from './schema.ts';
import { within } from './within.ts';

export type Ask = typeof asks.$inferSelect;

/** An open ask without what it asks. */
export interface OpenAsk extends Pick<Ask, 'id' | 'kind' | 'task'> {
  readonly repo: RepoName;
  readonly proposer: number | null;
  readonly selfApproval: boolean;
  readonly snoozedUntil: number | null;
}

export const askStore = (db: Database) => {
  const find = async (id: number): Promise<Ask | null> => {
    const [row] = await db.select().from(asks).where(eq(asks.id, id));
    return row ?? null;
  };

  return {
    find,

    /** How many wait for an answer. */
    countOpen: (): Promise<number> => db.$count(asks, eq(asks.state, 'open')),

    /** Opens an ask once per origin. */
    async open(ask: { origin: string; task: TaskNumber; kind: AskKind; body: AskBody; at: number }): Promise<Ask> {
      const { at, ...values } = ask;
      const [fresh] = await db
        .insert(asks)
        .values({ ...values, state: 'open', createdAt: at })
        .onConflictDoNothing()
        .returning();
      if (fresh) return fresh;
      const [row] = await db.select().from(asks).where(eq(asks.origin, ask.origin));
      if (!row) throw new Error(`ask of ${ask.origin} vanished`);
      return row;
    },

    /** Answers an open ask. Exactly one caller gets `changed`; the others read who was first. */
    async answer(
      id: number,
      answer: Answer,
      by: { name: string; platform: string },
      at: number,
    ): Promise<{ ask: Ask | null; changed: boolean }> {
      const [row] = await db
        .update(asks)
        .set({ state: 'answered', answer, answeredBy: by.name, answeredOn: by.platform, answeredAt: at })
        .where(and(eq(asks.id, id), eq(asks.state, 'open')))
        .returning();
      return row ? { ask: row, changed: true } : { ask: await find(id), changed: false };
    },

    /**
     * Puts parts of the answer to an open ask of questions; the last missing one answers it. A deed repeated under its
     * `origin` changes nothing. `problem` says why nothing changed; `changed` is true for the deed that completed it.
     */
    async reply(
      id: number,
      parts: readonly Part[],
      by: { name: string; platform: string; origin: string },
      at: number,
    ): Promise<{ ask: Ask | null; changed: boolean; problem?: 'useless' | 'early' }> {
      return db.transaction(async (tx) => {
        const [ask] = await tx.select().from(asks).where(eq(asks.id, id)).for('update');
        if (ask?.state !== 'open' || ask.body.kind !== 'question') return { ask: ask ?? null, changed: false };
        if (ask.draft?.deeds.includes(by.origin)) return { ask, changed: false };
        const { questions } = ask.body;
        const applied = withParts(questions, ask.draft, parts, by.origin);
        if ('problem' in applied) return { ask, changed: false, problem: applied.problem };
        const { draft } = applied;
        const complete = openQuestions(questions, draft).length === 0;
        const answer: Answer = { type: 'reply', answers: answersOf(questions, draft) };
        const settled = { answer, answeredBy: by.name, answeredOn: by.platform, answeredAt: at };
        const [row] = await tx
          .update(asks)
          .set({ draft, ...(complete ? { state: 'answered' as const, ...settled } : {}) })
          .where(eq(asks.id, id))
          .returning();
        return { ask: row ?? null, changed: complete };
      });
    },

    /** Takes an ask back that nobody needs to answer any more; answers how it was answered before, if it was. */
    async withdraw(id: number, at: number): Promise<{ answer: Answer; by: string } | null> {
      await db
        .update(asks)
        .set({ state: 'withdrawn', answeredAt: at })
        .where(and(eq(asks.id, id), eq(asks.state, 'open')));
      const ask = await find(id);
      return ask?.state === 'answered' && ask.answer ? { answer: ask.answer, by: ask.answeredBy ?? '' } : null;
    },

    /** Withdraws all open asks of a task; answers their ids. */
    async withdrawAll(task: TaskNumber, at: number): Promise<number[]> {
      const rows = await db
        .update(asks)
        .set({ state: 'withdrawn', answeredAt: at })
        .where(and(eq(asks.task, task), eq(asks.state, 'open')))
        .returning({ id: asks.id });
      return rows.map((row) => row.id);
    },

    /** The inbox: open asks, oldest first. */
    async inbox(): Promise<Ask[]> {
      return db.select().from(asks).where(eq(asks.state, 'open')).orderBy(asc(asks.createdAt));
    },

    /** All asks of a task, settled ones too. */
    async of(task: TaskNumber): Promise<Ask[]> {
      return db.select().from(asks).where(eq(asks.task, task)).orderBy(asc(asks.id));
    },

    /** What policy has to know of every open ask, and until when a person put it off: for counting, without what is asked. */
    async openFor(person: number): Promise<OpenAsk[]> {
      return db
        .select({
          ...{ id: asks.id, kind: asks.kind, task: asks.task, repo: tasks.repo, proposer: proposals.proposer },
          selfApproval: sql<boolean>`coalesce(${projects.selfApproval}, true)`,
          snoozedUntil: askings.snoozedUntil,
        })
        .from(asks)
        .innerJoin(tasks, eq(tasks.number, asks.task))
        .innerJoin(proposals, eq(proposals.id, tasks.proposal))
        .leftJoin(projects, sql`lower(${projects.repo}) = lower(${tasks.repo})`)
        .leftJoin(askings, and(eq(askings.ask, asks.id), eq(askings.person, person)))
        .where(and(eq(asks.state, 'open'), isNull(tasks.endedAt)));
    },

    /** All asks of these tasks, settled ones too. */
    async ofTasks(numbers: readonly TaskNumber[]): Promise<Ask[]> {
      if (numbers.length === 0) return [];
      return db
        .select()
        .from(asks)
        .where(inArray(asks.task, [...numbers]))
        .orderBy(asc(asks.id));
    },

    /** The asks that were answered last, newest first: of tasks of these repositories, or of all. */
    async answeredLast(repos: readonly RepoName[] | null, limit: number): Promise<Ask[]> {
      const rows = await db
        .select({ ask: asks })
        .from(asks)
        .innerJoin(tasks, eq(tasks.number, asks.task))
        .where(and(eq(asks.state, 'answered'), within(tasks.repo, repos)))
        .orderBy(desc(asks.answeredAt), desc(asks.id))
        .limit(limit);
      return rows.map(({ ask }) => ask);
    },

    async openOf(task: TaskNumber): Promise<Ask[]> {
      return db
        .select()
        .from(asks)
        .where(and(eq(asks.task, task), eq(asks.state, 'open')))
        .orderBy(asc(asks.id));
    },
  };
};
