import { accountKey } from '../domain/chat.ts';
import type { RepoName } from '../domain/ids.ts';
import type { Person, Role } from '../domain/policy.ts';
import { Failure } from '../errors.ts';
import type { Store } from '../store/index.ts';
import type { Change } from '../store/people.ts';
import { admitPaired } from './pairing.ts';

/** What owners decide about people beside the chat, each written to the history under who decides. */
export interface Membership {
  /** Lets in whom a pairing code was shown to. Throws Failure `bad_code`. */
  approve(code: string, role: Role, projects: readonly RepoName[] | null): Promise<Person>;
  /** Takes effect at once, on cards that are open too. Throws Failure `last_owner`. */
  setRole(person: Person, role: Role): Promise<void>;
  /** Null: all. Throws Failure `owner_uses_all`. */
  setProjects(person: Person, projects: readonly RepoName[] | null): Promise<void>;
  /** Their accounts are strangers' again, and the codes they hold are worthless. Throws Failure `last_owner`. */
  remove(person: Person): Promise<void>;
  /** Makes one account a stranger's again, by its key. Throws Failure `unknown_account`. */
  unlink(account: string): Promise<void>;
  /** Says whose a login on the code host is. Throws Failure `account_taken`. */
  addLogin(person: Person, login: string): Promise<void>;
}

/** The code host among the platforms of accounts. */
export const hostPlatform = 'github';

const hostIdentity = (login: string) => ({ platform: hostPlatform, space: '', id: login.toLowerCase() });

/** The account of a login on the code host, where logins are the same in any case. */
export const hostAccount = (login: string): string => accountKey(hostIdentity(login));

export function createMembership(store: Store, actor: string): Membership {
  const note = (person: number, type: string, data: Record<string, unknown>) => {
    const at = Date.now();
    return store.history.add({
      key: `${actor}:${type}:${person}:${at}`,
      at,
      actor,
      subject: `person:${person}`,
      type,
      data,
    });
  };

  return {
    async approve(code, role, projects) {
      const paired = await admitPaired(store, code, role, Date.now(), projects);
      if (!paired) throw failure('bad_code', 'That code is wrong, used or expired.', 'Codes are good for an hour.');
      await note(paired.person.id, 'admitted', { role: paired.person.role, admitted: paired.account });
      return paired.person;
    },

    async setRole(person, role) {
      mustChange(person, await store.people.setRole(person.id, role));
      await note(person.id, 'role_set', { role });
    },

    async setProjects(person, projects) {
      if (person.role === 'owner' && projects !== null)
        throw failure(
          'owner_uses_all',
          `${person.name} is an owner, and owners use all projects.`,
          'Change the role first.',
        );
      await store.people.setProjects(person.id, projects);
      await note(person.id, 'projects_set', { projects });
    },

    async remove(person) {
      const accounts = (await store.people.accountsOf(person.id)).map(accountKey);
      mustChange(person, await store.people.remove(person.id));
      await store.codes.revoke({
        holders: [`person:${person.id}`, `signin:${person.id}`, ...accounts.map((key) => `account:${key}`)],
      });
      await note(person.id, 'removed', { name: person.name, accounts });
    },

    async unlink(account) {
      const person = await store.people.byAccount(account);
      if (!person || !(await store.people.dropAccount(account)))
        throw failure('unknown_account', `Nobody has the account ${account}.`, '`people list` shows them.');
      // Whoever holds the account may have signed in on the web page with it.
      await store.sessions.closeAll(person.id);
      await store.codes.revoke({ holders: [`person:${person.id}`, `signin:${person.id}`, `account:${account}`] });
      await note(person.id, 'unlinked', { accounts: [account] });
    },

    async addLogin(person, login) {
      if (!(await store.people.addAccount(person.id, { ...hostIdentity(login), name: login }, Date.now())))
        throw failure('account_taken', `${login} belongs to somebody already.`, '`people list` shows to whom.');
      await note(person.id, 'linked', { account: hostAccount(login) });
    },
  };
}

function mustChange({ name }: Person, change: Change): void {
  if (change === 'last_owner')
    throw failure('last_owner', `${name} is the last owner.`, 'Make somebody else an owner first.');
  if (change === 'unknown')
    throw failure('unknown_person', `${name} is gone already.`, '`people list` shows who is there.');
}

const failure = (code: string, message: string, advice: string) =>
  new Failure(message, { code, remedy: 'never', advice });
