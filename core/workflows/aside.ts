import { DBOS } from '@dbos-inc/dbos-sdk';
import { accountKey, type Doc, type Inbound, isForeign } from '../domain/chat.ts';
import type { Person } from '../domain/policy.ts';
import { strangerAgain, tooManyCodes, unreadable, welcomeAccount, welcomeOwner } from '../words/people.ts';
import { codeWithin, linkSaid } from './code.ts';
import { chatFor, deliver } from './delivery.ts';
import type { Deps } from './deps.ts';
import { brisk, effect } from './effect.ts';
import { type Linked, link } from './linking.ts';
import { notice } from './notice.ts';
import { lineForStranger } from './pairing.ts';
import { answerPrivately } from './private-answer.ts';
import type { Actor } from './record.ts';

/** What may need an answer that is no talk with the assistant. */
export type Aside = Extract<Inbound, { kind: 'message' | 'command' }>;

/** The event that tells that a code has done what it does; what is said next is said by somebody known. */
export const entered = 'entered';

/** Whether its author may be somebody else by the end of it. */
export const entersCode = ({ text }: Aside): boolean => codeWithin(text) !== null;

/**
 * Answers what is no talk: a code, a stranger, and what nobody can read. What a code did cannot be done again, so it is one
 * step, and its answer another: however long the chat takes no message, nobody else waits for it.
 */
export const createAside = (deps: Deps, startJoined: (join: number) => Promise<void>) =>
  /** @param person who said it, as they were known when it came; null for a stranger. */
  async function aside(inbound: Aside, person: Person | null): Promise<void> {
    const { doc, join } = await effect('take in', () => takeIn(deps, inbound, person), brisk);
    if (entersCode(inbound)) await DBOS.setEvent(entered, true);
    if (join !== null) await startJoined(join);
    if (!doc) return;
    await notice(deps.log, 'answer', () => answer(deps, inbound, doc));
  };

/** Whether nobody else reads it, and what answers it. */
const isPrivate = ({ chats }: Deps, { place, kind }: Aside): boolean =>
  place.dm || (kind === 'command' && chatFor(chats, place.platform).capabilities.privateCommands);

async function answer(deps: Deps, inbound: Aside, doc: Doc): Promise<void> {
  // What a stranger reads where others do was made for all to read.
  if (inbound.kind === 'command' && isPrivate(deps, inbound)) return answerPrivately(deps, inbound, doc);
  const { dedupe, place } = inbound;
  await deliver(deps, { key: `stranger:${dedupe}`, place, subject: null, doc, settled: true });
}

async function takeIn(deps: Deps, inbound: Aside, person: Person | null): Promise<Linked> {
  const { account, place, text, kind } = inbound;
  if (!person) return meet(deps, inbound);
  const words = kind === 'message' ? linkSaid(text, place.dm) : null;
  return words ? link(deps, words, { account, actor: actorOf(inbound, person) }) : { doc: unreadable, join: null };
}

/** Somebody unknown: a code makes them known; a guest of another workspace enters none, an owner lets in that very account. */
async function meet(deps: Deps, inbound: Aside): Promise<Linked> {
  const { account, place, text, kind, dedupe } = inbound;
  const isUnseen = isPrivate(deps, inbound);
  const isCommand = isUnseen && kind === 'command';
  const code = isUnseen && !isForeign(account, place) ? codeWithin(text) : null;
  if (!code) {
    const doc = await lineForStranger(deps, account, place, isUnseen, dedupe);
    return { doc: doc ?? (isCommand ? strangerAgain : null), join: null };
  }
  // Broken off after the deed and begun again: the code is used up, by this very account.
  const known = await deps.store.people.of(account);
  if (known) return welcome(deps, account, known);
  const linked = await link(deps, { code, role: 'member' }, { account, actor: actorOf(inbound, null) });
  return { ...linked, doc: linked.doc ?? (isCommand ? tooManyCodes : null) };
}

async function welcome({ store }: Deps, account: Aside['account'], { name }: Person): Promise<Linked> {
  const join = await store.joins.of(accountKey(account));
  return join ? { doc: welcomeAccount(name), join: join.id } : { doc: welcomeOwner(name), join: null };
}

const actorOf = ({ account, place, dedupe }: Aside, person: Person | null): Actor => ({
  ...{ person, name: account.name ?? person?.name ?? account.id, platform: account.platform },
  ...{ account: accountKey(account), place, origin: dedupe },
});
