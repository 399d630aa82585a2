import type { Said, Turn } from '../agent/assistant.ts';
import type { MessageRef, Place } from '../domain/chat.ts';
import type { ReplyStream } from '../ports.ts';
import { chatFor, clockSkewMs, fingerprint } from './delivery.ts';
import type { Deps } from './deps.ts';

/** The one reply of each turn, as it grows and ends. What is kept here may be lost: then the message is looked for. */
export interface Replies {
  /** The stream of a turn's reply. After a crash it goes on in the message that was left behind, if there is one. */
  open(turn: Turn): Promise<ReplyStream>;
  /** Begins to end the reply with its whole text; {@link send} hears how that went. */
  end(turn: Turn, text: string): void;
  /** Ends the reply with its whole text, unless that was done, and notes it as sent. */
  send(turn: Turn, text: string): Promise<void>;
  forget(turn: string): void;
}

export function createReplies({ chats, store }: Pick<Deps, 'chats' | 'store'>): Replies {
  const streams = new Map<string, ReplyStream>();
  const endings = new Map<string, Promise<MessageRef>>();

  async function open(turn: Turn): Promise<ReplyStream> {
    const known = streams.get(turn.id);
    if (known) return known;
    const chat = chatFor(chats, turn.place.platform);
    const announced = await store.posts.announce(turn.id, turn.place, null, Date.now());
    const since = announced.post.createdAt - clockSkewMs;
    const left = announced.known ? await chat.find(turn.place, turn.id, since, 'reply') : null;
    const stream = chat.stream(turn.place, accountOf(turn.place, turn.said.at(-1)), turn.id, left);
    streams.set(turn.id, stream);
    return stream;
  }

  /** Null when it was sent before. */
  async function finish(turn: Turn, text: string): Promise<MessageRef | null> {
    if (!streams.has(turn.id) && (await store.posts.find(turn.id))?.messageId) return null;
    const stream = await open(turn);
    streams.delete(turn.id);
    return stream.finish({ text });
  }

  return {
    open,
    end(turn, text) {
      const stream = streams.get(turn.id);
      if (!stream) return;
      streams.delete(turn.id);
      const ending = stream.finish({ text });
      // Heard by `send`, unless a crash of the workflow comes before it.
      ending.catch(() => undefined);
      endings.set(turn.id, ending);
    },
    async send(turn, text) {
      const ending = endings.get(turn.id);
      endings.delete(turn.id);
      const ref = await (ending ?? finish(turn, text));
      if (ref) await store.posts.sent(turn.id, ref, fingerprint({ text }), true);
    },
    forget(turn) {
      streams.delete(turn);
      endings.delete(turn);
    },
  };
}

function accountOf(place: Place, said: Said | undefined) {
  const id = said?.account?.split(':').at(-1) ?? '';
  const space = said?.account?.split(':').at(1) ?? place.space;
  return { platform: place.platform, space, id, name: said?.author, bot: false };
}
