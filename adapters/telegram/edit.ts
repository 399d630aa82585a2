import type { MessageEntity } from 'grammy/types';
import type { Doc, MessageRef } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import type { Budget } from './budget.ts';
import type { Chains } from './chain.ts';
import type { Client } from './client.ts';
import { refusalOf, toFailure } from './errors.ts';
import { targetOf } from './place.ts';
import { fitted } from './render.ts';

const MAX_TRIES = 4;
const MAX_WAIT_MS = 60_000;

export interface Editor {
  /** Replaces a message; resolves when this content, or a newer one, is at Telegram. @throws Failure */
  edit(ref: MessageRef, doc: Doc): Promise<MessageRef>;
}

interface Pending {
  doc: Doc;
  done: Promise<void>;
}

/**
 * Edits under the chat's budget, behind its posts. While an edit waits for its turn, a newer one of the same message takes
 * its place, so a message never lags behind by more than one call and the last content always arrives.
 */
export function createEditor({ client, budget, chains }: { client: Client; budget: Budget; chains: Chains }): Editor {
  const waiting = new Map<string, Pending>();
  const last = new Map<string, Promise<void>>();

  async function update({ place, id }: MessageRef, doc: Doc): Promise<void> {
    const { flow, keyboard } = fitted(doc);
    const target = targetOf(place);
    await client.inChat(place.channel, 'repeatable', async (chat) => {
      const { text, marks } = target && 'root' in target ? chains.marked(chat, target.root, flow) : flow;
      try {
        await client.api.editMessageText(chat, Number(id), text, {
          entities: marks as MessageEntity[],
          link_preview_options: { is_disabled: true },
          reply_markup: { inline_keyboard: keyboard },
        });
      } catch (error) {
        if (!refusalOf(error).includes('message is not modified')) throw error;
      }
    });
  }

  async function send(id: string, ref: MessageRef, pending: Pending): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await budget.take(client.chatId(ref.place.channel), 'edit');
      waiting.delete(id);
      try {
        return await update(ref, pending.doc);
      } catch (error) {
        const failure = error instanceof Failure ? error : toFailure(error, 'repeatable');
        const waitMs = failure.retryAfterMs;
        if (waitMs !== undefined) budget.hold(client.chatId(ref.place.channel), waitMs);
        const isWorthIt = failure.remedy === 'retry' && attempt < MAX_TRIES && (waitMs ?? 0) <= MAX_WAIT_MS;
        if (!isWorthIt) throw failure;
        // While this one waits, a newer content may still take its place.
        if (!waiting.has(id)) waiting.set(id, pending);
        if (waitMs === undefined) await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
      }
    }
  }

  return {
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
