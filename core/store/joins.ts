import { type Account, accountKey } from '../domain/chat.ts';
import { accountRow } from './accounts.ts';
import type { Database } from './database.ts';
import { and, asc, eq, gt, inArray, isNull } from './drizzle.ts';
import { accounts, joins, people } from './schema.ts';

/** An account that was joined to a person by a code. */
export type Join = typeof joins.$inferSelect;

export const joinStore = (db: Database) => ({
  /**
   * Joins an account to a person, because the code that was shown on `through` was entered there. Null, and nothing is
   * changed, when the account has a person already, the person is gone, or `through` is no longer theirs.
   */
  async add(person: number, account: Omit<Account, 'bot'>, through: string, at: number): Promise<Join | null> {
    return db.transaction(async (tx) => {
      // Locked, so that a removal of the person comes before or after, with all their accounts.
      const [known] = await tx.select().from(people).where(eq(people.id, person)).for('share');
      if (!known) return null;
      // The code was shown on an account that has been taken from them since: whoever holds it then is somebody else.
      const [shownOn] = await tx
        .select()
        .from(accounts)
        .where(and(eq(accounts.key, through), eq(accounts.person, person)))
        .for('share');
      if (!shownOn) return null;
      const [fresh] = await tx
        .insert(accounts)
        .values(accountRow(account, person, at))
        .onConflictDoNothing()
        .returning();
      if (!fresh) return null;
      const [join] = await tx
        .insert(joins)
        .values({ person, account: accountKey(account), through, at })
        .returning();
      return join ?? null;
    });
  },

  async find(id: number): Promise<Join | null> {
    const [row] = await db.select().from(joins).where(eq(joins.id, id));
    return row ?? null;
  },

  /** How an account that is somebody's became theirs; null when no code of theirs did it. */
  async of(account: string): Promise<Join | null> {
    const [row] = await db
      .select()
      .from(joins)
      .where(and(eq(joins.account, account), isNull(joins.undoneAt)));
    return row ?? null;
  },

  /** Joins that may still be taken back, oldest first. */
  async since(at: number): Promise<Join[]> {
    return db
      .select()
      .from(joins)
      .where(and(gt(joins.at, at), isNull(joins.undoneAt)))
      .orderBy(asc(joins.id));
  },

  /** Takes a join back, and with it what was joined through its account since. Answers the accounts that are strangers now. */
  async undo(id: number, at: number): Promise<string[]> {
    return db.transaction(async (tx) => {
      const gone: string[] = [];
      let undone = await tx
        .update(joins)
        .set({ undoneAt: at })
        .where(and(eq(joins.id, id), isNull(joins.undoneAt)))
        .returning();
      while (undone.length > 0) {
        const through = undone.map(({ account }) => account);
        const [{ person } = { person: 0 }] = undone;
        await tx.delete(accounts).where(and(inArray(accounts.key, through), eq(accounts.person, person)));
        gone.push(...through);
        undone = await tx
          .update(joins)
          .set({ undoneAt: at })
          .where(and(inArray(joins.through, through), eq(joins.person, person), isNull(joins.undoneAt)))
          .returning();
      }
      return gone;
    });
  },
});
