import type { Account, FileRef, Inbound } from '../../core/domain/chat.ts';
import { emojiFromSlack } from './emoji.ts';
import { markdownFromMrkdwn, mentions, type Names } from './mrkdwn.ts';
import type { SlackMessage } from './payload.ts';
import * as payload from './payload.ts';
import { placeOf, refOf, tsToMs } from './place.ts';

/** Who we are in Slack, from auth.test. */
export interface Self {
  readonly team: string;
  readonly user: string;
  readonly bot: string;
}

/** Subtypes that are still a person saying something; all others are Slack's own notices, edits, or bots. */
const SPOKEN = new Set(['file_share', 'thread_broadcast', 'me_message']);

/** A message that a person wrote, or null: edits, deletions, joins and anything by a bot (ourselves too) are not for us. */
export function spokenMessage(event: unknown): (SlackMessage & { user: string }) | null {
  const { data } = payload.message.safeParse(event);
  if (!data?.user || data.bot_id || data.user === 'USLACKBOT') return null;
  if (data.subtype !== undefined && !SPOKEN.has(data.subtype)) return null;
  return { ...data, user: data.user };
}

/**
 * One message as inbound. `app_mention` and `message` of the same post give the same dedupe key and the same content, so it
 * does not matter which comes first: whether the bot is meant is read off the text.
 */
export function messageInbound(
  message: SlackMessage,
  channel: string,
  account: Account,
  self: Self,
  names: Names,
): Inbound {
  const raw = message.text ?? '';
  const ref = refOf(self.team, channel, message.ts, message.thread_ts);
  const { name } = account;
  return {
    kind: 'message',
    dedupe: `slack:m:${channel}:${message.ts}`,
    at: tsToMs(message.ts),
    account: {
      platform: 'slack',
      space: teamOf(message) ?? account.space,
      id: account.id,
      bot: false,
      ...(name ? { name } : {}),
    },
    place: ref.place,
    ref,
    text: markdownFromMrkdwn(raw, names),
    mentionsBot: mentions(raw, self.user),
    files: (message.files ?? []).map(fileRef),
  };
}

/** A reaction, or null when it is ours or not on a message. The same emoji put on twice is two events, each with its time. */
export function reactionEvent(event: unknown, self: Self): ReturnType<typeof payload.reaction.parse> | null {
  const { data } = payload.reaction.safeParse(event);
  return data && data.user !== self.user ? data : null;
}

export function reactionInbound(
  event: ReturnType<typeof payload.reaction.parse>,
  account: Account,
  self: Self,
): Inbound {
  const added = event.type === 'reaction_added';
  const { channel, ts } = event.item;
  const place = placeOf(self.team, channel);
  return {
    kind: 'reaction',
    dedupe: `slack:r:${channel}:${ts}:${event.user}:${event.reaction}:${added}:${event.event_ts}`,
    at: tsToMs(event.event_ts),
    account,
    place,
    target: { place, id: ts },
    emoji: emojiFromSlack(event.reaction),
    added,
  };
}

/** The native Stop button of a streamed reply. */
export function stopInbound(event: ReturnType<typeof payload.stopped.parse>, account: Account, self: Self): Inbound {
  const place = placeOf(self.team, event.channel, event.thread_ts);
  const ts = event.streaming_message_ts.at(-1);
  return {
    kind: 'stop',
    dedupe: `slack:e:${event.channel}:${event.thread_ts}:${event.event_ts}`,
    at: tsToMs(event.event_ts),
    account,
    place,
    target: ts === undefined ? null : { place, id: ts },
  };
}

function teamOf(message: SlackMessage): string | undefined {
  return message.user_team ?? message.source_team ?? message.team ?? undefined;
}

function fileRef(file: NonNullable<SlackMessage['files']>[number]): FileRef {
  return {
    name: file.name ?? file.id,
    mimeType: file.mimetype ?? 'application/octet-stream',
    size: file.size ?? 0,
    handle: file.url_private_download ?? file.url_private ?? file.id,
  };
}
