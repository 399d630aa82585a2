import { type Account, accountKey, conversationKey, type Inbound } from '../domain/chat.ts';
import { may, type Person } from '../domain/policy.ts';
import { createInOrder } from '../in-order.ts';
import { inAlbum } from './album.ts';
import type { Aside } from './aside.ts';
import type { AtWork } from './at-work.ts';
import { linkSaid } from './code.ts';
import type { Deps } from './deps.ts';
import { formOf } from './forms.ts';

export interface Starters {
  /** Starts the turn that answers a conversation; started twice it is the same turn. */
  readonly startTurn: (turn: string, conversation: string) => Promise<void>;
  /** Starts the handling of a button, reaction, command or form; the inbound's id makes it happen once. */
  readonly startInteraction: (inbound: Inbound, person: Person) => Promise<void>;
  /**
   * Starts the answer to what is no talk: codes, strangers, what nobody can read; started twice it is the same answer.
   * Resolves when a code has done what it does: what its author says next counts as theirs.
   */
  readonly startAside: (inbound: Aside, person: Person | null) => Promise<void>;
}

const seenEveryMs = 60_000;

/**
 * Everything that comes in from a face. Resolves when it is durable; only then is it acknowledged to the platform.
 * The same thing delivered again, in any order, changes nothing. Nothing is sent from here: a face waits with all that comes
 * behind, and what one person can't be told would hold up everybody.
 */
export const createReceive = (deps: Deps, atWork: AtWork, { startTurn, startInteraction, startAside }: Starters) => {
  /** When each account was last written down as seen: what comes at the same time writes it once. */
  const seenAt = new Map<string, number>();

  /** The account that each person used last. */
  const usedLast = new Map<number, string>();

  /**
   * Where they were last is where asks go. On one account a minute more or less does not matter, and a write per message
   * would; a change to another account is written down at once.
   */
  async function see(account: Account, { id, name, lastSeenAt }: Person & { lastSeenAt: number }): Promise<void> {
    const key = accountKey(account);
    const now = Date.now();
    // Who was let in by the settings is called by an id until they say something.
    const isUnnamed = name === account.id && account.name !== undefined && !seenAt.has(key);
    const isSeen = usedLast.get(id) === key && now - Math.max(lastSeenAt, seenAt.get(key) ?? 0) <= seenEveryMs;
    if (isSeen && !isUnnamed) return;
    usedLast.set(id, key);
    seenAt.set(key, now);
    await deps.store.people.seen(account, now);
  }

  async function take(inbound: Inbound): Promise<void> {
    const { account } = inbound;
    if (account.bot) return;
    const person = await deps.store.people.of(account);
    if (!person) return isForUs(inbound) ? startAside(inbound, null) : undefined;
    await see(account, person);
    if (inbound.kind === 'reaction' && !decides(inbound)) return;
    if (inbound.kind === 'stop') {
      if (may(person, 'chat')) deps.interrupts.stop(conversationKey(inbound.place));
      return;
    }
    if (inbound.kind !== 'message') return startInteraction(inbound, person);
    const form = await formOf(deps, inbound);
    if (form) return startInteraction(form, person);
    const message = await inAlbum(deps, inbound);
    if (!(await addressesUs(deps, message))) return;
    if (!may(person, 'view')) return;
    if (linkSaid(message.text, message.place.dm)) return startAside(message, person);
    // In a thread people show each other stickers; who says nothing to us hears that.
    if (saysNothing(message)) return isForUs(message) ? startAside(message, person) : undefined;
    const conversation = conversationKey(message.place);
    const turn = await deps.store.conversations.receive({
      conversation,
      place: message.place,
      external: message.dedupe,
      account: accountKey(account),
      person: person.id,
      author: account.name ?? person.name,
      text: message.text,
      files: message.files,
      ref: message.ref,
      replyTo: message.replyTo,
      at: message.at,
    });
    if (!turn) return;
    atWork.begin(turn, message.place);
    await startTurn(turn, conversation);
  }

  /** What is said in one conversation is stored in the order in which it came, however long one of it takes. */
  const inOrder = createInOrder();
  return (inbound: Inbound): Promise<void> =>
    inbound.kind === 'message' ? inOrder(conversationKey(inbound.place), () => take(inbound)) : take(inbound);
};

/** Most reactions in a channel are talk between people; only a thumb that is put up or down can decide something. */
const decides = ({ added, emoji }: Extract<Inbound, { kind: 'reaction' }>): boolean =>
  added && (emoji === 'yes' || emoji === 'no');

/** A mention, a DM, a word in a thread that we are part of, or below or in reply to one of our cards. */
async function addressesUs({ store }: Deps, inbound: Extract<Inbound, { kind: 'message' }>): Promise<boolean> {
  const { mentionsBot, place, replyTo } = inbound;
  if (mentionsBot || place.dm) return true;
  if ((await store.conversations.find(conversationKey(place))) !== null) return true;
  const above = [...(replyTo ? [replyTo] : []), ...(place.thread ? [{ place, id: place.thread }] : [])];
  for (const ref of above) if (await store.posts.subjectOf(ref)) return true;
  return false;
}

/** Whether it is for us what somebody unknown says: they get one polite line. */
const isForUs = (inbound: Inbound): inbound is Aside =>
  inbound.kind === 'command' || (inbound.kind === 'message' && (inbound.mentionsBot || inbound.place.dm));

/** Neither words nor a file: a sticker, a place on a map, a poll. */
const saysNothing = ({ text, files }: Extract<Inbound, { kind: 'message' }>): boolean =>
  text.trim() === '' && files.length === 0;
