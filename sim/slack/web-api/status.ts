import { SlackApiError } from '../errors.ts';
import { joinedChannel, type Methods } from './method.ts';

const SESSION_STATES = ['active', 'processing', 'suspended', 'closed'];

/** What the app says it is doing: the line under a thread, and the agent session with its Stop button. */
export const statusMethods: Methods = {
  'assistant.threads.setStatus': {
    token: 'bot',
    scope: 'chat:write',
    run: (args, api) => {
      const channel = joinedChannel(args, api, 'channel_id');
      const threadTs = args.need('thread_ts');
      api.workspace.message(channel, threadTs, 'thread_not_found');
      const status = args.text('status') ?? '';
      api.watchers.emit('status', { method: 'assistant.threads.setStatus', channel: channel.id, threadTs, status });
      return {};
    },
  },
  'agents.sessions.setStatus': {
    token: 'bot',
    scope: 'chat:write',
    run: (args, api) => {
      const channel = joinedChannel(args, api, 'channel_id');
      const status = args.need('status');
      if (!SESSION_STATES.includes(status)) throw new SlackApiError('invalid_arguments');
      const threadTs = args.need('thread_ts');
      api.workspace.message(channel, threadTs, 'thread_not_found');
      api.watchers.emit('status', { method: 'agents.sessions.setStatus', channel: channel.id, threadTs, status });
      return { agent_status: status, status, title: args.text('title') ?? '' };
    },
  },
};
