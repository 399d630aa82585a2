import { acceptBlocks, objectsIn } from '../blocks.ts';
import { SlackApiError } from '../errors.ts';
import { storeFile } from '../files.ts';
import type { SlackFile } from '../types.ts';
import { joinedChannel, type Methods } from './method.ts';

export const fileMethods: Methods = {
  'files.getUploadURLExternal': {
    token: 'bot',
    scope: 'files:write',
    run: (args, api) => {
      const name = args.need('filename');
      const size = Number(args.need('length'));
      if (!Number.isInteger(size) || size < 1) throw new SlackApiError('invalid_arguments');
      const file = storeFile(api.workspace, api.base(), { name, user: api.workspace.bot.id, size });
      return { upload_url: `${api.base()}/upload/${file.id}`, file_id: file.id };
    },
  },
  'files.completeUploadExternal': {
    token: 'bot',
    scope: 'files:write',
    run: (args, api) => {
      const files = objectsIn(args.list('files')).map(({ id, title }): SlackFile => {
        const stored = api.workspace.files.get(String(id));
        if (!stored?.complete) throw new SlackApiError('file_not_found');
        if (typeof title === 'string') stored.file.title = title;
        return stored.file;
      });
      if (files.length === 0) throw new SlackApiError('invalid_arguments');
      if (args.has('channel_id')) {
        const threadTs = args.text('thread_ts');
        const newId = (): string => api.workspace.ids.id('b');
        api.conversations.post(joinedChannel(args, api, 'channel_id'), api.workspace.bot, {
          text: args.text('initial_comment') ?? '',
          files,
          ...(args.has('blocks') ? { blocks: acceptBlocks(args.raw.blocks, newId) } : {}),
          ...(threadTs ? { threadTs } : {}),
        });
      }
      return { files: files.map(({ id, title }) => ({ id, title })) };
    },
  },
  'files.info': {
    token: 'bot',
    scope: 'files:read',
    run: (args, { workspace }) => {
      const stored = workspace.files.get(args.need('file', 'file_not_found'));
      if (!stored?.complete) throw new SlackApiError('file_not_found');
      return { file: stored.file, comments: [], response_metadata: { next_cursor: '' } };
    },
  },
};
