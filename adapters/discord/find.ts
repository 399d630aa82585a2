import type { Doc, MessageRef, Place } from '../../core/domain/chat.ts';
import type { Api } from './api.ts';
import type { Channels } from './channels.ts';
import { markerOf, nonceOf } from './key.ts';
import type { MessageData } from './payload.ts';
import { refOf } from './place.ts';
import { activeThreads, readMessages } from './read.ts';
import { contentOf, partsOf } from './render.ts';
import type { Self } from './self.ts';
import { msOf } from './snowflake.ts';
import type { Threads } from './threads.ts';

/** Stands at the end of a reply that is not finished. */
export const CURSOR = ' ▍';

/** Discord's clock and ours may differ by this much, milliseconds. */
const CLOCK_SKEW_MS = 10_000;
const MAX_OWNERS = 5_000;
/** Numbers that Discord gives to components are small; ours are not. */
const FIRST_MARKER = 0x4000_0000;

export interface Finder {
  find(place: Place, key: string, since: number, as?: 'post' | 'reply', doc?: Doc): Promise<MessageRef | null>;
  /** Notes that a message of this process goes by a key, so that no other key claims it. */
  own(id: string, key: string): void;
  /** The key that {@link own} noted, if this process did. */
  keyOf(id: string): string | undefined;
}

export interface FinderParts {
  readonly api: Api;
  readonly self: Self;
  readonly channels: Channels;
  readonly threads: Threads;
}

/**
 * Looks for a message of ours. Discord keeps a nonce for minutes only. For ever it keeps the number of the first row of
 * buttons, which is ours ({@link markerOf}), and the words: a message without buttons is known by what it says, an
 * unfinished reply by the cursor at its end. Nobody sees any of it but the cursor.
 */
export function createFinder({ api, self, channels, threads }: FinderParts): Finder {
  const owners = new Map<string, string>();

  function own(id: string, key: string): void {
    owners.set(id, key);
    const [oldest] = owners.size > MAX_OWNERS ? owners.keys() : [];
    if (oldest !== undefined) owners.delete(oldest);
  }

  async function ours(place: Place, since: number): Promise<MessageData[]> {
    const after = since - CLOCK_SKEW_MS;
    const room = await threads.roomOf(place);
    const isForum = !place.dm && place.thread === undefined && (await channels.isForum(room));
    const found: MessageData[] = [];
    for await (const message of isForum ? posts(place, after) : readMessages(api, room, after)) {
      const isThere = place.thread === undefined || room === place.thread || repliesTo(message, place.thread);
      if (message.author.id === self.user && isThere) found.push(message);
    }
    return found;
  }

  /** The first messages of the posts in a forum. */
  async function* posts(forum: Place, after: number): AsyncGenerator<MessageData> {
    for (const { id } of await activeThreads(api, channels, forum)) {
      if (msOf(id) < after) continue;
      for await (const message of readMessages(api, id, after)) if (message.id === id) yield message;
    }
  }

  return {
    own,
    keyOf: (id) => owners.get(id),
    async find(place, key, since, as, doc) {
      const messages = await ours(place, since);
      const marker = markerOf(key);
      const named = messages.find((one) => String(one.nonce) === nonceOf(key) || markerIn(one) === marker);
      const free = messages.filter((one) => {
        const owner = owners.get(one.id);
        return owner === undefined ? markerIn(one) === undefined && !one.nonce : owner === key;
      });
      const words = doc && shownWords(doc, as);
      const found =
        named ??
        messages.find((one) => owners.get(one.id) === key) ??
        (words === undefined ? undefined : free.find(({ content }) => content.trim() === words)) ??
        (as === 'post' ? undefined : free.findLast(({ content }) => content.endsWith(CURSOR.trim())));
      if (!found) return null;
      own(found.id, key);
      return refOf(found.id === found.channel_id ? { ...place, thread: found.id } : place, found.id);
    },
  };
}

/** What the message says that a key names: the first one of a reply, the last one of a post. */
function shownWords(doc: Doc, as: 'post' | 'reply' | undefined): string {
  const parts = partsOf(doc);
  return contentOf((as === 'reply' ? parts[0] : parts.at(-1)) ?? doc).trim();
}

const repliesTo = ({ message_reference: to }: MessageData, id: string): boolean => to?.message_id === id;

function markerIn({ components }: MessageData): number | undefined {
  const number = components[0]?.id;
  return number !== undefined && number >= FIRST_MARKER ? number : undefined;
}
