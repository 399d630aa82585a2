import { appMethods } from './apps.ts';
import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import { fileMethods } from './files.ts';
import type { Methods } from './method.ts';
import { reactionMethods } from './reactions.ts';
import { statusMethods } from './status.ts';
import { streamMethods } from './stream.ts';
import { userMethods } from './users.ts';
import { viewMethods } from './views.ts';

/** Every Web API method the miniature knows. */
export const methods: Methods = {
  ...appMethods,
  ...chatMethods,
  ...streamMethods,
  ...reactionMethods,
  ...conversationMethods,
  ...userMethods,
  ...viewMethods,
  ...fileMethods,
  ...statusMethods,
};

/** The scopes a bot gets when nothing else is asked for. */
export const DEFAULT_SCOPES = [
  'app_mentions:read',
  'assistant:write',
  'channels:history',
  'channels:read',
  'chat:write',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'mpim:history',
  'mpim:read',
  'reactions:read',
  'reactions:write',
  'team:read',
  'users:read',
];
