import { type Account, accountKey, conversationKey, type Inbound } from '../domain/chat.ts';
import { may, type Person } from '../domain/policy.ts';
import { stranger } from '../words/people.ts';
import type { AtWork } from './at-work.ts';
import { chatFor } from './delivery.ts';
import type { Deps } from './deps.ts';
import { formOf } from './forms.ts';
import { admitByCode, pairingCode } from './pairing.ts';

export interface Starters {
  /** Starts the turn that answers a conversation; started twice it is the same turn. */
  readonly startTurn: (turn: string, conversation: string) => Promise<void>;
  /** Starts the handling of a button, reaction, command or form; the inbound's id makes it happen once. */
  readonly startInteraction: (inbound: Inbound, person: Person) => Promise<void>;
}

const seenEveryMs = 60_000;

/**
 * Everything that comes in from a face. Resolves when it is durable; only then is it acknowledged to the platform.
 * The same thing delivered again, in any order, changes nothing.
 */
export const createReceive = (deps: Deps, atWork: AtWork, { startTurn, startInteraction }: Starters) =>
  async function receive(inbound: Inbound): Promise<void> {
    const { account } = inbound;
    if (account.bot) return;
    const person = await deps.store.people.of(account);
    if (!person) return meet(deps, inbound);
    // Where they were last is where asks go; a minute more or less does not matter, a write per message would.
    if (Date.now() - person.lastSeenAt > seenEveryMs) await deps.store.people.seen(account, Date.now());
    if (inbound.kind === 'reaction' && !decides(inbound)) return;
    if (inbound.kind !== 'message') return startInteraction(inbound, person);
    const form = await formOf(deps, inbound);
    if (form) return startInteraction(form, person);
    if (!(await addressesUs(deps, inbound))) return;
    if (!may(person, 'view')) return;
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
async function meet(deps: Deps, inbound: Inbound): Promise<void> {
  if (inbound.kind === 'command') {
    await chatFor(deps.chats, inbound.account.platform).reply(
      inbound.reply,
      await lineFor(deps, inbound.account, inbound.text, true),
    );
    return;
  }
  if (inbound.kind !== 'message' || !(inbound.mentionsBot || inbound.place.dm)) return;
  const key = `stranger:${inbound.dedupe}`;
  const { known } = await deps.store.posts.announce(key, inbound.place, null, Date.now());
  if (known) return;
  const doc = await lineFor(deps, inbound.account, inbound.text, inbound.place.dm);
  await chatFor(deps.chats, inbound.account.platform).post(inbound.place, doc, key);
}

async function lineFor(deps: Deps, account: Account, text: string, isPrivate: boolean) {
  return (await admitByCode(deps, account, text)) ?? stranger(isPrivate ? await pairingCode(deps, account) : null);
}
