import { MessageType } from 'discord.js';
import type { FileRef, Inbound, Place } from '../../core/domain/chat.ts';
import type { Channels } from './channels.ts';
import { emojiFromDiscord } from './emoji.ts';
import type * as payload from './payload.ts';
import type { MessageData } from './payload.ts';
import { accountOf, refOf } from './place.ts';
import type { Self } from './self.ts';
import { msOf } from './snowflake.ts';
import { mentionsBot, textOf } from './text.ts';

const SPOKEN: readonly number[] = [MessageType.Default, MessageType.Reply];

/** Whether a person wrote it: no notice of Discord's, no bot, no webhook. */
export const isSpoken = ({ type, author, webhook_id: webhook }: MessageData): boolean =>
  SPOKEN.includes(type) && author.bot !== true && !webhook;

/**
 * One message as inbound. In a channel of a guild each message may begin a conversation: its thread, which Discord gives
 * the message's own id, whether it is open yet or not. Where there are no threads, a reply to us goes on with ours.
 */
export async function messageInbound(
  message: MessageData,
  channel: Place,
  { self, channels }: { readonly self: Self; readonly channels: Channels },
): Promise<Inbound> {
  const isRoot = !channel.dm && channel.thread === undefined;
  const begun = isRoot && !(await channels.hasThreads(channel.channel)) ? begunBy(message, self) : undefined;
  const place = isRoot ? { ...channel, thread: begun ?? message.id } : channel;
  const answered = message.type === MessageType.Reply ? message.message_reference?.message_id : undefined;
  return {
    kind: 'message',
    dedupe: `discord:m:${message.id}`,
    at: msOf(message.id),
    account: accountOf(message.author),
    place,
    ref: refOf(place, message.id),
    text: textOf(message, self),
    mentionsBot: mentionsBot(message, self),
    files: message.attachments.map((file) => fileRef(file, message)),
    ...(answered ? { replyTo: refOf(channel, answered) } : {}),
  };
}

/** What began the conversation that a message goes on with by replying to us; our answers there are replies themselves. */
function begunBy({ referenced_message: to }: MessageData, self: Self): string | undefined {
  return to?.author.id === self.user ? (to.message_reference?.message_id ?? to.id) : undefined;
}

/** Links to attachments are good for a day, so the handle says where to ask for a new one. */
function fileRef(file: MessageData['attachments'][number], { id, channel_id: channel }: MessageData): FileRef {
  const mimeType = file.content_type?.split(';')[0] ?? 'application/octet-stream';
  return { name: file.filename, mimeType, size: file.size, handle: `${channel}/${id}/${file.id}` };
}

/** `key` tells this putting-on from others of the same emoji by the same person. */
export function reactionInbound(
  event: ReturnType<typeof payload.reaction.parse>,
  place: Place,
  { added, key }: { added: boolean; key: string },
): Inbound {
  return {
    kind: 'reaction',
    dedupe: `discord:r:${event.message_id}:${event.user_id}:${event.emoji.id ?? event.emoji.name}:${added}:${key}`,
    at: Date.now(),
    account: accountOf(event.member?.user ?? { id: event.user_id }),
    place,
    target: refOf(place, event.message_id),
    emoji: emojiFromDiscord(event.emoji),
    added,
  };
}
