import { SlackApiError } from '../errors.ts';
import { userJson } from '../wire.ts';
import { type Methods, page } from './method.ts';

export const userMethods: Methods = {
  'users.info': {
    token: 'bot',
    scope: 'users:read',
    run: (args, { workspace }) => {
      const user = workspace.users.get(args.need('user', 'user_not_found'));
      if (!user) throw new SlackApiError('user_not_found');
      return { user: userJson(user) };
    },
  },
  'users.list': {
    token: 'bot',
    scope: 'users:read',
    run: (args, { workspace }) => {
      const { items, next } = page([...workspace.users.values()], args, 1000);
      return {
        members: items.map(userJson),
        cache_ts: workspace.ids.seconds(),
        response_metadata: { next_cursor: next },
      };
    },
  },
};
