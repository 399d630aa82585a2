import type { ConversationKey, Place } from '../domain/chat.ts';
import { type TaskNumber, taskBranch } from '../domain/ids.ts';
import { type Proposal, type ProposedTask, undoMs } from '../domain/proposal.ts';
import { initialStatus } from '../domain/task.ts';
import type { Database } from './database.ts';
import { and, asc, eq, inArray, lte, sql } from './drizzle.ts';
import { installation, proposals, tasks } from './schema.ts';

export interface NewProposal extends ProposedTask {
  readonly origin: string;
  readonly conversation: ConversationKey;
  readonly place: Place;
  readonly proposer?: number;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** What came of an attempt to decide: `changed` for exactly one caller. */
export interface Decision {
  readonly proposal: Proposal;
  readonly changed: boolean;
}

export const proposalStore = (db: Database) => {
  const find = async (id: number): Promise<Proposal | null> => {
    const [row] = await db.select().from(proposals).where(eq(proposals.id, id));
    return row ?? null;
  };
  const required = async (id: number): Promise<Proposal> => {
    const proposal = await find(id);
    if (!proposal) throw new Error(`proposal ${id} does not exist`);
    return proposal;
  };

  return {
    find,

    /** Stores a proposal once per origin. */
    async create(proposal: NewProposal): Promise<Proposal> {
      const [fresh] = await db
        .insert(proposals)
        .values({ ...proposal, state: 'open' })
        .onConflictDoNothing()
        .returning();
      if (fresh) return fresh;
      const [row] = await db.select().from(proposals).where(eq(proposals.origin, proposal.origin));
      if (!row) throw new Error(`proposal of ${proposal.origin} vanished`);
      return row;
    },

    /**
     * Confirms an open proposal and creates its task, in one transaction: whoever comes second finds it confirmed.
     * `planFirst` overrides what was proposed ("start without a plan").
     */
    async confirm(
      id: number,
      by: { person: number; name: string },
      at: number,
      planFirst?: boolean,
    ): Promise<Decision> {
      return db.transaction(async (tx) => {
        const [row] = await tx
          .update(proposals)
          .set({
            state: 'confirmed',
            decidedAt: at,
            decidedBy: by.name,
            ...(planFirst === undefined ? {} : { planFirst }),
          })
          .where(and(eq(proposals.id, id), eq(proposals.state, 'open'), sql`${proposals.expiresAt} > ${at}`))
          .returning();
        if (!row) return { proposal: await required(id), changed: false };
        const next = sql<number>`nextval(pg_get_serial_sequence('mainloop.tasks', 'number'))::int`;
        const [made] = await tx.select({ number: next, installation: installation.id }).from(installation);
        if (!made) throw new Error('the database has lost the id of its installation');
        const { number } = made;
        await tx.insert(tasks).values({
          number,
          proposal: row.id,
          conversation: row.conversation,
          place: row.place,
          person: by.person,
          repo: row.repo,
          base: row.base,
          title: row.title,
          brief: row.brief,
          model: row.model,
          planFirst: row.planFirst,
          budgetUsd: row.budgetUsd,
          deadlineMinutes: row.deadlineMinutes,
          status: initialStatus(at, row.planFirst),
          branch: taskBranch(made.installation, number, row.title),
          createdAt: at,
        });
        await tx.update(proposals).set({ task: number }).where(eq(proposals.id, id));
        return { proposal: { ...row, task: number }, changed: true };
      });
    },

    /** Takes a confirmation back while the undo window is open. */
    async undo(id: number, by: string, at: number): Promise<Decision> {
      const [row] = await db
        .update(proposals)
        .set({ state: 'undone', decidedBy: by })
        .where(
          and(eq(proposals.id, id), eq(proposals.state, 'confirmed'), sql`${proposals.decidedAt} + ${undoMs} > ${at}`),
        )
        .returning();
      return row ? { proposal: row, changed: true } : { proposal: await required(id), changed: false };
    },

    /** Closes an open proposal without a task: a person does not want it, or another one takes its place. */
    async close(id: number, state: 'declined' | 'replaced', by: string, at: number): Promise<Decision> {
      const [row] = await db
        .update(proposals)
        .set({ state, decidedAt: at, decidedBy: by })
        .where(and(eq(proposals.id, id), eq(proposals.state, 'open')))
        .returning();
      return row ? { proposal: row, changed: true } : { proposal: await required(id), changed: false };
    },

    /** Closes what waited too long; answers the ids that changed now. */
    async expire(now: number): Promise<number[]> {
      const rows = await db
        .update(proposals)
        .set({ state: 'expired', decidedAt: now })
        .where(and(eq(proposals.state, 'open'), lte(proposals.expiresAt, now)))
        .returning({ id: proposals.id });
      return rows.map((row) => row.id);
    },

    /** The one that a task came of. */
    async ofTask(task: TaskNumber): Promise<Proposal | null> {
      const [row] = await db.select().from(proposals).where(eq(proposals.task, task));
      return row ?? null;
    },

    /** Who asked for each of the tasks, as far as that is known. */
    async proposers(numbers: readonly TaskNumber[]): Promise<Map<TaskNumber, number>> {
      if (numbers.length === 0) return new Map();
      const rows = await db
        .select({ task: proposals.task, proposer: proposals.proposer })
        .from(proposals)
        .where(inArray(proposals.task, [...numbers]));
      return new Map(
        rows.flatMap(({ task, proposer }) => (task === null || proposer === null ? [] : [[task, proposer] as const])),
      );
    },

    async openIn(conversation: ConversationKey): Promise<Proposal[]> {
      return db
        .select()
        .from(proposals)
        .where(and(eq(proposals.conversation, conversation), eq(proposals.state, 'open')))
        .orderBy(asc(proposals.id));
    },

    async count(): Promise<number> {
      return db.$count(proposals);
    },

    async open(): Promise<Proposal[]> {
      return db.select().from(proposals).where(eq(proposals.state, 'open')).orderBy(asc(proposals.id));
    },
  };
};
