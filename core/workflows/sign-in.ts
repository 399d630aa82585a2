import { randomBytes, randomUUID } from 'node:crypto';
import { type Account, accountKey, type Doc } from '../domain/chat.ts';
import type { Person } from '../domain/policy.ts';
import type { Store } from '../store/index.ts';
import { alreadySomebody, strangerAgain } from '../words/people.ts';
import { hashCode } from './code.ts';
import { lineForStranger } from './pairing.ts';
import { record } from './record.ts';

/** How long a link is good, milliseconds. */
export const signInMs = 15 * 60 * 1000;

/** Short codes that may be tried by everybody together within a window of time: those that owners read off the terminal. */
const most = 20;
const windowMs = 10 * 60 * 1000;

/** As whom a code signs in; `name` is null for the first owner, whom nobody knows yet. */
export interface Welcome {
  readonly name: string | null;
}

/** The web page's platform name and the id that a person has there. */
const accountOf = ({ id, name }: Person) => ({ platform: 'web', space: '', id: String(id), name });

/** The web page's door: one-time links, which only a press on the page uses up. */
export const createSignIn = (store: Store) => ({
  /** The path of a person's link; they have one at a time. `lifeMs` is how long it is good. */
  async link(person: number, now: number, lifeMs = signInMs): Promise<string> {
    const code = randomBytes(24).toString('hex');
    const holder = `signin:${person}`;
    const signIn = { hash: hashCode(code), purpose: 'signin', holder, account: String(person) } as const;
    await store.codes.put({ ...signIn, expiresAt: now + lifeMs }, now);
    return linkPath(code);
  },

  /** Makes the link worthless that a person was sent and did not use. */
  revoke: (person: number): Promise<void> => store.codes.revoke({ holders: [`signin:${person}`] }),

  /** As whom a code would sign in, without using it up; null when it is no good. */
  async look(code: string, now: number): Promise<Welcome | null> {
    if (await hasTriedTooMuch(store, code, now)) return null;
    const found = await store.codes.find(hashCode(code), 'signin', now);
    const person = found && (await store.people.byId(Number(found.account)));
    if (person) return { name: person.name };
    const isFirst = (await store.codes.find(hashCode(code), 'owner', now)) !== null && (await hasNoOwner(store));
    return isFirst ? { name: null } : null;
  },

  /** Uses a code up; answers who it was for, with an account on the page. Null when it is no good, or the person is gone. */
  async enter(code: string, name: string, now: number): Promise<Person | null> {
    const person = (await expected(store, code, now)) ?? (await firstOwner(store, code, name, now));
    if (person) await arrive(store, person, now);
    return person;
  },

  /**
   * Somebody whom a sign-in provider vouches for: who they are, or what they read instead. A `reader` who is signed in
   * already is joined to that account.
   */
  async identified(
    account: Omit<Account, 'bot'>,
    reader: Person | null,
    now: number,
  ): Promise<{ person: Person } | { doc: Doc }> {
    const known = await store.people.of({ ...account, bot: false });
    if (known && reader && known.id !== reader.id) return { doc: alreadySomebody(known.name, false) };
    if (known) return { person: await arrive(store, known, now) };
    if (!reader) return { doc: (await lineForIdentified(store, account)) ?? strangerAgain };
    await store.people.addAccount(reader.id, account, now);
    const actor = { person: reader, name: reader.name, platform: 'web', account: accountKey(accountOf(reader)) };
    const origin = `identified:${accountKey(account)}:${now}`;
    const deed = { subject: `person:${reader.id}`, type: 'linked', data: { linked: accountKey(account) } };
    await record(store, { ...actor, place: null, origin }, deed);
    return { person: reader };
  },
});

/** A stranger at the door is shown a code for an owner, as one in a direct message is. */
function lineForIdentified(store: Store, account: Omit<Account, 'bot'>): Promise<Doc | null> {
  const door = { platform: account.platform, space: account.space, channel: account.id, dm: true };
  return lineForStranger({ store }, { ...account, bot: false }, door, true, randomUUID());
}

/** They have an account on the page from now on. */
async function arrive(store: Store, person: Person, now: number): Promise<Person> {
  await store.people.addAccount(person.id, accountOf(person), now);
  await store.people.seen({ ...accountOf(person), bot: false }, now);
  return person;
}

export type SignIn = ReturnType<typeof createSignIn>;

/** Where a code is entered. */
export const linkPath = (code: string): string => `/sign-in?code=${code}`;

async function expected(store: Store, code: string, now: number): Promise<Person | null> {
  const taken = await store.codes.take(hashCode(code), 'signin', now);
  return taken && store.people.byId(Number(taken.account));
}

async function firstOwner(store: Store, code: string, name: string, now: number): Promise<Person | null> {
  if (name.trim() === '' || (await hasTriedTooMuch(store, code, now))) return null;
  if (!(await hasNoOwner(store)) || !(await store.codes.take(hashCode(code), 'owner', now))) return null;
  const person = await store.people.found(name.trim(), 'owner', now);
  const account = accountKey(accountOf(person));
  const actor = { person, name: person.name, platform: 'web', account, place: null, origin: `founded:${person.id}` };
  await record(store, actor, { subject: `person:${person.id}`, type: 'admitted', data: { role: 'owner' } });
  return person;
}

const hasNoOwner = async (store: Store): Promise<boolean> =>
  !(await store.people.list()).some(({ role }) => role === 'owner');

/** A long code cannot be guessed; what does not count in a code makes none long. */
async function hasTriedTooMuch(store: Store, code: string, now: number): Promise<boolean> {
  const isLong = code.replace(/[^0-9a-z]/gi, '').length >= 32;
  return !isLong && (await store.limits.count('codes:web', windowMs, now)) > most;
}
