import { type Channel, type Client, PermissionFlagsBits, Routes } from 'discord.js';
import type { Account, Place } from '../../core/domain/chat.ts';
import type { Api } from './api.ts';
import { toFailure } from './errors.ts';
import * as payload from './payload.ts';
import { dmPlace, guildPlace } from './place.ts';
import { msOf } from './snowflake.ts';

const READ = [PermissionFlagsBits.ViewChannel, PermissionFlagsBits.ReadMessageHistory];

/**
 * Where something was said after `since`: the channels that the bot may read, by what the gateway told of them and their
 * threads, and its direct conversations with these people, which Discord names only one by one. @throws Failure
 */
export async function placesSince(
  { api, client }: { readonly api: Api; readonly client: Client },
  since: number,
  people: readonly Account[],
): Promise<Place[]> {
  const found = [...client.channels.cache.values()].flatMap((channel) => placeOf(client, channel, since) ?? []);
  for (const { id } of people) {
    const dm = await patiently(() => directWith(api, id));
    if (dm?.last_message_id && msOf(dm.last_message_id) >= since) found.push(dmPlace(dm.id));
  }
  return found;
}

/** The channel, or the one around a thread, if it is to be read. */
function placeOf(client: Client, channel: Channel, since: number): Place | null {
  if (channel.isDMBased() || !channel.isTextBased() || !channel.lastMessageId) return null;
  const mayRead = client.user !== null && channel.permissionsFor(client.user)?.has(READ);
  if (!mayRead || msOf(channel.lastMessageId) < since) return null;
  return guildPlace(channel.guildId, (channel.isThread() ? channel.parentId : null) ?? channel.id);
}

/** Null for who cannot be written to. */
async function directWith(api: Api, person: string): Promise<payload.ChannelData | null> {
  try {
    return payload.channel.parse(await api.call('POST', Routes.userChannels(), { body: { recipient_id: person } }));
  } catch (error) {
    if (toFailure(error, 'repeatable').remedy === 'never') return null;
    throw error;
  }
}

const MOST_TRIES = 5;
const MAX_WAIT_MS = 10_000;

/** So many direct conversations at once are limited now and then: a wait, not a reason to begin with the first again. */
async function patiently<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      const { remedy, retryAfterMs = 500 * 2 ** tries } = toFailure(error, 'repeatable');
      if (remedy !== 'retry' || tries === MOST_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.min(MAX_WAIT_MS, retryAfterMs)));
    }
  }
}
