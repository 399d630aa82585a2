import type { WebClient } from '@slack/web-api';
import type { Doc, MessageRef, Place } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import { slackCode, toFailure } from './errors.ts';
import type { Finder } from './find.ts';
import type { Logger } from './logger.ts';
import { metadataOf } from './metadata.ts';
import { refOf } from './place.ts';
import { partsOf, type Rendered, render } from './render.ts';

export interface Poster {
  post(place: Place, doc: Doc, key: string): Promise<MessageRef>;
  /** The doc as blocks this workspace accepts: see {@link attempt}. */
  attempt<T>(doc: Doc, send: (rendered: Rendered) => Promise<T>): Promise<T>;
  /** Puts a file into the thread of a message. @throws Failure */
  upload(ref: MessageRef, file: { name: string; text: string }): Promise<void>;
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

  async function upload(ref: MessageRef, file: { name: string; text: string }): Promise<void> {
    const { channel, thread } = ref.place;
    try {
      await client.files.uploadV2({
        channel_id: channel,
        thread_ts: thread ?? ref.id,
        filename: file.name,
        title: file.name,
        content: file.text,
      });
    } catch (error) {
      throw toFailure(error, 'once');
    }
  }

  return {
    attempt,
    upload,
    /**
     * The last part carries `key` and the buttons and is what the ref names; the parts before it are `key#1`, `key#2` and are
     * sent first, once each. So finding `key` means that all of it arrived.
     */
    async post(place, doc, key) {
      const parts = partsOf(doc);
      const since = Date.now() - 24 * 3_600_000;
      for (const [i, part] of parts.slice(0, -1).entries()) {
        const partKey = `${key}#${i + 1}`;
        if (!(await finder.exact(place, partKey, since))) await postOne(place, part, partKey);
      }
      const last = parts.at(-1) ?? doc;
      const ref = await postOne(place, last, key);
      if (last.attachment) {
        // The message is there; failing now would make the caller look for it and find it, and no file either.
        await upload(ref, last.attachment).catch((error: unknown) =>
          log.warn({ error, key }, 'a file did not reach Slack'),
        );
      }
      return ref;
    },
  };
}
