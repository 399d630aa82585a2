import { createHash, randomInt } from 'node:crypto';
import { type Account, accountKey, type Doc } from '../domain/chat.ts';
import type { Person, Role } from '../domain/policy.ts';
import type { Store } from '../store/index.ts';
import { welcomeOwner } from '../words/people.ts';
import type { Deps } from './deps.ts';

/** Letters and digits that nobody confuses when reading them aloud. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const hourMs = 60 * 60 * 1000;

const newCode = (): string => {
  const letters = Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
};

const hashCode = (code: string): string =>
  createHash('sha256')
    .update(code.replace(/[^0-9A-Z]/g, ''))
    .digest('hex');

/** A one-time code that makes the account that sends it an owner. Printed at start when nobody is owner. */
export async function ownerCode(store: Store, now: number): Promise<string> {
  const code = newCode();
  await store.people.putCode(hashCode(code), 'owner', null, now + 24 * hourMs);
  return code;
}

/** The code that an owner needs to let this account in. Good for an hour. */
export async function pairingCode({ store }: Deps, account: Account): Promise<string> {
  const code = newCode();
  const who = JSON.stringify({
    platform: account.platform,
    space: account.space,
    id: account.id,
    name: account.name ?? account.id,
  });
  await store.people.putCode(hashCode(code), 'pair', who, Date.now() + hourMs);
  return code;
}

/** Makes an owner of an account that sends a good owner code; null when the text holds none. */
export async function admitByCode({ store, log }: Deps, account: Account, text: string): Promise<Doc | null> {
  const code = codeIn(text);
  const found = code ? await store.people.takeCode(hashCode(code), 'owner', Date.now()) : null;
  if (!found) return null;
  const person = await store.people.admit(account, 'owner', Date.now());
  log.info({ account: accountKey(account), person: person.id }, 'first owner');
  return welcomeOwner(person.name);
}

/** Lets the account in that was shown this code; null when the code is unknown, used or expired. */
export async function admitPaired(store: Store, code: string, role: Role, now: number): Promise<Person | null> {
  const found = await store.people.takeCode(hashCode(code), 'pair', now);
  if (!found?.account) return null;
  const account: Omit<Account, 'bot'> = JSON.parse(found.account);
  return store.people.admit(account, role, now);
}

const codeIn = (text: string): string | null =>
  /\b([0-9A-HJ-NP-Z]{4}-[0-9A-HJ-NP-Z]{4})\b/i.exec(text)?.[1]?.toUpperCase() ?? null;
