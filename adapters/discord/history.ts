import { Routes } from 'discord.js';
import type { Account, Emoji, Inbound, MessageRef, Place } from '../../core/domain/chat.ts';
import type { Api } from './api.ts';
import type { Channels } from './channels.ts';
import { emojiFromDiscord } from './emoji.ts';
import { toFailure } from './errors.ts';
import { isSpoken, messageInbound } from './parse.ts';
import * as payload from './payload.ts';
import { accountOf, guildPlace } from './place.ts';
import { activeThreads, readMessages } from './read.ts';
import type { Self } from './self.ts';
import { msOf } from './snowflake.ts';
import type { Threads } from './threads.ts';

export interface Past {
  readonly api: Api;
  readonly self: Self;
  readonly channels: Channels;
  readonly threads: Threads;
}

/**
 * What people said in a place after `since`, oldest first, with the dedupe keys of live events. Of a channel: its messages
 * and those in its threads.
 */
export async function* readHistory(past: Past, place: Place, since: number): AsyncGenerator<Inbound> {
  const { api, channels } = past;
  const isForum = place.thread === undefined && !place.dm && (await channels.isForum(place.channel));
  const root = place.thread === undefined ? null : await rootOf(past, place, since);
  if (root) yield root;
  if (!isForum) {
    for await (const message of readMessages(api, place.thread ?? place.channel, since)) {
      if (isSpoken(message)) yield await messageInbound(message, place, past);
    }
  }
  if (place.dm || place.thread !== undefined) return;
  for (const thread of await liveThreads(past, place, since)) yield* readHistory(past, thread, since);
}

/** The message that a thread is on, which stands in the channel around it; null when it is older, or of a forum. */
async function rootOf(past: Past, place: Place, since: number): Promise<Inbound | null> {
  const { api, channels } = past;
  const { channel, thread = '' } = place;
  if (msOf(thread) < since || (await channels.isForum(channel))) return null;
  try {
    const message = payload.message.parse(await api.get(Routes.channelMessage(channel, thread)));
    return isSpoken(message) ? await messageInbound(message, place, past) : null;
  } catch (error) {
    if (toFailure(error, 'repeatable').code === 'gone') return null;
    throw error;
  }
}

/** Threads of a channel in which something was said after `since`; what was said opened them if they had been archived. */
async function liveThreads({ api, channels }: Past, { space, channel }: Place, since: number): Promise<Place[]> {
  const threads = await activeThreads(api, channels, { space, channel });
  return threads
    .filter((thread) => msOf(thread.last_message_id ?? thread.id) >= since)
    .map(({ id }) => guildPlace(space, channel, id));
}

const PAGE = 100;

/** Who reacted how to a message, the bot itself left out. Nobody when the message is gone. */
export async function readReactions(
  { api, self, threads }: Past,
  ref: MessageRef,
): Promise<{ account: Account; emoji: Emoji }[]> {
  const channel = await threads.channelOf(ref);
  const shown = await api.get(Routes.channelMessage(channel, ref.id)).catch((error: unknown) => {
    const failure = toFailure(error, 'repeatable');
    if (failure.code === 'gone') return null;
    throw failure;
  });
  if (!shown) return [];
  const found: { account: Account; emoji: Emoji }[] = [];
  for (const { emoji } of payload.message.parse(shown).reactions) {
    const name = encodeURIComponent(emoji.id ? `${emoji.name}:${emoji.id}` : (emoji.name ?? ''));
    const route = Routes.channelMessageReaction(channel, ref.id, name);
    for (let after = '0'; ; ) {
      const people = payload.users.parse(await api.get(route, { limit: String(PAGE), after }));
      for (const user of people) {
        if (user.id !== self.user) found.push({ account: accountOf(user), emoji: emojiFromDiscord(emoji) });
      }
      if (people.length < PAGE) break;
      after = people.at(-1)?.id ?? after;
    }
  }
  return found;
}
