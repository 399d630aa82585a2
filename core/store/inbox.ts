import type { Quiet } from '../domain/quiet.ts';
import { inboxes } from './ask-schema.ts';
import type { Database } from './database.ts';
import { and, eq, lte } from './drizzle.ts';

/** How a person wants to be asked. */
export interface Inbox {
  /** Platforms in whose DMs asks are shown; null: the one used last. */
  readonly surfaces: readonly string[] | null;
  readonly zone: string | null;
  readonly quiet: Quiet | null;
  /** When the digest after the quiet hours is due. */
  readonly digestAt: number | null;
}

const usual: Inbox = { surfaces: null, zone: null, quiet: null, digestAt: null };

export const inboxStore = (db: Database) => ({
  async of(person: number): Promise<Inbox> {
    const [row] = await db.select().from(inboxes).where(eq(inboxes.person, person));
    return row ?? usual;
  },

  /** Sets what is given and leaves the rest. */
  async set(person: number, change: Partial<Inbox>): Promise<void> {
    await db
      .insert(inboxes)
      .values({ ...change, person })
      .onConflictDoUpdate({ target: inboxes.person, set: change });
  },

  /** People whose quiet hours are over, and when they ended. */
  async digestsDue(now: number): Promise<(Inbox & { person: number; digestAt: number })[]> {
    const rows = await db.select().from(inboxes).where(lte(inboxes.digestAt, now));
    return rows.map((row) => ({ ...row, digestAt: row.digestAt ?? now }));
  },

  /** The digest of `at` is out; what was held for it may follow. */
  async digested(person: number, at: number, next: number | null): Promise<void> {
    await db
      .update(inboxes)
      .set({ digestAt: next })
      .where(and(eq(inboxes.person, person), eq(inboxes.digestAt, at)));
  },
});
