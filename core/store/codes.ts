import type { Database } from './database.ts';
import { and, eq, gt, inArray, lte, sql } from './drizzle.ts';
import { codes } from './schema.ts';

export type CodePurpose = 'owner' | 'pair' | 'link' | 'signin';

export interface NewCode {
  /** SHA-256: the code itself is kept nowhere. */
  readonly hash: string;
  readonly purpose: CodePurpose;
  /** Whom it is shown to: has one code at a time. */
  readonly holder?: string;
  readonly account?: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Whom a good code was shown to: its holder, and the account as JSON. */
export type FoundCode = Pick<typeof codes.$inferSelect, 'holder' | 'account'>;

export const codeStore = (db: Database) => ({
  /** Keeps a code, in place of the one its holder had. What has expired goes, so that the table stays small. */
  async put(code: NewCode, now: number): Promise<void> {
    await db.transaction(async (tx) => {
      await tx.delete(codes).where(lte(codes.expiresAt, now));
      await tx
        .insert(codes)
        .values(code)
        .onConflictDoUpdate({
          target: codes.holder,
          set: { hash: code.hash, account: code.account ?? null, expiresAt: code.expiresAt },
        });
    });
  },

  /** Whether a code is good, without using it up. */
  async find(hash: string, purpose: CodePurpose, now: number): Promise<FoundCode | null> {
    const [row] = await db
      .select()
      .from(codes)
      .where(good(hash, purpose, now));
    return row ?? null;
  },

  /** Uses up a code, that of the first owner with all of its kind; null when it is unknown, used or expired. */
  async take(hash: string, purpose: CodePurpose, now: number): Promise<FoundCode | null> {
    const isGood = sql`exists (select from ${codes} as one
      where one.hash = ${hash} and one.purpose = ${purpose} and one.expires_at > ${now})`;
    const [row] = await db
      .delete(codes)
      .where(purpose === 'owner' ? and(eq(codes.purpose, purpose), isGood) : good(hash, purpose, now))
      .returning();
    return row ?? null;
  },

  /** Makes the codes of a purpose, or those shown to these holders, worthless. */
  async revoke(which: { purpose: CodePurpose } | { holders: readonly string[] }): Promise<void> {
    const those = 'purpose' in which ? eq(codes.purpose, which.purpose) : inArray(codes.holder, [...which.holders]);
    await db.delete(codes).where(those);
  },
});

const good = (hash: string, purpose: CodePurpose, now: number) =>
  and(eq(codes.hash, hash), eq(codes.purpose, purpose), gt(codes.expiresAt, now));
