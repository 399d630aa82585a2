import type { Chat, Message } from 'grammy/types';
import type { MessageRef, Place } from '../../core/domain/chat.ts';

/** How a topic is written as a thread; a plain number is the first message of a chain of replies. */
const TOPIC = /^t(\d+)$/;

export const topicThread = (topic: number): string => `t${topic}`;

/** A place; the id of a private chat is its person's and positive, those of groups are negative. */
export function placeOf(chat: number | string, thread?: string): Place {
  const place = { platform: 'telegram', space: '', channel: String(chat), dm: Number(chat) > 0 };
  return thread === undefined ? place : { ...place, thread };
}

/** Where a send goes: into a topic, or as a reply to the first message of its chain. */
export function targetOf({ thread }: Place): { topic: number } | { root: number } | undefined {
  const topic = TOPIC.exec(thread ?? '')?.[1];
  if (topic !== undefined) return { topic: Number(topic) };
  return thread ? { root: Number(thread) } : undefined;
}

/** What arrived, by its place: topics are told by Telegram, a chain of replies we know by what we asked for. */
export function sentRef(message: Message, asked: Place): MessageRef {
  const { chat, message_id: id } = message;
  if (message.is_topic_message && message.message_thread_id !== undefined)
    return { place: placeOf(chat.id, topicThread(message.message_thread_id)), id: String(id) };
  if (chat.type === 'private') return { place: placeOf(chat.id), id: String(id) };
  const target = targetOf(asked);
  const root = target && 'root' in target ? target.root : id;
  return { place: placeOf(chat.id, String(root)), id: String(id) };
}

/** Whether replies in a chat do not tell the first message of their chain, so that ours must: see chain.ts. */
export const isBasicGroup = (chat: Chat | number): boolean => {
  const id = typeof chat === 'number' ? chat : chat.id;
  return id < 0 && id > -1_000_000_000_000;
};
