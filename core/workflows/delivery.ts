import { createHash } from 'node:crypto';
import type { Doc, MessageRef, Place } from '../domain/chat.ts';
import type { OutFile } from '../domain/file.ts';
import { Failure } from '../errors.ts';
import type { Chat } from '../ports.ts';
import type { Deps } from './deps.ts';

export interface Delivery {
  /** Names the message for ever; the same key is the same message. */
  readonly key: string;
  readonly place: Place;
  /** What it shows, when it is a card that changes: `proposal:7`. */
  readonly subject: string | null;
  readonly doc: Doc;
  /** True when it will never change. */
  readonly settled: boolean;
}

/** Clocks of platforms and ours differ; a lookup goes back this much further, milliseconds. */
export const clockSkewMs = 60_000;

/**
 * Sends a message exactly once per key. It is announced in the store before it leaves; when its fate is unknown (a crash,
 * a dropped connection), it is looked for at the platform before it is sent again.
 */
export const deliver = (deps: Pick<Deps, 'store' | 'chats'>, delivery: Delivery): Promise<MessageRef> => {
  const { key, doc } = delivery;
  return once(deps, delivery, fingerprint(doc), (chat, place) => chat.post(place, doc, key));
};

/** Sends a file in the same way, as a message of its own. */
export const deliverFile = (
  deps: Pick<Deps, 'store' | 'chats'>,
  { key, place, file }: Pick<Delivery, 'key' | 'place'> & { readonly file: OutFile },
): Promise<MessageRef> => {
  const shown = { key, place, subject: null, doc: { text: file.caption }, settled: true };
  return once(deps, shown, file.name, (chat, at) => chat.upload(at, file, key));
};

async function once(
  { store, chats }: Pick<Deps, 'store' | 'chats'>,
  { key, place, subject, doc, settled }: Delivery,
  hash: string,
  send: (chat: Chat, place: Place) => Promise<MessageRef>,
): Promise<MessageRef> {
  const chat = chatFor(chats, place.platform);
  const { post, known } = await store.posts.announce(key, place, subject, Date.now());
  if (post.messageId) return { place: post.place, id: post.messageId };
  const look = () => chat.find(post.place, key, post.createdAt - clockSkewMs, 'post', doc);
  const left = known ? await look() : null;
  const ref = left ?? (await sendOrFind(() => send(chat, place), look));
  // What a message says that was sent before a crash is not known; a card is drawn again at its next touch.
  await store.posts.sent(key, ref, left ? unknownContent : hash, settled);
  return ref;
}

/** No card's fingerprint. */
const unknownContent = '';

/** A person can be quicker than our note of what a message shows, above all when a crash came between; longest wait. */
const noteMs = 30_000;

/** A card that was announced this long ago and still has no message was given up. */
const givenUpMs = 30 * 60_000;

/** What a message shows, or null. Waits while a card in its channel is on its way: it may be this one. */
export async function shownBy({ store }: Pick<Deps, 'store'>, ref: MessageRef): Promise<string | null> {
  for (const until = Date.now() + noteMs; ; await sleep(100)) {
    const isUnderway = await store.posts.underway(ref.place, Date.now() - givenUpMs);
    const subject = await store.posts.subjectOf(ref);
    if (subject || !isUnderway || Date.now() > until) return subject;
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function sendOrFind(
  send: () => Promise<MessageRef>,
  look: () => Promise<MessageRef | null>,
): Promise<MessageRef> {
  try {
    return await send();
  } catch (error) {
    const found = error instanceof Failure && error.remedy === 'look' ? await look() : null;
    if (found) return found;
    throw error;
  }
}

export function chatFor(chats: Deps['chats'], platform: string): Chat {
  const chat = chats.get(platform);
  if (!chat) {
    throw new Failure(`There is no connection to ${platform}.`, {
      code: 'no_face',
      remedy: 'never',
      advice: `Set ${platform}'s token and start again.`,
    });
  }
  return chat;
}

/** Where what is about a message is said: in its thread, or beside it where there are none. */
export const below = (chats: Deps['chats'], { place, id }: MessageRef): Place =>
  place.thread || (place.dm && !chatFor(chats, place.platform).capabilities.dmThreads)
    ? place
    : { ...place, thread: id };

/** Changes whenever what a card shows changes. */
export const fingerprint = (doc: Doc): string => createHash('sha256').update(JSON.stringify(doc)).digest('hex');
