import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Place } from '../../core/domain/chat.ts';
import { toFailure } from './errors.ts';
import { message } from './payload.ts';
import { msToTs } from './place.ts';

const PAGE = 200;
/** 10,000 messages: a downtime has fewer, and a bug must not read a workspace empty. */
const MAX_PAGES = 50;
const MAX_TRIES = 4;
const MAX_WAIT_MS = 60_000;

const storedMessage = message.extend({
  type: z.literal('message'),
  metadata: z.unknown().optional(),
  streaming_state: z.string().optional(),
  latest_reply: z.string().optional(),
});
/** A message as conversations.history and .replies give it. */
export type StoredMessage = z.infer<typeof storedMessage>;

/**
 * Messages of a place at or after `since` (milliseconds), oldest first: of a thread its replies (and root), of a channel its
 * root messages. Waits out rate limits. @throws Failure
 */
export async function* readMessages(client: WebClient, place: Place, since: number): AsyncGenerator<StoredMessage> {
  const isThread = place.thread !== undefined;
  const found: StoredMessage[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await readPage(client, place, since, cursor);
    const messages = answer.messages.flatMap((m) => storedMessage.safeParse(m).data ?? []);
    if (isThread) yield* messages.filter((m) => Number(m.ts) * 1000 >= since);
    else found.push(...messages);
    cursor = answer.cursor;
    if (!cursor) break;
  }
  // A channel's history comes newest first.
  yield* found.reverse();
}

async function readPage(
  client: WebClient,
  place: Place,
  since: number,
  cursor: string | undefined,
): Promise<{ messages: unknown[]; cursor: string | undefined }> {
  const common = {
    channel: place.channel,
    oldest: msToTs(since),
    inclusive: true,
    include_all_metadata: true,
    limit: PAGE,
    ...(cursor ? { cursor } : {}),
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer =
        place.thread === undefined
          ? await client.conversations.history(common)
          : await client.conversations.replies({ ...common, ts: place.thread });
      return { messages: answer.messages ?? [], cursor: answer.response_metadata?.next_cursor || undefined };
    } catch (error) {
      const failure = toFailure(error, 'repeatable');
      if (failure.retryAfterMs === undefined || attempt === MAX_TRIES) throw failure;
      // Catching up after a downtime reads many threads at once: giving up half-way would only begin again.
      await new Promise((resolve) => setTimeout(resolve, Math.min(MAX_WAIT_MS, failure.retryAfterMs ?? 0)));
    }
  }
}
