import { SlackApiError } from '../errors.ts';
import { botProfile } from '../wire.ts';
import type { Methods } from './method.ts';

/** Who the token is, the team, the bot, and the way to a socket. */
export const appMethods: Methods = {
  'api.test': { token: 'bot', run: (args) => ({ args: args.raw }) },
  'auth.test': {
    token: 'bot',
    run: (_args, { workspace }) => ({
      url: `https://${workspace.domain}.slack.com/`,
      team: workspace.teamName,
      user: workspace.bot.name,
      team_id: workspace.teamId,
      user_id: workspace.bot.id,
      bot_id: workspace.bot.botId,
      is_enterprise_install: false,
    }),
  },
  'apps.connections.open': { token: 'app', run: (_args, api) => ({ url: api.socketUrl() }) },
  'team.info': {
    token: 'bot',
    scope: 'team:read',
    run: (_args, { workspace }) => ({
      team: {
        id: workspace.teamId,
        name: workspace.teamName,
        domain: workspace.domain,
        url: `https://${workspace.domain}.slack.com/`,
        email_domain: '',
        icon: {},
      },
    }),
  },
  'bots.info': {
    token: 'bot',
    scope: 'users:read',
    run: (args, { workspace }) => {
      const id = args.need('bot', 'bot_not_found');
      const user = [...workspace.users.values()].find((candidate) => candidate.botId === id);
      if (!user) throw new SlackApiError('bot_not_found');
      return { bot: botProfile(workspace, user) };
    },
  },
};
