import { acceptBlocks, isJson, objectsIn } from '../blocks.ts';
import type { Draft } from '../conversation.ts';
import { SlackApiError } from '../errors.ts';
import type { Arguments } from '../request.ts';
import type { SlackChannel, SlackMessage } from '../types.ts';
import { messageJson } from '../wire.ts';
import { type Api, channelOf, joinedChannel, type Methods } from './method.ts';

const MAX_TEXT = 40_000;
const MAX_MARKDOWN = 12_000;

/** Content of a post or an update. @throws SlackApiError `no_text`, `msg_too_long`, `invalid_blocks` … */
function contentOf(args: Arguments, api: Api): Partial<Draft> {
  const newId = (): string => api.workspace.ids.id('b');
  const markdown = args.text('markdown_text');
  const text = args.text('text');
  if (markdown !== undefined) {
    if (text !== undefined || args.has('blocks')) throw new SlackApiError('markdown_text_conflict');
    if (markdown.length > MAX_MARKDOWN) throw new SlackApiError('msg_too_long');
    if (markdown === '') throw new SlackApiError('no_text');
    return { text: markdown, blocks: acceptBlocks([{ type: 'markdown', text: markdown }], newId) };
  }
  if (text !== undefined && text.length > MAX_TEXT) throw new SlackApiError('msg_too_long');
  const blocks = args.has('blocks') ? acceptBlocks(args.raw.blocks, newId) : undefined;
  const attachments = args.has('attachments') ? objectsIn(args.raw.attachments) : undefined;
  if ((text ?? '') === '' && !blocks?.length && !attachments?.length) throw new SlackApiError('no_text');
  return {
    ...(text === undefined ? {} : { text }),
    ...(blocks ? { blocks } : {}),
    ...(attachments ? { attachments } : {}),
    ...metadataOf(args),
  };
}

function metadataOf(args: Arguments): Pick<Draft, 'metadata'> | undefined {
  if (!args.has('metadata')) return undefined;
  const metadata = args.object('metadata');
  const isEmpty = metadata !== undefined && Object.keys(metadata).length === 0;
  const isEvent = typeof metadata?.event_type === 'string' && isJson(metadata.event_payload);
  if (!metadata || !(isEmpty || isEvent || Array.isArray(metadata.entities))) {
    throw new SlackApiError('invalid_metadata_format');
  }
  return { metadata };
}

function ownMessage(args: Arguments, api: Api, refusal: string): { channel: SlackChannel; message: SlackMessage } {
  const channel = channelOf(args, api);
  const message = api.workspace.message(channel, args.need('ts', 'message_not_found'));
  if (message.ephemeralTo) throw new SlackApiError('message_not_found');
  if (message.user !== api.workspace.bot.id) throw new SlackApiError(refusal);
  return { channel, message };
}

/** A post may name a person: it then goes to their direct conversation. */
function destination(args: Arguments, api: Api): SlackChannel {
  const id = args.need('channel', 'channel_not_found');
  const person = api.workspace.users.get(id);
  if (person) return api.workspace.direct([api.workspace.bot.id, person.id]).channel;
  const named = [...api.workspace.channels.values()].find((channel) => `#${channel.name}` === id);
  return named ?? joinedChannel(args, api);
}

export const chatMethods: Methods = {
  'chat.postMessage': {
    token: 'bot',
    scope: 'chat:write',
    run: (args, api) => {
      const channel = destination(args, api);
      const username = args.text('username');
      const threadTs = args.text('thread_ts');
      const draft: Draft = {
        text: '',
        ...contentOf(args, api),
        ...(threadTs ? { threadTs } : {}),
        ...(username ? { username } : {}),
        ...(args.flag('reply_broadcast') ? { isBroadcast: true } : {}),
      };
      const message = api.conversations.post(channel, api.workspace.bot, draft);
      const json = messageJson(api.workspace, message, { metadata: true });
      return { channel: channel.id, ts: message.ts, message: json };
    },
  },
  'chat.update': {
    token: 'bot',
    scope: 'chat:write',
    run: (args, api) => {
      const { channel, message } = ownMessage(args, api, 'cant_update_message');
      if (message.streaming_state === 'in_progress') throw new SlackApiError('streaming_state_conflict');
      api.conversations.edit(channel, message, api.workspace.bot.id, contentOf(args, api));
      const json = messageJson(api.workspace, message, { metadata: true });
      return { channel: channel.id, ts: message.ts, text: message.text, message: json };
    },
  },
  'chat.delete': {
    token: 'bot',
    scope: 'chat:write',
    run: (args, api) => {
      const { channel, message } = ownMessage(args, api, 'cant_delete_message');
      api.conversations.remove(channel, message);
      return { channel: channel.id, ts: message.ts };
    },
  },
  'chat.postEphemeral': {
    token: 'bot',
    scope: 'chat:write',
    run: (args, api) => {
      const channel = joinedChannel(args, api);
      const user = args.need('user');
      if (!channel.members.has(user)) throw new SlackApiError('user_not_in_channel');
      const threadTs = args.text('thread_ts');
      const draft = { text: '', ...contentOf(args, api), ...(threadTs ? { threadTs } : {}) };
      return { message_ts: api.conversations.whisper(channel, user, draft).ts };
    },
  },
  'chat.getPermalink': {
    token: 'bot',
    run: (args, api) => {
      const channel = channelOf(args, api);
      const message = api.workspace.message(channel, args.need('message_ts', 'message_not_found'));
      return { channel: channel.id, permalink: api.workspace.permalink(message) };
    },
  },
};
