import { type Account, accountKey, type Doc, isForeign, type Place } from '../domain/chat.ts';
import type { RepoName } from '../domain/ids.ts';
import type { Person, Role } from '../domain/policy.ts';
import type { Store } from '../store/index.ts';
import { stranger } from '../words/people.ts';
import { hashCode, newCode } from './code.ts';
import type { Deps } from './deps.ts';

const hourMs = 60 * 60 * 1000;

/** A stranger gets one answer per place of this kind in this time, however often they write, milliseconds. */
const quietMs = 10 * 60 * 1000;

/** Who was shown a pairing code. */
type Paired = Omit<Account, 'bot'> & { readonly foreign?: boolean };

/** A one-time code that makes the account that sends it an owner. Printed at start when nobody is owner. */
export async function ownerCode(store: Store, now: number): Promise<string> {
  const code = newCode();
  await store.codes.put({ hash: hashCode(code), purpose: 'owner', expiresAt: now + 24 * hourMs }, now);
  return code;
}

/**
 * What somebody unknown reads: in private a code that an owner can let this very account in with, good for an hour and the
 * only one the account has. Null when they were answered a moment ago, about something else than `origin`.
 */
export async function lineForStranger(
  { store }: Pick<Deps, 'store'>,
  account: Account,
  place: Place,
  isPrivate: boolean,
  origin: string,
): Promise<Doc | null> {
  const now = Date.now();
  const key = accountKey(account);
  const answers = `stranger:${isPrivate ? 'private' : 'public'}:${key}`;
  if (!(await store.limits.isFirst(answers, origin, quietMs, now))) return null;
  if (!isPrivate) return stranger(null);
  const code = newCode();
  const { platform, space, id, name } = account;
  const who: Paired = { platform, space, id, name: name ?? id, foreign: isForeign(account, place) };
  await store.codes.put(
    {
      hash: hashCode(code),
      purpose: 'pair',
      holder: `account:${key}`,
      account: JSON.stringify(who),
      expiresAt: now + hourMs,
    },
    now,
  );
  return stranger(code);
}

/** Lets the account in that was shown this code; null when the code is unknown, used or expired. */
export async function admitPaired(
  store: Store,
  code: string,
  role: Role,
  now: number,
  projects: readonly RepoName[] | null = null,
): Promise<{ person: Person; account: string; isForeign: boolean } | null> {
  const found = await store.codes.take(hashCode(code), 'pair', now);
  if (!found?.account) return null;
  const { foreign, ...account }: Paired = JSON.parse(found.account);
  const person = await store.people.admit(account, role, now, projects);
  return { person, account: accountKey(account), isForeign: foreign ?? false };
}
