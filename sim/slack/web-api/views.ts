import { SlackApiError } from '../errors.ts';
import type { SlackView } from '../types.ts';
import type { Methods } from './method.ts';

export const viewMethods: Methods = {
  'views.open': {
    token: 'bot',
    run: (args, api) => {
      const user = api.triggers.use(args.need('trigger_id', 'invalid_trigger_id'));
      const view = api.views.open(user, args.raw.view);
      api.watchers.emit('view', { op: 'open', user, view });
      return { view };
    },
  },
  'views.push': {
    token: 'bot',
    run: (args, api) => {
      const user = api.triggers.use(args.need('trigger_id', 'invalid_trigger_id'));
      const view = api.views.push(user, args.raw.view);
      api.watchers.emit('view', { op: 'push', user, view });
      return { view };
    },
  },
  'views.update': {
    token: 'bot',
    run: (args, api) => {
      const id = args.text('view_id') ?? api.views.byExternalId(args.need('external_id'))?.id ?? '';
      const view: SlackView = api.views.update(id, args.raw.view, args.text('hash'));
      api.watchers.emit('view', { op: 'update', user: '', view });
      return { view };
    },
  },
  'views.publish': {
    token: 'bot',
    run: (args, api) => {
      const user = args.need('user_id');
      if (!api.workspace.users.has(user)) throw new SlackApiError('invalid_arguments');
      const view = api.views.publish(user, args.raw.view);
      api.watchers.emit('view', { op: 'publish', user, view });
      return { view };
    },
  },
};
