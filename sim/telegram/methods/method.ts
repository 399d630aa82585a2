import type { EventEmitter } from 'node:events';
import type { Budget } from '../budget.ts';
import type { Callbacks } from '../callbacks.ts';
import type { Conversations } from '../conversation.ts';
import { badRequest, forbidden, tooManyRequests } from '../errors.ts';
import type { Feed } from '../feed.ts';
import type { Polling } from '../polling.ts';
import type { UpdateQueue } from '../queue.ts';
import type { Args } from '../request.ts';
import type { Source } from '../text/compose.ts';
import type { Topics } from '../topics.ts';
import type { TelegramChat, TelegramMessage, TelegramSimEvents } from '../types.ts';
import type { Webhook } from '../webhook.ts';
import type { World } from '../world.ts';

/** What methods work on. */
export interface Api {
  world: World;
  feed: Feed;
  conversations: Conversations;
  topics: Topics;
  callbacks: Callbacks;
  queue: UpdateQueue;
  polling: Polling;
  webhook: Webhook;
  budget: Budget;
  watchers: EventEmitter<TelegramSimEvents>;
}

/** Returns the `result` of the answer. @throws TelegramApiError; `signal` ends when the bot hung up */
export type Method = (args: Args, api: Api, signal: AbortSignal) => unknown;

/**
 * The chat that `chat_id` names, if the bot may write there.
 * @throws TelegramApiError 400 `chat not found`; 403 when it was blocked, removed, or never written to
 */
export function writableChat(args: Args, { world }: Api): TelegramChat {
  const id = args.text('chat_id') ?? '';
  if (id === '') throw badRequest('chat_id is empty');
  const user = world.users.get(Number(id));
  if (user && !world.chats.has(user.id)) {
    if (user.is_bot) throw forbidden("bot can't send messages to bots");
    // Whom the bot never saw does not exist for it.
    throw world.met.has(user.id)
      ? forbidden("bot can't initiate conversation with a user")
      : badRequest('chat not found');
  }
  const chat = world.chat(Number(id));
  const status = chat.members.get(world.bot.id)?.status ?? 'left';
  if (status === 'kicked') {
    throw forbidden(
      chat.type === 'private' ? 'bot was blocked by the user' : `bot was kicked from the ${chat.type} chat`,
    );
  }
  if (status === 'left') throw forbidden(`bot is not a member of the ${chat.type} chat`);
  return chat;
}

/** Takes from the budget of sends and edits. @throws TelegramApiError 429 */
export function spend({ budget }: Api, chat: TelegramChat): void {
  const seconds = budget.take(chat);
  if (seconds > 0) throw tooManyRequests(seconds);
}

/** The message of the chat that `message_id` names. @throws TelegramApiError 400 with the description */
export function namedMessage(args: Args, { world }: Api, chat: TelegramChat, description: string): TelegramMessage {
  return world.message(chat, args.integer('message_id', 'message identifier is not specified'), description);
}

/** A text and its form, under the names that the method gives them. */
export function sourceOf(args: Args, text: 'text' | 'caption'): Source {
  return {
    text: args.text(text) ?? '',
    parseMode: args.text('parse_mode'),
    entities: args.list(text === 'text' ? 'entities' : 'caption_entities'),
  };
}
