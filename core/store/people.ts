import { and, eq, gt } from 'drizzle-orm';
import { type Account, accountKey } from '../domain/chat.ts';
import type { Person, Role } from '../domain/policy.ts';
import type { Database } from './database.ts';
import { accounts, codes, people } from './schema.ts';

/** From the one who may least. */
const ranks: readonly Role[] = ['viewer', 'member', 'owner'];

export const peopleStore = (db: Database) => ({
  /** The person behind an account, or null for a stranger. Bots are nobody. */
  async of(account: Account): Promise<(Person & { lastSeenAt: number }) | null> {
    if (account.bot) return null;
    const [row] = await db
      .select({ id: people.id, name: people.name, role: people.role, lastSeenAt: accounts.lastSeenAt })
      .from(accounts)
      .innerJoin(people, eq(accounts.person, people.id))
      .where(eq(accounts.key, accountKey(account)));
    return row ?? null;
  },

  async byId(id: number): Promise<Person | null> {
    const [row] = await db.select().from(people).where(eq(people.id, id));
    return row ?? null;
  },

  /** Makes an account a person with a role; an account that is known keeps its person and gets at least that role. */
  async admit(account: Omit<Account, 'bot'>, role: Role, at: number): Promise<Person> {
    return db.transaction(async (tx) => {
      const key = accountKey(account);
      const name = account.name ?? account.id;
      const [known] = await tx
        .select({ id: people.id, name: people.name, role: people.role })
        .from(accounts)
        .innerJoin(people, eq(accounts.person, people.id))
        .where(eq(accounts.key, key));
      if (known) {
        if (ranks.indexOf(role) <= ranks.indexOf(known.role)) return known;
        await tx.update(people).set({ role }).where(eq(people.id, known.id));
        return { ...known, role };
      }
      const [person] = await tx.insert(people).values({ name, role, createdAt: at }).returning();
      if (!person) throw new Error('no person inserted');
      await tx.insert(accounts).values({
        key,
        platform: account.platform,
        space: account.space,
        externalId: account.id,
        name,
        person: person.id,
        lastSeenAt: at,
      });
      return person;
    });
  },

  /** Keeps a person's name and last account up to date with what the platform says. */
  async seen(account: Account, at: number): Promise<void> {
    const [row] = await db
      .update(accounts)
      .set({ lastSeenAt: at, ...(account.name ? { name: account.name } : {}) })
      .where(eq(accounts.key, accountKey(account)))
      .returning({ person: accounts.person });
    if (row && account.name) await db.update(people).set({ name: account.name }).where(eq(people.id, row.person));
  },

  async accountsOf(person: number): Promise<Account[]> {
    const rows = await db.select().from(accounts).where(eq(accounts.person, person)).orderBy(accounts.lastSeenAt);
    return rows
      .reverse()
      .map((row) => ({ platform: row.platform, space: row.space, id: row.externalId, name: row.name, bot: false }));
  },

  async list(): Promise<Person[]> {
    return db.select({ id: people.id, name: people.name, role: people.role }).from(people).orderBy(people.id);
  },

  async putCode(hash: string, purpose: 'owner' | 'pair', account: string | null, expiresAt: number): Promise<void> {
    await db.insert(codes).values({ hash, purpose, account, expiresAt }).onConflictDoNothing();
  },

  /** Uses up a code; null when it is unknown, used or expired. */
  async takeCode(hash: string, purpose: 'owner' | 'pair', now: number): Promise<{ account: string | null } | null> {
    const [row] = await db
      .delete(codes)
      .where(and(eq(codes.hash, hash), eq(codes.purpose, purpose), gt(codes.expiresAt, now)))
      .returning();
    return row ?? null;
  },
});
