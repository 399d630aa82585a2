import type { WebClient } from '@slack/web-api';
import type { Account, Emoji, Inbound, MessageRef, Place } from '../../core/domain/chat.ts';
import type { Directory } from './directory.ts';
import { emojiFromSlack } from './emoji.ts';
import { toFailure } from './errors.ts';
import type { Names } from './mrkdwn.ts';
import { messageInbound, type Self, spokenMessage } from './parse.ts';
import { placeOf, tsToMs } from './place.ts';
import { readMessages } from './read.ts';

export interface HistoryOptions {
  readonly client: WebClient;
  readonly self: Self;
  readonly directory: Directory;
  readonly names: Names;
}

/** How old a thread may be in which something new is found, days before `since`. */
const threadDays = 3;

/**
 * What people said in a place after `since`, oldest first, with the dedupe keys of live events. Of a channel: its messages,
 * the replies to them and to those of some days before: Slack lists no threads by their last word.
 */
export async function* readHistory(options: HistoryOptions, place: Place, since: number): AsyncGenerator<Inbound> {
  const { client, directory, self, names } = options;
  const from = place.thread === undefined ? since - threadDays * 86_400_000 : since;
  for await (const stored of readMessages(client, place, from)) {
    const message = spokenMessage(stored);
    if (message && message.user !== self.user && tsToMs(message.ts) >= since) {
      const person = await directory.get(message.user);
      if (!person.bot)
        yield messageInbound(message, place.channel, directory.account(message.user, person), self, names);
    }
    if (place.thread === undefined && tsToMs(stored.latest_reply ?? '0') >= since) {
      const thread = placeOf(place.space, place.channel, stored.ts);
      for await (const reply of readHistory(options, thread, since)) {
        if (reply.kind === 'message' && reply.ref.id !== stored.ts) yield reply;
      }
    }
  }
}

/** Who reacted how to a message, the bot itself left out. Nobody when the message is gone. */
export async function readReactions(
  options: HistoryOptions,
  ref: MessageRef,
): Promise<{ account: Account; emoji: Emoji }[]> {
  const { client, directory, self } = options;
  const answer = await client.reactions
    .get({ channel: ref.place.channel, timestamp: ref.id, full: true })
    .catch((error: unknown) => {
      const failure = toFailure(error, 'repeatable');
      if (failure.code === 'gone') return { message: undefined };
      throw failure;
    });
  const found: { account: Account; emoji: Emoji }[] = [];
  for (const { name, users } of answer.message?.reactions ?? []) {
    for (const id of users ?? []) {
      if (id === self.user || name === undefined) continue;
      found.push({ account: directory.account(id, await directory.get(id)), emoji: emojiFromSlack(name) });
    }
  }
  return found;
}
