import type { Inbound, ReplyHandle } from '../../core/domain/chat.ts';
import type { Directory } from './directory.ts';
import { readFormContext } from './form.ts';
import { markdownFromMrkdwn, type Names } from './mrkdwn.ts';
import type { Self } from './parse.ts';
import type * as payload from './payload.ts';
import { placeOf, refOf, tsToMs } from './place.ts';

/** Slack takes answers to a button or command for half an hour; a little less, for the way there. */
const RESPONSE_MS = 29 * 60_000;

/** Action ids: `b` is a plain button, `f` opens a form, `u` is a link (pressing it tells us nothing we need). */
export const ACTION = { plain: 'b', form: 'f', link: 'u' } as const;

export const actionKind = (actionId: string): string => actionId.split(':')[0] ?? '';

export function actionInbound(body: payload.BlockActions, self: Self, directory: Directory): Inbound | null {
  const [action] = body.actions;
  if (!action || actionKind(action.action_id) !== ACTION.plain || action.value === undefined) return null;
  const { channel_id: channel, message_ts: ts } = body.container;
  const thread = body.container.thread_ts ?? body.message?.thread_ts;
  const target = refOf(self.team, channel, ts, thread);
  return {
    kind: 'action',
    dedupe: `slack:i:${body.trigger_id}`,
    at: action.action_ts === undefined ? Date.now() : tsToMs(action.action_ts),
    account: personAccount(body.user, directory),
    place: target.place,
    target,
    token: action.value,
    values: [],
    reply: replyHandle(body.response_url, channel, body.user.id, thread),
  };
}

export function commandInbound(
  body: ReturnType<typeof payload.slashCommand.parse>,
  self: Self,
  directory: Directory,
  names: Names,
): Inbound {
  return {
    kind: 'command',
    dedupe: `slack:i:${body.trigger_id}`,
    at: Date.now(),
    account: personAccount({ id: body.user_id, team_id: body.team_id, name: body.user_name }, directory),
    place: placeOf(self.team, body.channel_id),
    text: markdownFromMrkdwn(body.text, names),
    reply: replyHandle(body.response_url, body.channel_id, body.user_id, undefined),
  };
}

/** A submitted form of ours; null for anybody else's view. */
export function formInbound(
  body: ReturnType<typeof payload.viewSubmission.parse>,
  self: Self,
  directory: Directory,
): Inbound | null {
  const context = readFormContext(body.view.callback_id, body.view.private_metadata);
  if (!context) return null;
  const inputs = Object.entries(body.view.state.values);
  const fields = inputs.map(([name, elements]) => [name, Object.values(elements)[0]?.value ?? ''] as const);
  return {
    kind: 'form',
    dedupe: `slack:i:${body.trigger_id ?? body.view.id}`,
    at: Date.now(),
    account: personAccount(body.user, directory),
    place: refOf(self.team, context.channel, context.ts, context.thread).place,
    token: context.token,
    fields: Object.fromEntries(fields),
    reply: replyHandle(undefined, context.channel, body.user.id, context.thread),
  };
}

function personAccount(
  user: {
    id: string;
    team_id?: string | null | undefined;
    username?: string | null | undefined;
    name?: string | null | undefined;
  },
  directory: Directory,
): Inbound['account'] {
  const known = directory.known(user.id);
  const account = directory.account(user.id, known);
  const name = known?.name || user.name || user.username;
  return { ...account, space: user.team_id ?? account.space, ...(name ? { name } : {}) };
}

function replyHandle(url: string | undefined, channel: string, user: string, thread: string | undefined): ReplyHandle {
  const handle = { channel, user, until: String(Date.now() + RESPONSE_MS) };
  return { ...handle, ...(url ? { url } : {}), ...(thread ? { thread } : {}) };
}
