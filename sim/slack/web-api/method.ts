import type { EventEmitter } from 'node:events';
import type { Conversations } from '../conversation.ts';
import { SlackApiError } from '../errors.ts';
import type { Arguments } from '../request.ts';
import type { Streams } from '../streams.ts';
import type { Triggers } from '../triggers.ts';
import type { Json, SlackChannel, SlackSimEvents } from '../types.ts';
import type { Views } from '../views.ts';
import type { Workspace } from '../workspace.ts';

/** All that a Web API method may touch. */
export interface Api {
  workspace: Workspace;
  conversations: Conversations;
  streams: Streams;
  views: Views;
  triggers: Triggers;
  watchers: EventEmitter<SlackSimEvents>;
  /** Address of the server without a slash at the end. */
  base: () => string;
  socketUrl: () => string;
}

/** One Web API method: the token it takes, the scope it needs, and what it does. */
export interface Method {
  token: 'bot' | 'app';
  scope?: string | ((args: Arguments, api: Api) => string);
  run: (args: Arguments, api: Api) => Json;
}

export type Methods = Record<string, Method>;

/** The conversation an argument names, seen by the bot. @throws SlackApiError `channel_not_found` */
export function channelOf(args: Arguments, api: Api, name = 'channel'): SlackChannel {
  return api.workspace.channel(args.need(name, 'channel_not_found'), api.workspace.bot.id);
}

/** As `channelOf`, and the bot is in it. @throws SlackApiError `not_in_channel` */
export function joinedChannel(args: Arguments, api: Api, name = 'channel'): SlackChannel {
  const channel = channelOf(args, api, name);
  if (!channel.members.has(api.workspace.bot.id)) throw new SlackApiError('not_in_channel');
  return channel;
}

/** `channels:…`, `groups:…`, `im:…` or `mpim:…`, by the kind of the conversation an argument names. */
export function scopeByKind(action: string, name = 'channel') {
  return (args: Arguments, api: Api): string => {
    const kind = api.workspace.channels.get(args.text(name) ?? '')?.kind ?? 'channel';
    return `${kind === 'channel' || kind === 'group' ? `${kind}s` : kind}:${action}`;
  };
}

/** One page of items: `limit` and an opaque `cursor`. @throws SlackApiError `invalid_cursor` */
export function page<T>(items: T[], args: Arguments, fallback: number, max = 1000): { items: T[]; next: string } {
  const limit = args.number('limit', fallback, max);
  const cursor = args.text('cursor') ?? '';
  const start = cursor === '' ? 0 : Number(/^next:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1]);
  if (!Number.isInteger(start)) throw new SlackApiError('invalid_cursor');
  const end = start + limit;
  return {
    items: items.slice(start, end),
    next: end < items.length ? Buffer.from(`next:${end}`).toString('base64') : '',
  };
}
