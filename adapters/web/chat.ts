import type { Account, Doc, Inbound, MessageRef, Place } from '../../core/domain/chat.ts';
import { describe, Failure } from '../../core/errors.ts';
import type { Chat } from '../../core/ports.ts';
import type { Store } from '../../core/store/index.ts';
import type { NewPost } from '../../core/store/web.ts';
import { attempt, gone, unreachable } from './errors.ts';
import { saidInbound } from './inbound.ts';
import type { Logger } from './logger.ts';
import { accountOf, numberOf, placeOf, platform, refOf } from './place.ts';
import { createStream } from './stream.ts';

export interface WebChatOptions {
  readonly web: Store['web'];
  readonly sessions: Pick<Store['sessions'], 'has'>;
  /** Where people open the page, without a slash at the end. */
  readonly publicUrl: string;
  readonly log: Logger;
}

/** The page's chat: a face like the others, and where its page hands in what people do. */
export interface WebChat extends Chat {
  /** Hands in what a person did; resolves when it is durable. Throws `unavailable` (retry) when it is not. */
  receive(inbound: Inbound): Promise<void>;
}

/** A crash may leave nobody who says that the assistant is no longer at work; that is believed for so long, milliseconds. */
const WORKING_MS = 5 * 60_000;

/**
 * The chat on the web page. Its messages are rows that every program on the database reads and writes; pages hear of them
 * from the feed of changes. Each person has one conversation, private, without threads.
 */
export function createWebChat({ web, sessions, publicUrl, log }: WebChatOptions): WebChat {
  let sink: ((inbound: Inbound) => Promise<void>) | undefined;
  let gapAt: number | undefined;

  async function put(place: Place, post: Omit<NewPost, 'person'>): Promise<MessageRef> {
    const person = numberOf(place.channel);
    const message = await attempt('once', () => web.post({ ...post, person }, Date.now()));
    if (!message) throw unreachable(place.channel);
    return refOf(person, message.id);
  }

  async function rewrite({ place, id }: MessageRef, doc: Doc, streaming: boolean): Promise<void> {
    const [person, message] = [numberOf(place.channel), numberOf(id)];
    if (!(await attempt('repeatable', () => web.edit(person, message, doc, streaming, Date.now()))))
      throw gone('The message');
  }

  return {
    platform,
    capabilities: {
      maxCharacters: 100_000,
      editEveryMs: 250,
      history: true,
      forms: 'modal',
      dmThreads: false,
      privateCommands: true,
    },

    async start(to) {
      sink = to;
    },
    async stop() {
      sink = undefined;
    },
    health: () => ({ connected: sink !== undefined, ...(gapAt === undefined ? {} : { gapAt }) }),

    async receive(inbound) {
      const notYet = { code: 'unavailable', remedy: 'retry', advice: 'Try again in a moment.' } as const;
      if (!sink) throw new Failure('Mainloop is just starting or stopping.', notYet);
      try {
        await sink(inbound);
      } catch (cause) {
        // Words that are stored and not heard are found in the history, by whoever hears of the gap.
        gapAt = Date.now();
        log.warn({ inbound: inbound.dedupe, error: describe(cause) }, 'not taken in');
        throw new Failure('That did not get through.', { ...notYet, cause });
      }
    },

    post: (place, doc, key) => put(place, { key, doc }),
    upload: (place, { caption, ...file }, key) => put(place, { key, doc: { text: caption }, files: [file] }),

    async find(place, key, since, as) {
      const message = await attempt('repeatable', () => web.byKey(key));
      if (!message || message.person !== numberOf(place.channel) || message.at < since) return null;
      return message.streaming && as === 'post' ? null : refOf(message.person, message.id);
    },

    async edit(ref, doc) {
      await rewrite(ref, doc, false);
      return ref;
    },

    async react({ place, id }, emoji, on) {
      const [person, message] = [numberOf(place.channel), numberOf(id)];
      if (!(await attempt('repeatable', () => web.react(person, message, 'bot', emoji, on)))) throw gone('The message');
    },

    stream: (place, _to, key, resume) =>
      createStream(
        {
          begin: (doc, isWhole) => put(place, { key, doc, streaming: !isWhole }),
          write: (ref, doc, isWhole) => rewrite(ref, doc, !isWhole),
        },
        resume,
        log,
      ),

    async working(place, on) {
      try {
        await web.setWorking(numberOf(place.channel), on ? Date.now() + WORKING_MS : null);
      } catch (error) {
        log.debug({ error: describe(error) }, 'not shown as working');
      }
    },

    /** Who is signed in nowhere sees nothing that is put there, so they are asked elsewhere. */
    async dm({ id }) {
      const person = numberOf(id);
      if (!(await attempt('repeatable', () => sessions.has(person, Date.now())))) throw unreachable(id);
      return placeOf(person);
    },

    /** The answer stands in the chat, where its person alone reads, and never comes too late. */
    async reply({ person = '', id = '' }, doc) {
      const ref = await put(placeOf(numberOf(person)), { key: `reply:${id}`, doc, answerTo: id });
      await rewrite(ref, doc, false);
    },

    async *history(place, since) {
      const said = await attempt('repeatable', () => web.saidSince(numberOf(place.channel), since));
      yield* said.map(saidInbound);
    },

    async places(since) {
      const people = await attempt('repeatable', () => web.speakersSince(since));
      return people.map(placeOf);
    },

    async reactions({ place, id }) {
      const [person, message] = [numberOf(place.channel), numberOf(id)];
      const found = await attempt('repeatable', () => web.get(person, message));
      const bot: Account = { platform, space: '', id: 'mainloop', bot: true };
      return [
        ...(found?.botReactions ?? []).map((emoji) => ({ account: bot, emoji })),
        ...(found?.personReactions ?? []).map((emoji) => ({ account: accountOf(person), emoji })),
      ];
    },

    link: async ({ id }) => `${publicUrl}/chat#m${id}`,

    async download({ handle, name }, maxBytes) {
      const file = await attempt('repeatable', () => web.file(handle, null));
      if (!file) throw gone(name);
      if (file.bytes.length > maxBytes)
        throw new Failure(`${name} is larger than ${maxBytes} bytes.`, { code: 'too_large', remedy: 'never' });
      return file.bytes;
    },
  };
}
