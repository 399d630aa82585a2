import type { Inbound } from '../../core/domain/chat.ts';
import type { Chat } from '../../core/ports.ts';
import { Budget } from './budget.ts';
import { Chains } from './chain.ts';
import { whoAmI } from './check.ts';
import { type Access, createClient } from './client.ts';
import { createEditor } from './edit.ts';
import { download } from './files.ts';
import { givingUp } from './giving-up.ts';
import type { Logger } from './logger.ts';
import { placeOf, targetOf } from './place.ts';
import { createPoster } from './post.ts';
import { Queries } from './queries.ts';
import { Reacting } from './reacting.ts';
import { createReceiver, type Take } from './receive.ts';
import { sendReply } from './reply.ts';
import { createSender } from './send.ts';
import { Sent } from './sent.ts';
import { createStream } from './stream.ts';
import { Topics } from './topics.ts';
import { uploadFile } from './upload.ts';
import { Working } from './working.ts';

export type Session = Omit<Chat, 'platform' | 'capabilities' | 'start' | 'stop' | 'health'> & {
  readonly take: Take;
  /** Ends what runs by the clock. */
  close(): Promise<void>;
};

/** Everything that needs to know who we are: asks getMe, then wires what comes in and what goes out. @throws Failure */
export async function connectTelegram(
  access: Access,
  log: Logger,
  sink: (inbound: Inbound) => Promise<void>,
): Promise<Session> {
  const { id, username } = await whoAmI(access);
  const self = { id, username };
  const client = createClient(access);
  const { api } = client;
  const budget = new Budget();
  const chains = new Chains();
  const sent = new Sent();
  const sender = createSender({ client, budget, chains });
  const poster = createPoster({ sender, sent, log });
  const editor = createEditor({ client, budget, chains });
  const queries = new Queries(client, log);
  const reacting = new Reacting(client, self);
  const topics = new Topics({ client, budget, poster, log });
  const working = new Working(client);

  return {
    take: givingUp(createReceiver({ self, chains, topics, reacting, queries, poster, log, sink }), log),
    async close() {
      working.stop();
      await queries.stop();
    },
    post: (place, doc, key) => poster.post(place, doc, key),
    find: async (_place, key) => sent.find(key),
    edit: editor.edit,
    react: (ref, emoji, on) => reacting.set(ref, emoji, on),
    stream: (place, _to, key, resume) => createStream({ client, poster, editor, log }, place, key, resume),
    working: (place, on) => working.show(place, on),
    async dm(account) {
      // A person who never wrote to the bot, or blocked it, is told apart only by trying.
      await client.inChat(account.id, 'repeatable', (chat) => api.sendChatAction(chat, 'typing'));
      return placeOf(account.id);
    },
    reply: (handle, doc) => sendReply(poster, queries, handle, doc),
    // A bot cannot read a chat: what was said while it was away waits at Telegram for a day.
    async *history() {
      yield* [];
    },
    reactions: async () => [],
    async link({ place, id: message }) {
      if (!/^-100/.test(place.channel)) return null;
      const target = targetOf(place);
      const topic = target && 'topic' in target ? `/${target.topic}` : '';
      return `https://t.me/c/${place.channel.slice(4)}${topic}/${message}`;
    },
    download: (file, maxBytes) => download(access, file, maxBytes),
    upload: (place, file, key) => uploadFile({ sender, sent }, place, file, key),
  };
}
