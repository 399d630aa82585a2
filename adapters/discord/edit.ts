import { Routes } from 'discord.js';
import type { Doc, MessageRef } from '../../core/domain/chat.ts';
import { createNewest, type Turn } from '../../core/newest.ts';
import type { Api } from './api.ts';
import { toFailure } from './errors.ts';
import type { Finder } from './find.ts';
import type { Logger } from './logger.ts';
import type { Poster } from './post.ts';
import { fitted } from './render.ts';
import { msOf } from './snowflake.ts';
import type { Threads } from './threads.ts';

const MAX_TRIES = 4;
const MAX_WAIT_MS = 60_000;
/** Discord allows very few edits of messages older than an hour (error 30046, discord-api-docs#4413). */
const OLD_MS = 55 * 60_000;

export interface Editor {
  /** Replaces a message; resolves when this content, or a newer one, is at Discord. A new ref when the message moved. */
  edit(ref: MessageRef, doc: Doc): Promise<MessageRef>;
}

export interface EditorParts {
  readonly api: Api;
  readonly poster: Poster;
  readonly finder: Finder;
  readonly threads: Threads;
  readonly log: Logger;
}

/**
 * Edits within the budget of their channel. While an edit waits for its turn, a newer one of the same message takes its
 * place, so a message never lags behind by more than one call and the last content always arrives.
 */
export function createEditor({ api, poster, finder, threads, log }: EditorParts): Editor {
  const newest = createNewest<Doc, MessageRef>();

  async function send(ref: MessageRef, turn: Turn<Doc>): Promise<MessageRef> {
    const isOld = Date.now() - msOf(ref.id) > OLD_MS;
    // A forum's post does without its first message badly.
    const mayMove = isOld && ref.id !== ref.place.thread;
    const lane = api.budgets.lane(isOld ? 'old_edit' : 'edit', await threads.channelOf(ref));
    for (let attempt = 1; ; attempt += 1) {
      if (mayMove && turn.newest.steps?.length) return move(ref, turn.take());
      const taken = await lane.take();
      const doc = turn.take();
      try {
        await poster.update(ref, fitted(doc), { key: finder.keyOf(ref.id), taken });
        return ref;
      } catch (error) {
        const failure = toFailure(error, 'repeatable');
        if (mayMove && failure.code === 'rate_limited') return move(ref, doc);
        if (failure.remedy !== 'retry' || attempt === MAX_TRIES) throw failure;
        // While this one waits, a newer content may still take its place.
        turn.putBack();
        const waitMs = failure.retryAfterMs ?? 500 * 2 ** attempt;
        await new Promise((resolve) => setTimeout(resolve, Math.min(MAX_WAIT_MS, waitMs)));
      }
    }
  }

  /**
   * What changes often does so in a new message once its old one is too old; the old one goes, so that there is one. The new
   * one is silent, and is found again when a crash came before its ref was kept.
   */
  async function move(ref: MessageRef, newer: Doc): Promise<MessageRef> {
    const key = `moved:${ref.id}`;
    const doc = fitted(newer);
    const left = await finder.find(ref.place, key, msOf(ref.id) + OLD_MS, 'post', doc);
    if (left) await poster.update(left, doc, { key });
    const moved = left ?? (await poster.postOne(ref.place, doc, key, { silent: true }));
    await threads
      .inOpen(await threads.channelOf(ref), (channel) =>
        api.call('DELETE', Routes.channelMessage(channel, ref.id), { bucket: 'delete' }),
      )
      .catch((error: unknown) =>
        log.debug({ error: toFailure(error, 'repeatable').code }, 'an old Discord card stays'),
      );
    return moved;
  }

  return {
    // Where the message before has moved to, this edit follows.
    edit: (ref, doc) => newest(ref.id, doc, (turn, moved) => send(moved ?? ref, turn)),
  };
}
