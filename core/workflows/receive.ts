import { type Account, accountKey, conversationKey, type Doc, type Inbound, isForeign } from '../domain/chat.ts';
import { may, type Person } from '../domain/policy.ts';
import { Failure, isRetryable } from '../errors.ts';
import { strangerAgain, tooManyCodes } from '../words/people.ts';
import type { AtWork } from './at-work.ts';
import { codeWithin, linkSaid } from './code.ts';
import { chatFor, deliver } from './delivery.ts';
import type { Deps } from './deps.ts';
import { formOf } from './forms.ts';
import { link } from './linking.ts';
import { lineForStranger } from './pairing.ts';
import type { Actor } from './record.ts';

export interface Starters {
  /** Starts the turn that answers a conversation; started twice it is the same turn. */
  readonly startTurn: (turn: string, conversation: string) => Promise<void>;
  /** Starts the handling of a button, reaction, command or form; the inbound's id makes it happen once. */
  readonly startInteraction: (inbound: Inbound, person: Person) => Promise<void>;
  /** Starts telling a person that an account was joined to them; started twice it is the same telling. */
  readonly startJoined: (join: number) => Promise<void>;
}

const seenEveryMs = 60_000;

/**
 * Everything that comes in from a face. Resolves when it is durable; only then is it acknowledged to the platform.
 * The same thing delivered again, in any order, changes nothing.
 */
export const createReceive = (deps: Deps, atWork: AtWork, { startTurn, startInteraction, startJoined }: Starters) => {
  /** When each account was last written down as seen: what comes at the same time writes it once. */
  const seenAt = new Map<string, number>();

  /** Where they were last is where asks go; a minute more or less does not matter, a write per message would. */
  async function see(account: Account, { name, lastSeenAt }: { name: string; lastSeenAt: number }): Promise<void> {
    const key = accountKey(account);
    const now = Date.now();
    // Who was let in by the settings is called by an id until they say something.
    const isUnnamed = name === account.id && account.name !== undefined && !seenAt.has(key);
    if (!isUnnamed && now - Math.max(lastSeenAt, seenAt.get(key) ?? 0) <= seenEveryMs) return;
    seenAt.set(key, now);
    await deps.store.people.seen(account, now);
  }

  return async function receive(inbound: Inbound): Promise<void> {
    const { account } = inbound;
    if (account.bot) return;
    const person = await deps.store.people.of(account);
    if (!person) return meet(deps, inbound, startJoined);
    await see(account, person);
    if (inbound.kind === 'reaction' && !decides(inbound)) return;
    if (inbound.kind === 'stop') {
      if (may(person, 'chat')) deps.interrupts.stop(conversationKey(inbound.place));
      return;
    }
    if (inbound.kind !== 'message') return startInteraction(inbound, person);
    const form = await formOf(deps, inbound);
    if (form) return startInteraction(form, person);
    if (!(await addressesUs(deps, inbound))) return;
    if (!may(person, 'view')) return;
    const words = linkSaid(inbound.text, inbound.place.dm);
    if (words) return answerOnce(deps, inbound, () => link(deps, words, { account, actor: actorOf(inbound, person) }));
    const conversation = conversationKey(inbound.place);
    const turn = await deps.store.conversations.receive({
      conversation,
      place: inbound.place,
      external: inbound.dedupe,
      account: accountKey(account),
      person: person.id,
      author: account.name ?? person.name,
      text: inbound.text,
      files: inbound.files,
      ref: inbound.ref,
      replyTo: inbound.replyTo,
      at: inbound.at,
    });
    if (!turn) return;
    atWork.begin(turn, inbound.place);
    await startTurn(turn, conversation);
  };
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

/** Somebody unknown: a code makes them known, anything else said to us gets one polite line. */
async function meet(deps: Deps, inbound: Inbound, startJoined: Starters['startJoined']): Promise<void> {
  if (inbound.kind === 'command') {
    const { doc } = await lineFor(deps, inbound, true, startJoined);
    await chatFor(deps.chats, inbound.account.platform).reply(inbound.reply, doc ?? strangerAgain);
    return;
  }
  if (inbound.kind !== 'message' || !(inbound.mentionsBot || inbound.place.dm)) return;
  await answerOnce(deps, inbound, () => lineFor(deps, inbound, inbound.place.dm, startJoined));
}

/** A guest of another workspace enters no codes: an owner has to let in that very account. */
async function lineFor(
  deps: Deps,
  inbound: Extract<Inbound, { kind: 'message' | 'command' }>,
  isPrivate: boolean,
  startJoined: Starters['startJoined'],
): Promise<{ doc: Doc | null }> {
  const { account, place, text } = inbound;
  const code = isPrivate && !isForeign(account, place) ? codeWithin(text) : null;
  if (!code) return { doc: await lineForStranger(deps, account, place, isPrivate) };
  const { doc, join } = await link(deps, { code, role: 'member' }, { account, actor: actorOf(inbound, null) });
  if (join !== null) await startJoined(join);
  return { doc: doc ?? (inbound.kind === 'command' ? tooManyCodes : null) };
}

const actorOf = ({ account, place, dedupe }: Inbound, person: Person | null): Actor => ({
  ...{ person, name: account.name ?? person?.name ?? account.id, platform: account.platform },
  ...{ account: accountKey(account), place, origin: dedupe },
});

/** How often the one answer to a stranger or a code is sent before it is given up, and how long one try waits at most. */
const mostTries = 5;
const longestPauseMs = 10_000;

/** Says what comes of a message that is no talk, in its place; the message delivered again is nothing. */
async function answerOnce(
  deps: Deps,
  { dedupe, place }: Inbound,
  act: () => Promise<{ doc: Doc | null }>,
): Promise<void> {
  const key = `stranger:${dedupe}`;
  if (await deps.store.posts.find(key)) return;
  const { doc } = await act();
  if (!doc) return;
  for (let tries = 1; ; tries += 1) {
    try {
      await deliver(deps, { key, place, subject: null, doc, settled: true });
      return;
    } catch (error) {
      // What it says cannot be made again: a code was used up or given out for it.
      if (!isRetryable(error) || tries === mostTries) throw error;
      const pauseMs = (error instanceof Failure ? error.retryAfterMs : undefined) ?? 500 * 2 ** tries;
      await new Promise((resolve) => setTimeout(resolve, Math.min(pauseMs, longestPauseMs)));
    }
  }
}
