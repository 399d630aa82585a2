import type { WebClient } from '@slack/web-api';
import type { Doc, MessageRef } from '../../core/domain/chat.ts';
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

interface Pending {
  doc: Doc;
  done: Promise<void>;
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
  const waiting = new Map<string, Pending>();
  const last = new Map<string, Promise<void>>();

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

  async function send(id: string, ref: MessageRef, pending: Pending): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await budget.take();
      waiting.delete(id);
      try {
        return await update(ref, pending.doc);
      } catch (error) {
        const failure = toFailure(error, 'repeatable');
        if (failure.remedy !== 'retry' || attempt === MAX_TRIES) throw failure;
        // While this one waits, a newer content may still take its place.
        if (!waiting.has(id)) waiting.set(id, pending);
        if (failure.retryAfterMs === undefined) await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
        else budget.hold(Math.min(MAX_WAIT_MS, failure.retryAfterMs));
      }
    }
  }

  return {
    update,
    async edit(ref, doc) {
      const id = `${ref.place.channel}:${ref.id}`;
      const queued = waiting.get(id);
      if (queued) {
        queued.doc = doc;
        await queued.done;
        return ref;
      }
      const pending: Pending = { doc, done: Promise.resolve() };
      const before = last.get(id)?.catch(() => undefined);
      waiting.set(id, pending);
      pending.done = (before ?? Promise.resolve()).then(() => send(id, ref, pending));
      last.set(id, pending.done);
      try {
        await pending.done;
      } finally {
        if (waiting.get(id) === pending) waiting.delete(id);
        if (last.get(id) === pending.done) last.delete(id);
      }
      return ref;
    },
  };
}
