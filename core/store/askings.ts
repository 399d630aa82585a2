import { askings, asks, inboxes } from './ask-schema.ts';
import type { Database } from './database.ts';
import { and, asc, eq, gt, inArray, isNull, lte, or, sql } from './drizzle.ts';

/** An ask that was put to a person. `told` 0: they have not seen its card yet. */
export type Asking = typeof askings.$inferSelect;

/** Who hears of which ask, and when next. */
export const askingStore = (db: Database) => ({
  /** Puts an ask to its first person, once, and says when everybody else is asked; null: never. */
  async put(asking: Omit<Asking, 'snoozedUntil' | 'reminds'>, escalateAt: number | null): Promise<void> {
    await db.transaction(async (tx) => {
      const [fresh] = await tx
        .insert(askings)
        .values({ ...asking, reminds: true })
        .onConflictDoNothing()
        .returning();
      if (fresh) await tx.update(asks).set({ escalateAt }).where(eq(asks.id, asking.ask));
    });
  },

  async find(ask: number, person: number): Promise<Asking | null> {
    const [row] = await db
      .select()
      .from(askings)
      .where(and(eq(askings.ask, ask), eq(askings.person, person)));
    return row ?? null;
  },

  /** All that was put to a person and is not settled, as far as is known. */
  async of(person: number): Promise<Asking[]> {
    return db.select().from(askings).where(eq(askings.person, person));
  },

  /** What waits for the end of quiet hours is due at once: they are others now. */
  async release(person: number, now: number): Promise<void> {
    await db
      .update(askings)
      .set({ dueAt: now })
      .where(and(eq(askings.person, person), eq(askings.told, 0), isNull(askings.snoozedUntil)));
  },

  /** Puts an ask off for one person; everybody else is not asked before either. */
  async snooze(ask: number, person: number, until: number): Promise<void> {
    await db.transaction(async (tx) => {
      const later = { dueAt: until, snoozedUntil: until };
      await tx
        .insert(askings)
        .values({ ask, person, told: 0, reminds: true, ...later })
        .onConflictDoUpdate({ target: [askings.ask, askings.person], set: later });
      await tx
        .update(asks)
        .set({ escalateAt: sql`greatest(${asks.escalateAt}, ${until})` })
        .where(and(eq(asks.id, ask), sql`${asks.escalateAt} is not null`));
    });
  },

  /** Hands an open ask over: the one hears of it at once, the other no more by itself. False when it is settled. */
  async hand(
    ask: number,
    from: number,
    to: { readonly person: number; readonly name: string; readonly by: string },
    now: number,
    escalateAt: number | null,
  ): Promise<boolean> {
    return db.transaction(async (tx) => {
      const [row] = await tx
        .update(asks)
        .set({
          delegated: { to: to.name, by: to.by },
          escalateAt: sql`case when ${asks.escalateAt} is null then null else ${escalateAt}::bigint end`,
        })
        .where(and(eq(asks.id, ask), eq(asks.state, 'open')))
        .returning({ id: asks.id });
      if (!row) return false;
      await tx
        .update(askings)
        .set({ dueAt: null, snoozedUntil: null, reminds: false })
        .where(and(eq(askings.ask, ask), eq(askings.person, from)));
      const due = { dueAt: now, snoozedUntil: null, reminds: true };
      await tx
        .insert(askings)
        .values({ ask, person: to.person, told: 0, ...due })
        .onConflictDoUpdate({ target: [askings.ask, askings.person], set: due });
      return true;
    });
  },

  /** Open asks that nobody answered in time. */
  async unanswered(now: number): Promise<(typeof asks.$inferSelect)[]> {
    return db
      .select()
      .from(asks)
      .where(and(eq(asks.state, 'open'), lte(asks.escalateAt, now)))
      .orderBy(asc(asks.id));
  },

  /** Puts an ask to everybody else, once; those who have it already keep what they have. */
  async escalate(ask: number, people: readonly number[], now: number): Promise<void> {
    await db.transaction(async (tx) => {
      const [row] = await tx
        .update(asks)
        .set({ escalateAt: null })
        .where(and(eq(asks.id, ask), eq(asks.state, 'open'), lte(asks.escalateAt, now)))
        .returning({ id: asks.id });
      if (!row || people.length === 0) return;
      const values = people.map((person) => ({ ask, person, told: 0, dueAt: now, reminds: false }));
      await tx.insert(askings).values(values).onConflictDoNothing();
    });
  },

  /** What people are to hear now, oldest first; not while a digest of theirs is due, which comes first. */
  async due(now: number, limit: number): Promise<Asking[]> {
    const rows = await db
      .select({ asking: askings, state: asks.state })
      .from(askings)
      .innerJoin(asks, eq(asks.id, askings.ask))
      .leftJoin(inboxes, eq(inboxes.person, askings.person))
      .where(and(lte(askings.dueAt, now), or(isNull(inboxes.digestAt), gt(inboxes.digestAt, now))))
      .orderBy(asc(askings.dueAt))
      .limit(limit);
    const isOpen = ({ state }: (typeof rows)[number]) => state === 'open';
    // Nobody hears of a settled ask again.
    const settled = rows.filter((row) => !isOpen(row)).map(({ asking }) => asking.ask);
    if (settled.length > 0) await db.delete(askings).where(inArray(askings.ask, settled));
    return rows.filter(isOpen).map(({ asking }) => asking);
  },

  /** Waits with what is due. */
  async defer(asking: Asking, until: number): Promise<void> {
    await db.update(askings).set({ dueAt: until }).where(same(asking));
  },

  /** They heard of it; `next` is when they hear of it again. */
  async told(asking: Asking, next: number | null): Promise<void> {
    await db
      .update(askings)
      .set({ told: asking.told + 1, dueAt: next, snoozedUntil: null })
      .where(same(asking));
  },
});

/** A snooze or a handing over that came meanwhile is not overwritten. */
const same = ({ ask, person, dueAt }: Asking) =>
  and(
    eq(askings.ask, ask),
    eq(askings.person, person),
    dueAt === null ? isNull(askings.dueAt) : eq(askings.dueAt, dueAt),
  );
