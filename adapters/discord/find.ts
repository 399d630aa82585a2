import type { Doc, MessageRef, Place } from '../../core/domain/chat.ts';
import type { Api } from './api.ts';
import { markerOf, nonceOf } from './key.ts';
import type { MessageData } from './payload.ts';
import { refOf } from './place.ts';
import { readMessages } from './read.ts';
import { contentOf, partsOf } from './render.ts';
import type { Self } from './self.ts';

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

/**
 * Looks for a message of ours. Discord keeps a nonce for minutes only. For ever it keeps the number of the first row of
 * buttons, which is ours ({@link markerOf}), and the words: a message without buttons is known by what it says, an
 * unfinished reply by the cursor at its end. Nobody sees any of it but the cursor.
 */
export function createFinder(api: Api, self: Self): Finder {
  const owners = new Map<string, string>();

  function own(id: string, key: string): void {
    owners.set(id, key);
    const [oldest] = owners.size > MAX_OWNERS ? owners.keys() : [];
    if (oldest !== undefined) owners.delete(oldest);
  }

  async function ours(place: Place, since: number): Promise<MessageData[]> {
    const found: MessageData[] = [];
    for await (const message of readMessages(api, place.thread ?? place.channel, since - CLOCK_SKEW_MS)) {
      if (message.author.id === self.user) found.push(message);
    }
    return found;
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
      return refOf(place, found.id);
    },
  };
}

/** What the message says that a key names: the first one of a reply, the last one of a post. */
function shownWords(doc: Doc, as: 'post' | 'reply' | undefined): string {
  const parts = partsOf(doc);
  return contentOf((as === 'reply' ? parts[0] : parts.at(-1)) ?? doc).trim();
}

function markerIn({ components }: MessageData): number | undefined {
  const number = components[0]?.id;
  return number !== undefined && number >= FIRST_MARKER ? number : undefined;
}
