import type { Message, Update } from 'grammy/types';

/** An update, and the other messages of the album that it begins. */
export interface Gathered {
  readonly update: Update;
  readonly album: readonly Message[];
}

/**
 * Several files that are sent at once come as a message each, with the words under the first. Put together, they are one
 * thing said.
 */
export function gathered(updates: readonly Update[]): Gathered[] {
  const first = new Map<string, Message[]>();
  return updates.flatMap((update) => {
    const { message } = update;
    const key = message?.media_group_id === undefined ? undefined : `${message.chat.id}:${message.media_group_id}`;
    const begun = key === undefined ? undefined : first.get(key);
    if (message && begun) {
      begun.push(message);
      return [];
    }
    const album: Message[] = [];
    if (key !== undefined) first.set(key, album);
    return [{ update, album }];
  });
}

/** Whether more of an album may be on its way. */
export const endsInAlbum = (updates: readonly Update[]): boolean =>
  updates.at(-1)?.message?.media_group_id !== undefined;
