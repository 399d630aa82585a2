import type { Inbound } from '../domain/chat.ts';
import type { Deps } from './deps.ts';

type Message = Extract<Inbound, { kind: 'message' }>;

/** An album is whole when nothing of it has come for this long, milliseconds. */
const quietMs = 700;

/**
 * Files that are sent at once are one thing said, also where the platform tells them message by message, and the next only
 * when the one before is stored: the first becomes a message, and what follows is added to it until a turn takes it. What
 * comes after that is said in the same place, wherever its platform would have put it.
 */
export async function inAlbum({ store }: Pick<Deps, 'store'>, message: Message): Promise<Message> {
  if (message.album === undefined) return message;
  const { files, text } = message;
  const external = `album:${message.album}`;
  const begun = await store.albums.find(external);
  if (!begun) return { ...message, dedupe: external };
  const isThere = files.every(({ handle }) => begun.files.some((known) => known.handle === handle));
  const isJoined = isThere || (await store.albums.add(external, files, text));
  return { ...message, place: begun.place, mentionsBot: true, ...(isJoined ? { dedupe: external } : {}) };
}

/** Waits until the albums that wait in a conversation grow no more. */
export async function wholeAlbums({ store }: Pick<Deps, 'store'>, conversation: string): Promise<void> {
  for (let before = await store.albums.waiting(conversation); before > 0; ) {
    await new Promise((resolve) => setTimeout(resolve, quietMs));
    const now = await store.albums.waiting(conversation);
    if (now === before) return;
    before = now;
  }
}
