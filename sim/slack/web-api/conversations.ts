import { SlackApiError } from '../errors.ts';
import type { Arguments } from '../request.ts';
import type { SlackChannel, SlackMessage } from '../types.ts';
import { channelJson, messageJson } from '../wire.ts';
import { type Api, channelOf, joinedChannel, type Methods, page, scopeByKind } from './method.ts';

function within(messages: SlackMessage[], args: Arguments): SlackMessage[] {
  const oldest = Number(args.text('oldest') ?? 0);
  const latest = Number(args.text('latest') || Number.POSITIVE_INFINITY);
  if (Number.isNaN(oldest)) throw new SlackApiError('invalid_ts_oldest');
  if (Number.isNaN(latest)) throw new SlackApiError('invalid_ts_latest');
  const inclusive = args.flag('inclusive');
  return messages.filter(({ ts }) => {
    const at = Number(ts);
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  });
}

function listing(found: SlackMessage[], args: Arguments, api: Api, fallback: number) {
  const { items, next } = page(found, args, fallback);
  const metadata = args.flag('include_all_metadata');
  return {
    messages: items.map((message) => messageJson(api.workspace, message, { metadata })),
    has_more: next !== '',
    ...(next === '' ? {} : { response_metadata: { next_cursor: next } }),
  };
}

function visible(channel: SlackChannel): SlackMessage[] {
  return channel.messages.filter((message) => !message.deleted && !message.ephemeralTo);
}

export const conversationMethods: Methods = {
  'conversations.open': {
    token: 'bot',
    scope: 'im:write',
    run: (args, api) => {
      const { workspace } = api;
      if (args.has('channel')) return { channel: channelJson(workspace, channelOf(args, api)) };
      const users = args.need('users', 'users_list_not_supplied').split(',');
      if (!users.every((id) => workspace.users.has(id))) throw new SlackApiError('user_not_found');
      if (users.some((id) => workspace.users.get(id)?.isBot)) throw new SlackApiError('cannot_dm_bot');
      const { channel, isNew } = workspace.direct([workspace.bot.id, ...users]);
      const full = args.flag('return_im') ? channelJson(workspace, channel) : { id: channel.id };
      return { ...(isNew ? {} : { no_op: true, already_open: true }), channel: full };
    },
  },
  'conversations.info': {
    token: 'bot',
    scope: scopeByKind('read'),
    run: (args, api) => ({ channel: channelJson(api.workspace, channelOf(args, api)) }),
  },
  'conversations.history': {
    token: 'bot',
    scope: scopeByKind('history'),
    run: (args, api) => {
      const channel = joinedChannel(args, api);
      const roots = visible(channel).filter((m) => !m.thread_ts || m.subtype === 'thread_broadcast');
      return { ...listing(within(roots, args).reverse(), args, api, 100), pin_count: 0, channel_actions_ts: null };
    },
  },
  'conversations.replies': {
    token: 'bot',
    scope: scopeByKind('history'),
    run: (args, api) => {
      const channel = joinedChannel(args, api);
      const root = channel.byTs.get(args.need('ts', 'thread_not_found'));
      if (!root || root.ephemeralTo || root.deleted) throw new SlackApiError('thread_not_found');
      if (root.thread_ts) return listing([root], args, api, 1000);
      // The root comes first on every first page, whatever `oldest` says.
      return listing([root, ...within(api.workspace.replies(channel, root.ts), args)], args, api, 1000);
    },
  },
  'conversations.list': {
    token: 'bot',
    scope: 'channels:read',
    run: (args, api) => {
      const kinds = { public_channel: 'channel', private_channel: 'group', mpim: 'mpim', im: 'im' };
      const types = (args.text('types') ?? 'public_channel').split(',').map((type) => type.trim());
      const wanted = Object.entries(kinds).flatMap(([type, kind]) => (types.includes(type) ? [kind] : []));
      const { bot } = api.workspace;
      const all = [...api.workspace.channels.values()].filter(
        (channel) => wanted.includes(channel.kind) && (channel.kind === 'channel' || channel.members.has(bot.id)),
      );
      const { items, next } = page(all, args, 100);
      const channels = items.map((channel) => channelJson(api.workspace, channel));
      return { channels, response_metadata: { next_cursor: next } };
    },
  },
  'conversations.members': {
    token: 'bot',
    scope: scopeByKind('read'),
    run: (args, api) => {
      const { items, next } = page([...channelOf(args, api).members], args, 100);
      return { members: items, response_metadata: { next_cursor: next } };
    },
  },
};
