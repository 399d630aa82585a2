import { Routes } from 'discord.js';
import type { Place } from '../../core/domain/chat.ts';
import type { Api } from './api.ts';
import type { Channels } from './channels.ts';
import { discordCode } from './errors.ts';
import * as payload from './payload.ts';
import { byId, idAt } from './snowflake.ts';

/** Threads of a channel, posts of a forum, that are not archived. @throws Failure */
export async function activeThreads(
  api: Api,
  channels: Channels,
  { space, channel }: Pick<Place, 'space' | 'channel'>,
): Promise<payload.ChannelData[]> {
  const { threads } = payload.threadList.parse(await api.get(Routes.guildActiveThreads(space)));
  for (const thread of threads) channels.learn(thread, space);
  return threads.filter(({ parent_id: parent }) => parent === channel);
}

const PAGE = 100;
/** 10,000 messages: a downtime has fewer, and a bug must not read a server empty. */
const MAX_PAGES = 100;

/**
 * Messages of a channel or thread at or after `since` (milliseconds), oldest first; none of a thread that is not open yet.
 * @throws Failure
 */
export async function* readMessages(api: Api, channel: string, since: number): AsyncGenerator<payload.MessageData> {
  let after = idAt(since);
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const found = await readPage(api, channel, after);
    // Discord answers newest first, whatever the direction.
    yield* found.sort(byId);
    after = found.at(-1)?.id ?? after;
    if (found.length < PAGE) return;
  }
}

async function readPage(api: Api, channel: string, after: string): Promise<payload.MessageData[]> {
  try {
    return payload.messages.parse(await api.get(Routes.channelMessages(channel), { after, limit: String(PAGE) }));
  } catch (error) {
    if (discordCode(error) === 10_003) return [];
    throw error;
  }
}
