import type { MessageEntity } from 'grammy/types';
import type { Doc, MessageRef } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import { createNewest, type Turn } from '../../core/newest.ts';
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

/**
 * Edits under the chat's budget, behind its posts. While an edit waits for its turn, a newer one of the same message takes
 * its place, so a message never lags behind by more than one call and the last content always arrives.
 */
export function createEditor({ client, budget, chains }: { client: Client; budget: Budget; chains: Chains }): Editor {
  const newest = createNewest<Doc>();

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

  async function send(ref: MessageRef, turn: Turn<Doc>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await budget.take(client.chatId(ref.place.channel), 'edit');
      try {
        return await update(ref, turn.take());
      } catch (error) {
        const failure = error instanceof Failure ? error : toFailure(error, 'repeatable');
        const waitMs = failure.retryAfterMs;
        if (waitMs !== undefined) budget.hold(client.chatId(ref.place.channel), waitMs);
        const isWorthIt = failure.remedy === 'retry' && attempt < MAX_TRIES && (waitMs ?? 0) <= MAX_WAIT_MS;
        if (!isWorthIt) throw failure;
        // While this one waits, a newer content may still take its place.
        turn.putBack();
        if (waitMs === undefined) await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
      }
    }
  }

  return {
    async edit(ref, doc) {
      await newest(`${ref.place.channel}:${ref.id}`, doc, (turn) => send(ref, turn));
      return ref;
    },
  };
}
