import { acceptBlocks } from '../blocks.ts';
import { SlackApiError } from '../errors.ts';
import type { Arguments } from '../request.ts';
import type { SlackChannel, SlackMessage } from '../types.ts';
import { messageJson } from '../wire.ts';
import { type Api, joinedChannel, type Methods } from './method.ts';

function streamed(args: Arguments, api: Api): { channel: SlackChannel; message: SlackMessage } {
  const channel = joinedChannel(args, api);
  const message = api.workspace.message(channel, args.need('ts', 'message_not_found'));
  if (message.user !== api.workspace.bot.id) throw new SlackApiError('message_not_owned_by_app');
  return { channel, message };
}

export const streamMethods: Methods = {
  'chat.startStream': {
    token: 'bot',
    scope: 'chat:write',
    run: (args, api) => {
      const channel = joinedChannel(args, api);
      const threadTs = args.need('thread_ts');
      if (channel.kind !== 'im') {
        args.need('recipient_team_id', 'missing_recipient_team_id');
        args.need('recipient_user_id', 'missing_recipient_user_id');
      }
      const draft = { text: args.text('markdown_text') ?? '', threadTs, streaming: true };
      const message = api.conversations.post(channel, api.workspace.bot, draft);
      api.streams.start(message, args);
      api.watchers.emit('stream', { op: 'start', message });
      return { channel: channel.id, ts: message.ts };
    },
  },
  'chat.appendStream': {
    token: 'bot',
    scope: 'chat:write',
    run: (args, api) => {
      const { channel, message } = streamed(args, api);
      api.streams.append(message, args);
      api.watchers.emit('stream', { op: 'append', message });
      return { channel: channel.id, ts: message.ts };
    },
  },
  'chat.stopStream': {
    token: 'bot',
    scope: 'chat:write',
    run: (args, api) => {
      const { channel, message } = streamed(args, api);
      const before = messageJson(api.workspace, message);
      const newId = (): string => api.workspace.ids.id('b');
      const blocks = args.has('blocks') ? acceptBlocks(args.raw.blocks, newId) : [];
      api.streams.stop(message, args, blocks);
      const metadata = args.object('metadata');
      if (metadata) message.metadata = metadata;
      api.conversations.changed(channel, message, before);
      api.watchers.emit('stream', { op: 'stop', message });
      return { channel: channel.id, ts: message.ts, message: messageJson(api.workspace, message) };
    },
  },
};
