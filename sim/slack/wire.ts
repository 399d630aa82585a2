import type { Json, SlackChannel, SlackMessage, SlackUser } from './types.ts';
import type { Workspace } from './workspace.ts';

/** A message as the Web API and events carry it: without its channel, with a summary when it is the root of a thread. */
export function messageJson(workspace: Workspace, message: SlackMessage, o: { metadata?: boolean } = {}): Json {
  const { channel, reactions, edits, deleted, ephemeralTo, explicitBlocks, metadata, ...rest } = message;
  const json: Json = { ...rest };
  if (reactions.length > 0) json.reactions = reactions.map((reaction) => ({ ...reaction, users: [...reaction.users] }));
  if (metadata && o.metadata) json.metadata = metadata;
  const home = workspace.channels.get(channel);
  const replies = home && !message.thread_ts ? workspace.replies(home, message.ts) : [];
  const last = replies.at(-1);
  if (last) {
    const users = [...new Set(replies.map((reply) => reply.user))];
    Object.assign(json, {
      thread_ts: message.ts,
      reply_count: replies.length,
      reply_users_count: users.length,
      latest_reply: last.ts,
      reply_users: users.slice(0, 5),
      is_locked: false,
      subscribed: false,
    });
  }
  return json;
}

/** A conversation object as conversations.info and .list give it to the bot. */
export function channelJson(workspace: Workspace, channel: SlackChannel): Json {
  const isMember = channel.members.has(workspace.bot.id);
  const common = {
    id: channel.id,
    created: channel.created,
    is_archived: false,
    is_im: channel.kind === 'im',
    is_org_shared: false,
    context_team_id: workspace.teamId,
    updated: channel.created * 1000,
  };
  if (channel.kind === 'im') {
    const user = [...channel.members].find((id) => id !== workspace.bot.id) ?? workspace.bot.id;
    return { ...common, user, is_user_deleted: false, is_open: true, priority: 0 };
  }
  const topic = { value: '', creator: '', last_set: 0 };
  return {
    ...common,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: channel.kind === 'channel',
    is_group: channel.kind === 'group',
    is_mpim: channel.kind === 'mpim',
    is_private: channel.kind !== 'channel',
    is_general: false,
    is_shared: false,
    is_ext_shared: false,
    is_member: isMember,
    creator: workspace.bot.id,
    topic,
    purpose: topic,
    num_members: channel.members.size,
  };
}

/** A user object as users.info and .list give it. */
export function userJson(user: SlackUser): Json {
  return {
    id: user.id,
    team_id: user.team,
    name: user.name,
    deleted: false,
    real_name: user.name,
    tz: 'Europe/Berlin',
    tz_label: 'Central European Time',
    tz_offset: 3600,
    profile: {
      real_name: user.name,
      display_name: user.name,
      bot_id: user.botId,
      team: user.team,
    },
    is_admin: false,
    is_owner: false,
    is_restricted: false,
    is_ultra_restricted: false,
    is_bot: user.isBot,
    is_app_user: false,
    updated: 1_700_000_000,
  };
}

/** `bot_profile` of a message by the app. */
export function botProfile(workspace: Workspace, user: SlackUser): Json {
  const isApp = user.id === workspace.bot.id;
  return {
    id: user.botId,
    app_id: isApp ? workspace.appId : `A${user.botId?.slice(1)}`,
    user_id: user.id,
    name: user.name,
    icons: {},
    deleted: false,
    updated: 1_700_000_000,
    team_id: user.team,
  };
}
