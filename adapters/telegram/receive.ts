import type { Message, Update } from 'grammy/types';
import type { Inbound, Place } from '../../core/domain/chat.ts';
import { describe } from '../../core/errors.ts';
import { anonymous } from '../../core/words/people.ts';
import { isAnonymous } from './account.ts';
import type { Chains } from './chain.ts';
import type { Logger } from './logger.ts';
import { actionInbound, isForUs, isSpoken, messageInbound, reactionInbounds } from './parse.ts';
import { placeOf, topicThread } from './place.ts';
import type { Poster } from './post.ts';
import type { Queries } from './queries.ts';
import type { Reacting } from './reacting.ts';
import type { Self } from './self.ts';
import type { Topics } from './topics.ts';

/** What we ask Telegram for; reactions come only when named. */
export const ALLOWED_UPDATES = ['message', 'callback_query', 'message_reaction', 'my_chat_member'] as const;

export interface ReceiveParts {
  readonly self: Self;
  readonly chains: Chains;
  readonly topics: Topics;
  readonly reacting: Reacting;
  readonly queries: Queries;
  readonly poster: Poster;
  readonly log: Logger;
  readonly sink: (inbound: Inbound) => Promise<void>;
}

/** Takes one update; resolves when what it tells is durable, and only then may it be confirmed. Rejects as `sink` does. */
export type Take = (update: Update) => Promise<void>;

export function createReceiver(parts: ReceiveParts): Take {
  const { self, chains, topics, reacting, queries, poster, log, sink } = parts;

  async function placeFor(message: Message): Promise<Place> {
    const { chat, message_thread_id: thread } = message;
    if (message.is_topic_message && thread !== undefined) return placeOf(chat.id, topicThread(thread));
    if (chat.type === 'private') return placeOf(chat.id);
    const root = chains.rootOf(message, self.id);
    const isBeginning = chat.type === 'supergroup' && chat.is_forum && !message.reply_to_message;
    if (!isBeginning || !isForUs(message, self)) return placeOf(chat.id, String(root));
    const inbound = messageInbound(message, placeOf(chat.id), self);
    // A command is answered where it was given.
    const opened = inbound?.kind === 'message' ? await topics.openFor(message, inbound.text) : null;
    return placeOf(chat.id, opened ?? String(root));
  }

  async function said(message: Message): Promise<Inbound | null> {
    const { from, is_automatic_forward: isForwarded } = message;
    if (!from || from.id === self.id || isForwarded || !isSpoken(message)) return null;
    if (isAnonymous(message)) {
      if (isForUs(message, self)) answerNobody(message);
      return null;
    }
    if (from.is_bot) return null;
    return messageInbound(message, await placeFor(message), self);
  }

  /** Nothing can be decided by, or answered to, who hides; a line that does not arrive is no loss. */
  function answerNobody(message: Message): void {
    const { chat, message_id: id } = message;
    const topic = message.is_topic_message ? message.message_thread_id : undefined;
    const place = placeOf(chat.id, topic === undefined ? undefined : topicThread(topic));
    poster
      .post(place, anonymous, `anonymous:${chat.id}:${id}`, { replyTo: id })
      .catch((error: unknown) => log.debug({ error: describe(error) }, 'an anonymous administrator was not answered'));
  }

  function pressed(query: NonNullable<Update['callback_query']>): Inbound | null {
    const { message } = query;
    if (!message) return null;
    const isWhole = message.date !== 0;
    const topic = isWhole && message.is_topic_message ? message.message_thread_id : undefined;
    if (topic !== undefined) return actionInbound(query, placeOf(message.chat.id, topicThread(topic)));
    if (message.chat.type === 'private') return actionInbound(query, placeOf(message.chat.id));
    const root = isWhole ? chains.rootOf(message, self.id) : message.message_id;
    return actionInbound(query, placeOf(message.chat.id, String(root)));
  }

  async function read(update: Update): Promise<Inbound[]> {
    const { message, callback_query: query, message_reaction: reaction } = update;
    const inbound = message ? await said(message) : query ? pressed(query) : null;
    return inbound ? [inbound] : reaction ? reactionInbounds(reaction) : [];
  }

  return async function take(update) {
    const inbounds = await read(update).catch((error: unknown) => {
      // An update of a form that nobody foresaw would come for ever and let none behind it through.
      log.error({ update: update.update_id, error: describe(error) }, 'an update of Telegram could not be read');
      return [];
    });
    for (const inbound of inbounds) await sink(inbound);
    const { callback_query: query, message_reaction: reaction, my_chat_member: member } = update;
    // Whatever came of it, the button stops spinning.
    if (query) queries.begin(query.id);
    if (reaction) reacting.heard(reaction.chat.id);
    if (member) {
      reacting.forget(member.chat.id);
      topics.forget(member.chat.id);
    }
  };
}
