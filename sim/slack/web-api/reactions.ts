import { SlackApiError } from '../errors.ts';
import type { Arguments } from '../request.ts';
import type { SlackChannel, SlackMessage } from '../types.ts';
import { messageJson } from '../wire.ts';
import { type Api, joinedChannel, type Method, type Methods } from './method.ts';

function target(args: Arguments, api: Api): { channel: SlackChannel; message: SlackMessage } {
  const channel = joinedChannel(args, api);
  if (!args.has('timestamp')) throw new SlackApiError('no_item_specified');
  return { channel, message: api.workspace.message(channel, args.need('timestamp')) };
}

function change(op: 'add' | 'remove'): Method {
  return {
    token: 'bot',
    scope: 'reactions:write',
    run: (args, api) => {
      const { channel, message } = target(args, api);
      const name = args.need('name', 'invalid_name').replace(/^:|:$/g, '');
      if (!/^[a-z0-9_+'-]+(?:::skin-tone-[2-6])?$/.test(name)) throw new SlackApiError('invalid_name');
      api.conversations.react(channel, message, api.workspace.bot.id, name, op);
      return {};
    },
  };
}

export const reactionMethods: Methods = {
  'reactions.add': change('add'),
  'reactions.remove': change('remove'),
  'reactions.get': {
    token: 'bot',
    scope: 'reactions:read',
    run: (args, api) => {
      const { channel, message } = target(args, api);
      const json = { ...messageJson(api.workspace, message), permalink: api.workspace.permalink(message) };
      return { type: 'message', channel: channel.id, message: json };
    },
  },
};
