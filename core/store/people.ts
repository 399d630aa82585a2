import { type Account, accountKey } from '../domain/chat.ts';
import type { RepoName } from '../domain/ids.ts';
import { type Person, type Role, roles } from '../domain/policy.ts';
import { accountIn, accountRow } from './accounts.ts';
import type { Database } from './database.ts';
import { and, asc, desc, eq, sql } from './drizzle.ts';
import { accounts, people, sessions } from './schema.ts';

const person = { id: people.id, name: people.name, role: people.role, projects: people.projects };

/** What a change of people came to; there is always an owner, so the last one stays. */
export type Change = 'changed' | 'unknown' | 'last_owner';

export const peopleStore = (db: Database) => {
  // Asked for everything that anybody says: built once.
  const personOf = db
    .select({ ...person, lastSeenAt: accounts.lastSeenAt })
    .from(accounts)
    .innerJoin(people, eq(accounts.person, people.id))
    .where(eq(accounts.key, sql.placeholder('key')))
    .prepare('person_of_account');
  const byAccount = async (key: string): Promise<(Person & { lastSeenAt: number }) | null> =>
    (await personOf.execute({ key }))[0] ?? null;

  return {
    /** The person behind an account, or null for a stranger. Bots are nobody. */
    of: async (account: Account) => (account.bot ? null : byAccount(accountKey(account))),

    /** The same by the account's key `platform:space:id`. */
    byAccount,

    async byId(id: number): Promise<Person | null> {
      const [row] = await db.select(person).from(people).where(eq(people.id, id));
      return row ?? null;
    },

    /**
     * Makes an account a person with a role, for these projects (null: all). An account that is known keeps its person and
     * projects and gets at least that role.
     */
    async admit(
      account: Omit<Account, 'bot'>,
      role: Role,
      at: number,
      projects: readonly RepoName[] | null = null,
    ): Promise<Person> {
      return db.transaction(async (tx) => {
        const [known] = await tx
          .select(person)
          .from(accounts)
          .innerJoin(people, eq(accounts.person, people.id))
          .where(eq(accounts.key, accountKey(account)));
        if (known) {
          // From the one who may most.
          if (roles.indexOf(role) >= roles.indexOf(known.role)) return known;
          await tx.update(people).set({ role }).where(eq(people.id, known.id));
          return { ...known, role };
        }
        const name = account.name ?? account.id;
        const values = { name, role, projects: projects && [...projects], createdAt: at };
        const [fresh] = await tx.insert(people).values(values).returning(person);
        if (!fresh) throw new Error('no person inserted');
        await tx.insert(accounts).values(accountRow(account, fresh.id, at));
        return fresh;
      });
    },

    /** Makes somebody a person who has no account yet. */
    async found(name: string, role: Role, at: number): Promise<Person> {
      const [fresh] = await db.insert(people).values({ name, role, createdAt: at }).returning(person);
      if (!fresh) throw new Error('no person inserted');
      return fresh;
    },

    /**
     * Keeps an account's name and last use up to date with what the platform says. A person who is called as that account was
     * is called as it is now; by another account of theirs nobody is renamed.
     */
    async seen(account: Account, at: number): Promise<void> {
      const key = accountKey(account);
      await db.transaction(async (tx) => {
        const [before] = await tx.select().from(accounts).where(eq(accounts.key, key)).for('update');
        if (!before) return;
        const name = account.name || before.name;
        await tx.update(accounts).set({ lastSeenAt: at, name }).where(eq(accounts.key, key));
        if (name === before.name) return;
        await tx
          .update(people)
          .set({ name })
          .where(and(eq(people.id, before.person), eq(people.name, before.name)));
      });
    },

    /** Their accounts, the one used last first. */
    async accountsOf(id: number): Promise<Account[]> {
      const rows = await db.select().from(accounts).where(eq(accounts.person, id)).orderBy(accounts.lastSeenAt);
      return rows.reverse().map(accountIn);
    },

    /** Accounts on a platform, those seen last first. */
    async accountsOn(platform: string, limit: number): Promise<Account[]> {
      const rows = await db
        .select()
        .from(accounts)
        .where(eq(accounts.platform, platform))
        .orderBy(desc(accounts.lastSeenAt))
        .limit(limit);
      return rows.map(accountIn);
    },

    async list(): Promise<Person[]> {
      return db.select(person).from(people).orderBy(asc(people.id));
    },

    /** Gives a person another account; false when it has a person already. */
    async addAccount(id: number, account: Omit<Account, 'bot'>, at: number): Promise<boolean> {
      const rows = await db
        .insert(accounts)
        .values(accountRow(account, id, at))
        .onConflictDoNothing()
        .returning();
      return rows.length > 0;
    },

    /** Makes an account a stranger's again; false when it was one. */
    async dropAccount(key: string): Promise<boolean> {
      return (await db.delete(accounts).where(eq(accounts.key, key)).returning()).length > 0;
    },

    async setProjects(id: number, projects: readonly RepoName[] | null): Promise<void> {
      await db
        .update(people)
        .set({ projects: projects && [...projects] })
        .where(eq(people.id, id));
    },

    async setRole(id: number, role: Role): Promise<Change> {
      return change(id, role === 'owner', async (tx) => {
        await tx.update(people).set({ role }).where(eq(people.id, id));
      });
    },

    /** Removes a person: all their accounts are strangers' from then on, and they are signed out everywhere. */
    async remove(id: number): Promise<Change> {
      return change(id, false, async (tx) => {
        await tx.delete(accounts).where(eq(accounts.person, id));
        await tx.delete(sessions).where(eq(sessions.person, id));
        await tx.delete(people).where(eq(people.id, id));
      });
    },
  };

  type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

  /** One at a time, so that two owners cannot remove each other. */
  function change(id: number, staysOwner: boolean, act: (tx: Transaction) => Promise<void>): Promise<Change> {
    return db.transaction(async (tx): Promise<Change> => {
      const owners = await tx
        .select({ id: people.id })
        .from(people)
        .where(eq(people.role, 'owner'))
        .orderBy(asc(people.id))
        .for('update');
      const [found] = await tx.select({ id: people.id }).from(people).where(eq(people.id, id)).for('update');
      if (!found) return 'unknown';
      if (!staysOwner && owners.every((owner) => owner.id === id) && owners.length > 0) return 'last_owner';
      await act(tx);
      return 'changed';
    });
  }
};
