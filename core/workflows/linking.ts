import { type Account, accountKey, type Doc } from '../domain/chat.ts';
import { may, type Person } from '../domain/policy.ts';
import {
  admitted,
  alreadySomebody,
  badCode,
  linkCode,
  notAllowed,
  tooManyCodes,
  welcomeAccount,
  welcomeOwner,
} from '../words/people.ts';
import { hashCode, type LinkWords, newCode } from './code.ts';
import type { Deps } from './deps.ts';
import { admitPaired } from './pairing.ts';
import { type Actor, record } from './record.ts';

type Needs = Pick<Deps, 'store' | 'log'>;

/** How long a code that joins another account is good, milliseconds. */
const linkLifeMs = 10 * 60 * 1000;

/** Codes that an account may try, or a person be shown, within a window of time. */
const most = 5;
const windowMs = 10 * 60 * 1000;

/** Who enters a code or asks for one: somebody known or a stranger. */
export interface Linking {
  readonly account: Account;
  readonly actor: Actor;
}

/** What to say, null when it was said a moment ago; and the join of which the first account is to be told. */
export interface Linked {
  readonly doc: Doc | null;
  readonly join: number | null;
}

/** Where a link code was shown. */
interface Shown {
  readonly person: number;
  readonly account: string;
}

const say = (doc: Doc | null): Linked => ({ doc, join: null });

/**
 * `link`: without a code a known person gets one for another account of theirs. With one, an owner lets in whom it was shown
 * to, and a stranger's account becomes the person's whose code it is, or the first owner's. Nobody can try codes for long.
 */
export async function link(deps: Needs, { code, role }: LinkWords, by: Linking): Promise<Linked> {
  const { store } = deps;
  const { person } = by.actor;
  if (code === null) return say(person && (await showCode(deps, person, by.account)));
  const tries = `codes:${accountKey(by.account)}`;
  const count = await store.limits.count(tries, windowMs, Date.now());
  if (count > most) return say(count === most + 1 ? tooManyCodes : null);
  const owner = person && (await ownerOf(store, code));
  // Such a code is not used up: it must not clear the count of the others that were tried.
  if (person && owner !== null) return say(alreadySomebody(person.name, owner === person.id));
  const linked = person ? await admitBy(deps, code, role, by, person) : await enterUnknown(deps, code, by);
  if (!linked) return say(person && !may(person, 'administer') ? notAllowed('administer') : badCode);
  await store.limits.clear(tries);
  return linked;
}

async function showCode({ store }: Needs, person: Person, account: Account): Promise<Doc> {
  const now = Date.now();
  if ((await store.limits.count(`link:${person.id}`, windowMs, now)) > most) return tooManyCodes;
  const code = newCode();
  const shown: Shown = { person: person.id, account: accountKey(account) };
  await store.codes.put(
    {
      hash: hashCode(code),
      purpose: 'link',
      holder: `person:${person.id}`,
      account: JSON.stringify(shown),
      expiresAt: now + linkLifeMs,
    },
    now,
  );
  return linkCode(code, linkLifeMs);
}

/** Whose link code it is. It is of no use on an account that has a person: nobody is merged. */
async function ownerOf(store: Needs['store'], code: string): Promise<number | null> {
  const found = await store.codes.find(hashCode(code), 'link', Date.now());
  const shown: Shown | null = found?.account ? JSON.parse(found.account) : null;
  return shown?.person ?? null;
}

/** An owner lets in whom the code was shown to. */
async function admitBy(
  { store, log }: Needs,
  code: string,
  role: LinkWords['role'],
  { actor }: Linking,
  person: Person,
): Promise<Linked | null> {
  if (!may(person, 'administer')) return null;
  const paired = await admitPaired(store, code, role, Date.now());
  if (!paired) return null;
  await record(store, actor, {
    subject: `person:${paired.person.id}`,
    type: 'admitted',
    data: { role: paired.person.role, admitted: paired.account },
  });
  log.info({ account: paired.account, person: paired.person.id, by: person.id }, 'person admitted');
  return say(admitted(paired.person.name, paired.person.role, paired.isForeign));
}

/** A stranger's account becomes the first owner's, or that of the person who was shown the code. */
async function enterUnknown({ store, log }: Needs, code: string, { account, actor }: Linking): Promise<Linked | null> {
  const now = Date.now();
  const hash = hashCode(code);
  if (
    (await store.codes.take(hash, 'owner', now)) &&
    !(await store.people.list()).some(({ role }) => role === 'owner')
  ) {
    const person = await store.people.admit(account, 'owner', now);
    await record(
      store,
      { ...actor, person },
      { subject: `person:${person.id}`, type: 'admitted', data: { role: 'owner' } },
    );
    log.info({ account: accountKey(account), person: person.id }, 'first owner');
    return say(welcomeOwner(person.name));
  }
  const shown = await store.codes.take(hash, 'link', now);
  if (!shown?.account) return null;
  const { person: id, account: through }: Shown = JSON.parse(shown.account);
  const join = await store.joins.add(id, account, through, now);
  const person = join && (await store.people.byId(id));
  if (!person) return null;
  await store.codes.revoke({ holders: [`account:${accountKey(account)}`] });
  await record(store, { ...actor, person }, { subject: `person:${id}`, type: 'linked', data: { through } });
  log.info({ account: accountKey(account), person: id }, 'account joined');
  return { doc: welcomeAccount(person.name), join: join.id };
}
