import { MessageFlags, Routes } from 'discord.js';
import type { Doc, MessageRef, Place } from '../../core/domain/chat.ts';
import type { OutFile } from '../../core/domain/file.ts';
import type { Api, CallOptions } from './api.ts';
import type { Channels } from './channels.ts';
import type { Finder } from './find.ts';
import { markerOf, nonceOf } from './key.ts';
import * as payload from './payload.ts';
import { guildPlace, refOf } from './place.ts';
import { partsOf, type Rendered, render, withFile } from './render.ts';
import { type Threads, threadName } from './threads.ts';

export interface Poster {
  post(place: Place, doc: Doc, key: string): Promise<MessageRef>;
  /** One message, of a doc that fits into one. */
  postOne(place: Place, doc: Doc, key: string, options?: { silent?: boolean }): Promise<MessageRef>;
  /** One message with a file and its caption; known by its key as a post is. */
  upload(place: Place, file: OutFile, key: string): Promise<MessageRef>;
  /** Replaces a message's content at once. `taken` is a place in the budget of edits. */
  update(ref: MessageRef, doc: Doc, options?: { key?: string | undefined; taken?: () => void }): Promise<void>;
}

interface PosterParts {
  readonly api: Api;
  readonly channels: Channels;
  readonly threads: Threads;
  readonly finder: Finder;
}

export function createPoster({ api, channels, threads, finder }: PosterParts): Poster {
  async function send(
    place: Place,
    { body, files }: Rendered,
    key: string,
  ): Promise<{ ref: MessageRef; said: string }> {
    const permission = place.thread === undefined ? 'Send Messages' : 'Send Messages in Threads';
    const needs = files ? `${permission} and Attach Files` : permission;
    const call = { bucket: 'post', effect: 'once', files, needs } as const;
    const isForum = !place.dm && place.thread === undefined && (await channels.isForum(place.channel));
    if (isForum) return openPost(place, body, key, call);
    const sent = await threads.within(place, (channel) => {
      const beside = channel === place.channel && place.thread;
      const reply = beside ? { message_reference: { message_id: beside, fail_if_not_exists: false } } : {};
      const whole = { ...body, ...reply, nonce: nonceOf(key), enforce_nonce: true };
      return api.call('POST', Routes.channelMessages(channel), { ...call, body: whole });
    });
    return posted(place, payload.message.parse(sent), key);
  }

  /** In a forum everything that is said stands in a post: this opens one, and is its first message. */
  async function openPost({ space, channel }: Place, message: Rendered['body'], key: string, call: CallOptions) {
    const body = { name: threadName(message.content.split('\n')[0] ?? ''), message };
    const sent = payload.post.parse(await api.call('POST', Routes.threads(channel), { ...call, body }));
    channels.learn(sent, space);
    return posted(guildPlace(space, channel, sent.id), sent.message, key);
  }

  function posted(place: Place, { id, content }: payload.MessageData, key: string): { ref: MessageRef; said: string } {
    finder.own(id, key);
    return { ref: refOf(place, id), said: content.trim() };
  }

  async function postOne(place: Place, doc: Doc, key: string, { silent = false } = {}): Promise<MessageRef> {
    const { body, files } = render(doc, markerOf(key));
    const flags = silent ? body.flags | MessageFlags.SuppressNotifications : body.flags;
    const { ref, said } = await send(place, { body: { ...body, flags }, files }, key);
    // The nonce is known: Discord answers with the message of before, which may say something older.
    if (said !== body.content.trim()) await update(ref, doc, { key });
    return ref;
  }

  async function update(
    ref: MessageRef,
    doc: Doc,
    { key, taken }: { key?: string | undefined; taken?: () => void } = {},
  ): Promise<void> {
    const { body, files } = render(doc, key === undefined ? undefined : markerOf(key));
    await threads.inOpen(await threads.channelOf(ref), (channel) =>
      api.call('PATCH', Routes.channelMessage(channel, ref.id), {
        bucket: 'edit',
        body,
        files,
        ...(taken ? { taken } : {}),
      }),
    );
  }

  return {
    postOne,
    update,
    upload: async (place, file, key) => (await send(place, withFile(file), key)).ref,
    /**
     * The last part carries `key` and the buttons and is what the ref names; the parts before it are `key#1`, `key#2` and are
     * sent first, once each. So finding `key` means that all of it arrived.
     */
    async post(place, doc, key) {
      const parts = partsOf(doc);
      const since = Date.now() - 24 * 3_600_000;
      // In a forum the first part opens the post, and the others go into it.
      let at = place;
      for (const [i, part] of parts.slice(0, -1).entries()) {
        const partKey = `${key}#${i + 1}`;
        const left = await finder.find(at, partKey, since, 'post', part);
        at = (left ?? (await postOne(at, part, partKey))).place;
      }
      return postOne(at, parts.at(-1) ?? doc, key);
    },
  };
}
