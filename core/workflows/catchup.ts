import { accountKey, conversationKey, type Inbound, type MessageRef, type Place } from '../domain/chat.ts';
import { describe, Failure } from '../errors.ts';
import type { Chat } from '../ports.ts';
import { channelOf } from '../store/posts.ts';
import { below } from './delivery.ts';
import type { Deps } from './deps.ts';
import { heardThumb } from './thumb.ts';

/** Conversations that were silent for longer are not read again after a downtime. */
const rememberMs = 14 * 24 * 60 * 60 * 1000;

/** Whose private places are looked for, at most: platforms mind a bot that opens many at once. */
const mostPeople = 50;

/** Read this much further back than the last thing heard: what a crash cut off was heard but not stored. */
const overlapMs = 5 * 60 * 1000;

const cursorOf = (chat: Chat) => `heard:${chat.platform}`;

/**
 * Finds what people said and how they reacted while the program was away, on faces that keep a history. Everything goes
 * the way of a live event, with the same ids, so what was handled before is not handled again. Throws after all places were
 * tried when one could not be read now; then it has to be called again, and reads from the same moment.
 */
export async function catchUp(deps: Deps, chat: Chat, receive: (inbound: Inbound) => Promise<void>): Promise<void> {
  if (!chat.capabilities.history) return;
  const heard = await deps.store.history.cursor(cursorOf(chat));
  const now = Date.now();
  if (heard) {
    const since = Math.max(Number(heard) - overlapMs, now - rememberMs);
    const unread: unknown[] = [];
    const others: Place[] = [];
    const look = async () => void others.push(...(await otherPlaces(deps, chat, since)));
    unread.push(...(await attempt(deps, chat, look)));
    for (const place of await placesOf(deps, chat, now - rememberMs, others)) {
      unread.push(...(await attempt(deps, place, () => readHistory(chat, place, since, receive))));
    }
    for (const { place, messageId } of await deps.store.posts.awaiting(chat.platform)) {
      unread.push(...(await attempt(deps, place, () => readReactions(deps, chat, { place, id: messageId }, receive))));
    }
    if (unread.length > 0) throw unread[0];
  }
  await deps.store.history.setCursor(cursorOf(chat), String(now));
}

/** The cursor moves while the program runs; what came later is found after the next downtime. */
export const markHeard = (deps: Deps, chat: Chat): Promise<void> =>
  deps.store.history.setCursor(cursorOf(chat), String(Date.now()));

/**
 * Where a platform can tell, every place in which something was said: the first mention in a channel, somebody's first
 * private word.
 */
const otherPlaces = async ({ store }: Deps, chat: Chat, since: number): Promise<readonly Place[]> =>
  (await chat.places?.(since, await store.people.accountsOn(chat.platform, mostPeople))) ?? [];

/**
 * Known conversations, the channels they are in (a new mention may be the start of another), the DMs where we asked
 * something, and the threads under open asks, where the first reply starts a conversation; and `others`.
 */
async function placesOf(
  { store, chats }: Deps,
  { platform }: Chat,
  after: number,
  others: readonly Place[],
): Promise<Place[]> {
  const talks = (await store.conversations.places(after)).filter((place) => place.platform === platform);
  const known = [...talks, ...(await store.posts.places(platform, after)), ...others];
  const asks = await store.posts.awaiting(platform);
  const threads = [...talks, ...asks.map(({ place, messageId: id }) => below(chats, { place, id }))].filter(
    (place) => place.thread !== undefined,
  );
  return [
    ...new Map(known.map((place) => [channelOf(place), { ...place, thread: undefined }])).values(),
    ...new Map(threads.map((place) => [conversationKey(place), place])).values(),
  ];
}

async function readHistory(chat: Chat, place: Place, since: number, receive: (inbound: Inbound) => Promise<void>) {
  for await (const inbound of chat.history(place, since)) await receive(inbound);
}

/** A thumb that was heard before has had its effect, or was refused: what its person may do since then is another matter. */
async function readReactions(
  { store }: Deps,
  chat: Chat,
  target: MessageRef,
  receive: (inbound: Inbound) => Promise<void>,
): Promise<void> {
  const { place, id } = target;
  for (const { account, emoji } of await chat.reactions(target)) {
    if (await store.history.cursor(heardThumb(target, account, emoji))) continue;
    const dedupe = `caught:${channelOf(place)}:${id}:${accountKey(account)}:${emoji}`;
    await receive({ kind: 'reaction', dedupe, at: Date.now(), account, place, target, emoji, added: true });
  }
}

/**
 * One place that cannot be read must not keep the others from being read. Answers what may pass; that the bot was removed
 * from a place does not.
 */
async function attempt(
  { log }: Deps,
  where: Place | Pick<Chat, 'platform'>,
  act: () => Promise<void>,
): Promise<unknown[]> {
  try {
    await act();
    return [];
  } catch (error) {
    const { platform, ...place } = where;
    log.warn({ platform, place, error: describe(error) }, 'could not catch up here');
    return error instanceof Failure && error.remedy === 'never' ? [] : [error];
  }
}
