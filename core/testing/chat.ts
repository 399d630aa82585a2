import type { Account, Doc, Emoji, Inbound, MessageRef, Place, ReplyHandle } from '../domain/chat.ts';
import type { OutFile } from '../domain/file.ts';
import { Failure } from '../errors.ts';
import type { Chat, ChatCapabilities } from '../ports.ts';

export interface FakeMessage {
  readonly ref: MessageRef;
  readonly key: string;
  doc: Doc;
  edits: number;
  /** Unfinished while a reply is being streamed. */
  done: boolean;
  readonly reactions: { account: Account; emoji: Emoji }[];
  /** What was uploaded with it. */
  readonly file?: OutFile;
}

type Call = 'post' | 'edit' | 'dm' | 'reply' | 'find' | 'react' | 'upload' | 'download';

export interface FakeChat extends Chat {
  /** What the bot has sent, oldest first. */
  readonly messages: FakeMessage[];
  /** Private answers to buttons and commands. */
  readonly replies: Doc[];
  /** What is said while nobody listens, and all before. */
  readonly said: Inbound[];
  /** What people attached, by handle; a handle that is not here is the file's own text. */
  readonly files: Map<string, Uint8Array>;
  /** Every file that was fetched, by name. */
  readonly downloads: string[];
  /** The next calls of this kind fail so; `after` lets them take effect first. */
  failNext(call: Call, failure: Failure, options?: { times?: number; after?: boolean }): void;
  /** The connection is begun anew: what was said before is not told. */
  gap(): void;
  /** A person does something; resolves when it is durable. */
  inbound(inbound: Inbound): Promise<void>;
}

export const bot: Account = { platform: 'fake', space: 'T1', id: 'BOT', bot: true };

export interface FakeOptions {
  readonly platform?: string;
  readonly editEveryMs?: number;
  readonly forms?: ChatCapabilities['forms'];
  readonly dmThreads?: boolean;
  /** False: what answers a command outside of direct messages would be read by all. */
  readonly privateCommands?: boolean;
}

/** A chat platform in memory. */
export function createFakeChat(options: FakeOptions = {}): FakeChat {
  const { platform = 'fake', editEveryMs = 0, forms = 'modal', dmThreads = true, privateCommands = true } = options;
  const messages: FakeMessage[] = [];
  const replies: Doc[] = [];
  const said: Inbound[] = [];
  const files = new Map<string, Uint8Array>();
  const downloads: string[] = [];
  const failures: { call: Call; failure: Failure; after: boolean }[] = [];
  let sink: ((inbound: Inbound) => Promise<void>) | null = null;
  let clock = 0;
  let gapAt: number | undefined;

  const perform = async <T>(call: Call, act: () => T): Promise<T> => {
    const at = failures.findIndex((item) => item.call === call);
    const [failing] = at < 0 ? [] : failures.splice(at, 1);
    if (failing && !failing.after) throw failing.failure;
    const result = act();
    if (failing) throw failing.failure;
    return result;
  };
  const add = (place: Place, doc: Doc, key: string, done: boolean, file?: OutFile): FakeMessage => {
    clock += 1;
    const id = `${Date.now()}.${clock}`;
    const message = { ref: { place, id }, key, doc, edits: 0, done, reactions: [], ...(file ? { file } : {}) };
    messages.push(message);
    return message;
  };
  const known = (ref: MessageRef): FakeMessage => {
    const found = messages.find((item) => item.ref.id === ref.id && item.ref.place.channel === ref.place.channel);
    if (!found) throw new Failure('There is no such message.', { code: 'gone', remedy: 'never' });
    return found;
  };

  return {
    ...{ messages, replies, said, files, downloads, platform },
    capabilities: { maxCharacters: 4_000, editEveryMs, history: true, forms, dmThreads, privateCommands },
    async start(to) {
      sink = to;
    },
    async stop() {
      sink = null;
    },
    health: () => ({ connected: sink !== null, ...(gapAt === undefined ? {} : { gapAt }) }),
    openChannel: async ({ space, name }) => ({ platform: 'fake', space, channel: name, dm: false }),
    post: (place, doc, key) => perform('post', () => add(place, doc, key, true).ref),
    find: (place, key, since, as = 'post') =>
      perform('find', () => {
        const found = messages.find(
          (item) =>
            item.key === key &&
            item.ref.place.channel === place.channel &&
            Number.parseFloat(item.ref.id) >= since &&
            (item.done || as === 'reply'),
        );
        return found?.ref ?? null;
      }),
    edit: (ref, doc) =>
      perform('edit', () => {
        const message = known(ref);
        message.doc = doc;
        message.edits += 1;
        return ref;
      }),
    react: (ref, emoji, on) =>
      perform('react', () => {
        const { reactions } = known(ref);
        const at = reactions.findIndex((item) => item.account.bot && item.emoji === emoji);
        if (on && at < 0) reactions.push({ account: bot, emoji });
        if (!on && at >= 0) reactions.splice(at, 1);
      }),
    stream(place, _to, key, resume) {
      let message = resume ? known(resume) : null;
      let text = '';
      return {
        get ref() {
          return message?.ref ?? null;
        },
        append(more) {
          text += more;
          message ??= add(place, { text }, key, false);
          message.doc = { text };
        },
        finish: (doc) =>
          perform('post', () => {
            message ??= add(place, doc, key, true);
            Object.assign(message, { doc, done: true });
            return message.ref;
          }),
      };
    },
    working: () => Promise.resolve(),
    dm: ({ space, id }) => perform('dm', () => ({ platform, space, channel: `dm-${id}`, dm: true })),
    reply: (handle: ReplyHandle, doc) =>
      perform('reply', () => {
        if (Number(handle.until ?? Number.POSITIVE_INFINITY) < Date.now())
          throw new Failure('Too late to answer.', { code: 'expired', remedy: 'never' });
        if (!privateCommands && handle.dm !== 'true')
          throw new Failure('Everybody would read it.', { code: 'not_private', remedy: 'never' });
        replies.push(doc);
      }),
    async *history(place, since) {
      yield* said.filter(
        (item) =>
          item.at >= since &&
          item.place.channel === place.channel &&
          (place.thread === undefined || item.place.thread === place.thread),
      );
    },
    reactions: async (ref) => known(ref).reactions,
    download: (file, maxBytes) =>
      perform('download', () => {
        downloads.push(file.name);
        const bytes = files.get(file.handle) ?? Buffer.from(file.handle);
        if (Math.max(file.size, bytes.length) > maxBytes)
          throw new Failure(`${file.name} is too large.`, { code: 'too_large', remedy: 'never' });
        return bytes;
      }),
    upload: (place, file, key) => perform('upload', () => add(place, { text: file.caption }, key, true, file).ref),
    link: async (ref) => `https://chat.example/${ref.id}`,
    failNext(call, failure, { times = 1, after = false } = {}) {
      for (let n = 0; n < times; n += 1) failures.push({ call, failure, after });
    },
    gap() {
      gapAt = Date.now();
    },
    async inbound(inbound) {
      if (inbound.kind === 'message') said.push(inbound);
      await sink?.(inbound);
    },
  } satisfies FakeChat;
}
