import type { WebClient } from '@slack/web-api';
import type { Doc, MessageRef, Place } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import { slackCode, toFailure } from './errors.ts';
import type { Finder } from './find.ts';
import type { Logger } from './logger.ts';
import { metadataOf } from './metadata.ts';
import { refOf } from './place.ts';
import { partsOf, type Rendered, render } from './render.ts';
import { uploadFile } from './upload.ts';

const DAY_MS = 24 * 3_600_000;
const MAX_TRIES = 4;
const MAX_WAIT_MS = 30_000;

export interface Poster {
  post(place: Place, doc: Doc, key: string): Promise<MessageRef>;
  /** The doc as blocks this workspace accepts: see {@link attempt}. */
  attempt<T>(doc: Doc, send: (rendered: Rendered) => Promise<T>): Promise<T>;
  /**
   * Puts the long text that a message speaks of into its thread, once per key. Gives up only after some tries: the message
   * is there, so failing would make the caller find it and believe that all is well.
   */
  attach(ref: MessageRef, file: { name: string; text: string }, key: string): Promise<void>;
}

export function createPoster({ client, finder, log }: { client: WebClient; finder: Finder; log: Logger }): Poster {
  let plan = true;

  /**
   * Sends with plan blocks; where Slack refuses those, now and from then on with the steps as lines. A message that Slack
   * refuses even so is sent as text alone: words without buttons can still be answered in words.
   */
  async function attempt<T>(doc: Doc, send: (rendered: Rendered) => Promise<T>): Promise<T> {
    try {
      return await send(render(doc, { plan }));
    } catch (error) {
      if (slackCode(error) !== 'invalid_blocks') throw error;
    }
    try {
      const sent = await send(render(doc, { plan: false }));
      if (plan) log.warn({}, 'Slack refuses plan blocks; steps are written as lines');
      plan = false;
      return sent;
    } catch (error) {
      if (slackCode(error) !== 'invalid_blocks') throw error;
      log.error({ error }, 'Slack refuses the blocks of a message; it is sent as text');
      return send({ text: render(doc, { plan: false }).text, blocks: [] });
    }
  }

  async function postOne(place: Place, doc: Doc, key: string): Promise<MessageRef> {
    try {
      const sent = await attempt(doc, ({ text, blocks }) =>
        client.chat.postMessage({
          channel: place.channel,
          text,
          blocks,
          link_names: false,
          parse: 'none',
          unfurl_links: false,
          unfurl_media: false,
          metadata: metadataOf(key),
          ...(place.thread === undefined ? {} : { thread_ts: place.thread }),
        }),
      );
      if (!sent.ts) throw new Failure('Slack named no message.', { code: 'ambiguous', remedy: 'look' });
      return refOf(place.space, sent.channel ?? place.channel, sent.ts, place.thread);
    } catch (error) {
      throw toFailure(error, 'once');
    }
  }

  async function attach(ref: MessageRef, { name, text }: { name: string; text: string }, key: string): Promise<void> {
    const place = { ...ref.place, thread: ref.place.thread ?? ref.id };
    const file = { name, bytes: Buffer.from(text), mimeType: 'text/markdown', caption: '' };
    const fileKey = `${key}#file`;
    for (let tries = 1; ; tries += 1) {
      try {
        if (await finder.exact(place, fileKey, Date.now() - DAY_MS)) return;
        await uploadFile(client, place, file, fileKey);
        return;
      } catch (error) {
        const { remedy, retryAfterMs = 500 * 2 ** tries } = toFailure(error, 'repeatable');
        if (remedy === 'never' || tries === MAX_TRIES) {
          log.error({ error, key }, 'a long text did not reach Slack');
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, Math.min(MAX_WAIT_MS, retryAfterMs)));
      }
    }
  }

  return {
    attempt,
    attach,
    /**
     * The last part carries `key` and the buttons and is what the ref names; the parts before it are `key#1`, `key#2` and are
     * sent first, once each. So finding `key` means that all of it arrived.
     */
    async post(place, doc, key) {
      const parts = partsOf(doc);
      const since = Date.now() - DAY_MS;
      for (const [i, part] of parts.slice(0, -1).entries()) {
        const partKey = `${key}#${i + 1}`;
        if (!(await finder.exact(place, partKey, since))) await postOne(place, part, partKey);
      }
      const last = parts.at(-1) ?? doc;
      const ref = await postOne(place, last, key);
      if (last.attachment) await attach(ref, last.attachment, key);
      return ref;
    },
  };
}
