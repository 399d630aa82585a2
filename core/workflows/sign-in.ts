import { randomBytes } from 'node:crypto';
import { accountKey } from '../domain/chat.ts';
import type { Person } from '../domain/policy.ts';
import type { Store } from '../store/index.ts';
import { hashCode } from './code.ts';
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
    if (!person) return null;
    await store.people.addAccount(person.id, accountOf(person), now);
    await store.people.seen({ ...accountOf(person), bot: false }, now);
    return person;
  },
});

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
