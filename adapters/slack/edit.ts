import type { WebClient } from '@slack/web-api';
import type { Doc, MessageRef } from '../../core/domain/chat.ts';
import { createNewest, type Turn } from '../../core/newest.ts';
import type { Budget } from './budget.ts';
import { slackCode, toFailure } from './errors.ts';
import { metadataOf } from './metadata.ts';
import type { Poster } from './post.ts';
import { fitted } from './render.ts';

const MAX_TRIES = 4;
const MAX_WAIT_MS = 60_000;

export interface Editor {
  /** Replaces a message; resolves when this content, or a newer one, is at Slack. */
  edit(ref: MessageRef, doc: Doc): Promise<MessageRef>;
  /** One chat.update at once, without budget or retry. `key` renews the metadata. */
  update(ref: MessageRef, doc: Doc, key?: string): Promise<void>;
}

/**
 * Edits under one budget for the whole workspace. While an edit waits for its turn, a newer one of the same message takes
 * its place, so a message never lags behind by more than one call and the last content always arrives.
 */
export function createEditor({
  client,
  budget,
  poster,
}: {
  client: WebClient;
  budget: Budget;
  poster: Poster;
}): Editor {
  const newest = createNewest<Doc>();

  async function update(ref: MessageRef, doc: Doc, key?: string): Promise<void> {
    const shown = fitted(doc);
    try {
      await poster.attempt(shown, ({ text, blocks }) =>
        client.chat.update({
          channel: ref.place.channel,
          ts: ref.id,
          text,
          blocks,
          link_names: false,
          parse: 'none',
          ...(key === undefined ? {} : { metadata: metadataOf(key) }),
        }),
      );
    } catch (error) {
      if (slackCode(error) !== 'message_not_modified') throw toFailure(error, 'repeatable');
    }
  }

  async function send(ref: MessageRef, turn: Turn<Doc>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await budget.take();
      try {
        return await update(ref, turn.take());
      } catch (error) {
        const failure = toFailure(error, 'repeatable');
        if (failure.remedy !== 'retry' || attempt === MAX_TRIES) throw failure;
        // While this one waits, a newer content may still take its place.
        turn.putBack();
        if (failure.retryAfterMs === undefined) await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
        else budget.hold(Math.min(MAX_WAIT_MS, failure.retryAfterMs));
      }
    }
  }

  return {
    update,
    async edit(ref, doc) {
      await newest(`${ref.place.channel}:${ref.id}`, doc, (turn) => send(ref, turn));
      return ref;
    },
  };
}
