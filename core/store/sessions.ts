import type { Database } from './database.ts';
import { and, eq, gt, lte } from './drizzle.ts';
import { people, sessions } from './schema.ts';

/** A person who is signed in. Times in milliseconds since the epoch. */
export interface Session {
  readonly person: number;
  readonly createdAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
}

const seenEveryMs = 60_000;

export const sessionStore = (db: Database) => ({
  /**
   * Opens a session under the SHA-256 of its token; false when the person is gone. What has expired goes, so that the table
   * stays small.
   */
  async open(session: { hash: string; person: number; expiresAt: number }, now: number): Promise<boolean> {
    return db.transaction(async (tx) => {
      await tx.delete(sessions).where(lte(sessions.expiresAt, now));
      // Locked, so that a removal of the person comes before or after, with all their sessions.
      const [known] = await tx.select().from(people).where(eq(people.id, session.person)).for('share');
      if (!known) return false;
      await tx.insert(sessions).values({ ...session, createdAt: now, seenAt: now });
      return true;
    });
  },

  /** The session that is good now, or null. That it was seen is noted once a minute. */
  async find(hash: string, now: number): Promise<Session | null> {
    const [found] = await db
      .select()
      .from(sessions)
      .where(and(eq(sessions.hash, hash), gt(sessions.expiresAt, now)));
    if (!found) return null;
    const isNoted = now - found.seenAt < seenEveryMs;
    if (!isNoted) await db.update(sessions).set({ seenAt: now }).where(eq(sessions.hash, hash));
    const { person, createdAt, expiresAt } = found;
    return { person, createdAt, expiresAt, seenAt: isNoted ? found.seenAt : now };
  },

  /** Whether a person is signed in anywhere. */
  async has(person: number, now: number): Promise<boolean> {
    const [found] = await db
      .select({ person: sessions.person })
      .from(sessions)
      .where(and(eq(sessions.person, person), gt(sessions.expiresAt, now)))
      .limit(1);
    return found !== undefined;
  },

  async close(hash: string): Promise<void> {
    await db.delete(sessions).where(eq(sessions.hash, hash));
  },

  /** Signs a person out everywhere; answers how many sessions that ended. */
  async closeAll(person: number): Promise<number> {
    return (await db.delete(sessions).where(eq(sessions.person, person)).returning({ hash: sessions.hash })).length;
  },
});
