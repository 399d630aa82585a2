import type { Receiver } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Inbound } from '../../core/domain/chat.ts';
import type { Chat } from '../../core/ports.ts';
import type { Budgets } from './budget.ts';
import { Directory } from './directory.ts';
import { download } from './download.ts';
import { createEditor } from './edit.ts';
import { emojiToSlack } from './emoji.ts';
import { slackCode, toFailure } from './errors.ts';
import { createFinder } from './find.ts';
import { readHistory, readReactions } from './history.ts';
import type { Logger } from './logger.ts';
import type { Names } from './mrkdwn.ts';
import type { Self } from './parse.ts';
import { placeOf } from './place.ts';
import { createPoster } from './post.ts';
import { createApp } from './receive.ts';
import { sendReply } from './reply.ts';
import { createStream } from './stream.ts';
import { uploadFile } from './upload.ts';

/** Milliseconds between two appends to a stream. */
const STREAM_PACE_MS = 300;

export interface SessionOptions {
  readonly botToken: string;
  readonly apiUrl?: string | undefined;
  readonly timeoutMs: number;
  readonly streamMs: number;
  readonly client: WebClient;
  readonly budgets: Budgets;
  readonly receiver: Receiver;
  readonly log: Logger;
  readonly sink: (inbound: Inbound) => Promise<void>;
}

export type Session = Omit<Chat, 'platform' | 'capabilities' | 'start' | 'stop' | 'health'> & {
  /** Resolves when everything that has come in is stored and acknowledged. */
  idle(): Promise<void>;
};

/** Everything that needs to know who we are: asks auth.test, then wires what comes in and what goes out. @throws Failure */
export async function connectSlack(options: SessionOptions): Promise<Session> {
  const { client, log, timeoutMs } = options;
  const self = await whoAmI(client);
  const directory = new Directory(client, self.team);
  const names: Names = { bot: self.user, user: (id) => directory.known(id)?.name || undefined };
  const finder = createFinder(client, self);
  const poster = createPoster({ client, finder, log });
  const editor = createEditor({ client, budget: options.budgets.edits, poster });
  const stream = {
    client,
    poster,
    editor,
    finder,
    budgets: options.budgets,
    log,
    paceMs: STREAM_PACE_MS,
    maxMs: options.streamMs,
  };
  const past = { client, self, directory, names };
  const { idle } = createApp({ ...options, self, directory, names });
  let hasStatus = true;

  return {
    idle,
    post: poster.post,
    find: finder.find,
    edit: editor.edit,
    stream: (...args) => createStream(stream, ...args),
    history: (place, since) => readHistory(past, place, since),
    reactions: (ref) => readReactions(past, ref),
    upload: (place, file, key) => uploadFile(client, place, file, key),
    download: (file, maxBytes) => download(options, file, maxBytes),
    reply: (handle, doc) => sendReply(client, handle, doc, timeoutMs),
    async react(ref, emoji, on) {
      const target = { channel: ref.place.channel, timestamp: ref.id, name: emojiToSlack(emoji) };
      try {
        await (on ? client.reactions.add(target) : client.reactions.remove(target));
      } catch (error) {
        if (!['already_reacted', 'no_reaction'].includes(slackCode(error) ?? '')) throw toFailure(error, 'repeatable');
      }
    },
    async working(place, on) {
      if (!hasStatus || place.thread === undefined) return;
      try {
        const status = on ? 'is thinking…' : '';
        await client.assistant.threads.setStatus({ channel_id: place.channel, thread_ts: place.thread, status });
      } catch (error) {
        if (toFailure(error, 'repeatable').remedy === 'never') hasStatus = false;
        log.debug({ slack: slackCode(error) }, 'Slack shows no status');
      }
    },
    async dm(account) {
      try {
        const { channel } = await client.conversations.open({ users: account.id });
        return placeOf(self.team, channel?.id ?? account.id);
      } catch (error) {
        throw toFailure(error, 'repeatable');
      }
    },
    async link(ref) {
      try {
        const { permalink } = await client.chat.getPermalink({ channel: ref.place.channel, message_ts: ref.id });
        return permalink ?? null;
      } catch (error) {
        const failure = toFailure(error, 'repeatable');
        if (failure.remedy === 'never') return null;
        throw failure;
      }
    },
  };
}

async function whoAmI(client: WebClient): Promise<Self> {
  try {
    const { team_id: team = '', user_id: user = '', bot_id: bot = '' } = await client.auth.test();
    return { team, user, bot };
  } catch (error) {
    throw toFailure(error, 'repeatable');
  }
}
