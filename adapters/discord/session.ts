import { Routes } from 'discord.js';
import type { Inbound } from '../../core/domain/chat.ts';
import { describe } from '../../core/errors.ts';
import type { Chat, Suggest } from '../../core/ports.ts';
import type { Api } from './api.ts';
import { Channels } from './channels.ts';
import { download } from './download.ts';
import { createEditor } from './edit.ts';
import { emojiToDiscord } from './emoji.ts';
import { createFinder } from './find.ts';
import { readHistory, readReactions } from './history.ts';
import { createInteractions } from './interactions.ts';
import type { Logger } from './logger.ts';
import { openChannel } from './open-channel.ts';
import * as payload from './payload.ts';
import { dmPlace } from './place.ts';
import { createPoster } from './post.ts';
import { createReceiver, type Receiver } from './receive.ts';
import { registerCommands } from './register.ts';
import { sendReply } from './reply.ts';
import type { Self } from './self.ts';
import { createStream } from './stream.ts';
import { Threads } from './threads.ts';
import { createTyping } from './typing.ts';

export interface SessionOptions {
  readonly api: Api;
  readonly self: Self;
  readonly timeoutMs: number;
  /** Milliseconds between two edits of a reply that grows. */
  readonly paceMs: number;
  readonly log: Logger;
  readonly sink: (inbound: Inbound) => Promise<void>;
  readonly suggest: Suggest | undefined;
}

export type Session = Required<Omit<Chat, 'platform' | 'capabilities' | 'start' | 'stop' | 'health' | 'places'>> & {
  readonly receiver: Receiver;
  end(): Promise<void>;
};

/** Everything that needs to know who we are: what comes in and what goes out. */
export function createSession({ api, self, timeoutMs, paceMs, log, sink, suggest }: SessionOptions): Session {
  const channels = new Channels(api);
  const threads = new Threads(api, channels);
  const finder = createFinder({ api, self, channels, threads });
  const poster = createPoster({ api, channels, threads, finder });
  const editor = createEditor({ api, poster, finder, threads, log });
  const typing = createTyping(api, threads, log);
  const interactions = createInteractions({ api, channels, log, sink, suggest });
  const past = { api, self, channels, threads };
  const receiver = createReceiver({
    self,
    channels,
    threads,
    interactions,
    log,
    sink,
    onGuild: (id) => void register(id),
  });

  async function register(guild?: string): Promise<void> {
    try {
      const result = await registerCommands(api, self.application, guild);
      log.debug({ guild, result }, 'Discord commands are registered');
    } catch (error) {
      log.warn({ guild, error: describe(error) }, 'Discord does not take the commands');
    }
  }
  void register();

  return {
    receiver,
    post: poster.post,
    upload: poster.upload,
    find: finder.find,
    edit: editor.edit,
    stream(place, _to, key, resume) {
      typing.end(place);
      return createStream({ api, poster, finder, threads, paceMs }, place, key, resume);
    },
    working: async (place, on) => (on ? typing.show(place) : typing.end(place)),
    history: (place, since) => readHistory(past, place, since),
    reactions: (ref) => readReactions(past, ref),
    download: (file, maxBytes) => download(api, file, maxBytes, timeoutMs),
    openChannel: (channel) => openChannel(api, channel),
    async react(ref, emoji, on) {
      await threads.inOpen(await threads.channelOf(ref), (channel) =>
        api.call(on ? 'PUT' : 'DELETE', Routes.channelMessageOwnReaction(channel, ref.id, emojiToDiscord(emoji)), {
          bucket: 'react',
          needs: 'Add Reactions',
        }),
      );
    },
    async dm({ id }) {
      const opened = await api.call('POST', Routes.userChannels(), { body: { recipient_id: id } });
      const channel = payload.channel.parse(opened);
      channels.learn(channel);
      return dmPlace(channel.id);
    },
    async reply(handle, doc) {
      await interactions.answered(handle);
      await sendReply(api, handle, doc);
    },
    async link(ref) {
      return `https://discord.com/channels/${ref.place.space || '@me'}/${await threads.channelOf(ref)}/${ref.id}`;
    },
    async end() {
      typing.stop();
      await receiver.stop();
    },
  };
}
