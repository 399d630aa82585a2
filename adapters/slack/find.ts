import type { WebClient } from '@slack/web-api';
import type { MessageRef, Place } from '../../core/domain/chat.ts';
import { keyIn } from './metadata.ts';
import type { Self } from './parse.ts';
import { refOf } from './place.ts';
import { readMessages, type StoredMessage } from './read.ts';
import { isUnder } from './upload.ts';

/** Slack's clock and ours may differ by this much, milliseconds. */
const CLOCK_SKEW_MS = 10_000;

export interface Finder {
  /** The message with this key in its metadata, or with a file that was sent under it. */
  exact(place: Place, key: string, since: number): Promise<MessageRef | null>;
  /** As {@link exact}; unless `as` is `post`, else the stream that a killed program left: see {@link createFinder}. */
  find(place: Place, key: string, since: number, as?: 'post' | 'reply'): Promise<MessageRef | null>;
  /** Streams of this process by message ts, so that nobody takes them for abandoned ones. */
  readonly streams: Map<string, string>;
}

/**
 * Looks for our own messages. Slack takes metadata with a post, an edit and the end of a stream, but not with a stream's
 * beginning. So a message of ours that is or was streamed and has no key is a stream that never was finished. A conversation
 * has one turn at a time, hence at most one of those; the newest is the one, unless this process knows it under another key.
 */
export function createFinder(client: WebClient, self: Self): Finder {
  const streams = new Map<string, string>();
  const posted =
    (key: string) =>
    (message: StoredMessage): boolean =>
      keyIn(message.metadata) === key || (message.files ?? []).some(({ name }) => isUnder(key, name));

  async function own(place: Place, since: number): Promise<StoredMessage[]> {
    const messages: StoredMessage[] = [];
    for await (const message of readMessages(client, place, since - CLOCK_SKEW_MS)) {
      if (message.user === self.user || message.bot_id === self.bot) messages.push(message);
    }
    return messages;
  }

  const ref = (place: Place, message: StoredMessage | undefined): MessageRef | null =>
    message ? refOf(place.space, place.channel, message.ts, place.thread ?? message.thread_ts) : null;

  return {
    streams,
    async exact(place, key, since) {
      return ref(place, (await own(place, since)).find(posted(key)));
    },
    async find(place, key, since, as) {
      const messages = await own(place, since);
      const exact = messages.find(posted(key));
      if (exact || as === 'post') return ref(place, exact);
      const left = messages.filter((message) => {
        const owner = streams.get(message.ts);
        const isStream = message.streaming_state !== undefined && keyIn(message.metadata) === undefined;
        return isStream && (owner === undefined || owner === key);
      });
      const newest = left.at(-1);
      if (newest) streams.set(newest.ts, key);
      return ref(place, newest);
    },
  };
}
