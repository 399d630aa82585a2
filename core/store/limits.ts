import type { Database } from './database.ts';
import { and, eq, gt, lt, sql } from './drizzle.ts';
import { limits } from './schema.ts';

/** Counts that nobody asks about any more are dropped after this time, milliseconds; longer than any window. */
const keptMs = 24 * 60 * 60 * 1000;

export const limitStore = (db: Database) => ({
  /** Whether this is the first of its kind within a window of time; the same origin asked about again is it still. */
  async isFirst(key: string, origin: string, windowMs: number, now: number): Promise<boolean> {
    const own = `${key} first ${origin}`;
    return db.transaction(async (tx) => {
      const [known] = await tx
        .select()
        .from(limits)
        .where(and(eq(limits.key, own), gt(limits.since, now - windowMs)));
      if (known) return true;
      if ((await limitStore(tx).count(key, windowMs, now)) > 1) return false;
      await limitStore(tx).count(own, windowMs, now);
      return true;
    });
  },

  /** Counts one more try within a window of time that begins with its first; answers the count, this one included. */
  async count(key: string, windowMs: number, now: number): Promise<number> {
    const isOver = sql`${limits.since} + ${windowMs} <= ${now}`;
    const [row] = await db
      .insert(limits)
      .values({ key, count: 1, since: now })
      .onConflictDoUpdate({
        target: limits.key,
        set: {
          count: sql`case when ${isOver} then 1 else ${limits.count} + 1 end`,
          since: sql`case when ${isOver} then ${now} else ${limits.since} end`,
        },
      })
      .returning({ count: limits.count });
    if (row?.count === 1) await db.delete(limits).where(lt(limits.since, now - keptMs));
    return row?.count ?? 1;
  },

  /** Begins anew. */
  async clear(key: string): Promise<void> {
    await db.delete(limits).where(eq(limits.key, key));
  },
});
