import type { Control } from './acts.ts';
import { isJson } from './blocks.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { Triggers } from './triggers.ts';
import type { Json, SlackChannel, SlackMessage, SlackUser, SlackView } from './types.ts';
import { messageJson } from './wire.ts';
import type { Workspace } from './workspace.ts';

/** Builds what Slack sends when a person presses, submits or commands, and hands it to the app. */
export class Interactions {
  readonly #workspace: Workspace;
  readonly #dispatcher: Dispatcher;
  readonly #triggers: Triggers;
  readonly #responseUrls: ResponseUrls;

  constructor(o: { workspace: Workspace; dispatcher: Dispatcher; triggers: Triggers; responseUrls: ResponseUrls }) {
    this.#workspace = o.workspace;
    this.#dispatcher = o.dispatcher;
    this.#triggers = o.triggers;
    this.#responseUrls = o.responseUrls;
  }

  /** `block_actions` on a message. */
  async messageAction(
    user: SlackUser,
    message: SlackMessage,
    control: Control,
    held: Json,
    state: Json,
  ): Promise<void> {
    const channel = this.#workspace.channel(message.channel);
    const target = { channel: channel.id, user: user.id, original: message };
    await this.#dispatcher.ask('interactive', {
      ...this.#common('block_actions', user),
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: channel.id,
        is_ephemeral: message.ephemeralTo !== undefined,
        ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
      },
      channel: this.#channelName(channel),
      // Slack does not send an ephemeral message back.
      ...(message.ephemeralTo ? {} : { message: messageJson(this.#workspace, message) }),
      state: { values: state },
      response_url: this.#responseUrls.issue(target),
      actions: [this.#action(control, held)],
    });
  }

  /** `block_actions` in a modal or home tab. */
  async viewAction(user: SlackUser, view: SlackView, control: Control, held: Json): Promise<void> {
    await this.#dispatcher.ask('interactive', {
      ...this.#common('block_actions', user),
      container: { type: 'view', view_id: view.id },
      view: structuredClone(view),
      actions: [this.#action(control, held)],
    });
  }

  /** `view_submission`; the app's answer. */
  async submission(user: SlackUser, view: SlackView): Promise<Json> {
    const payload = { ...this.#common('view_submission', user), view: structuredClone(view), response_urls: [] };
    const answer = await this.#dispatcher.ask('interactive', payload);
    return isJson(answer) ? answer : {};
  }

  async closed(user: SlackUser, view: SlackView, isCleared: boolean): Promise<void> {
    const common = this.#common('view_closed', user);
    await this.#dispatcher.ask('interactive', { ...common, view: structuredClone(view), is_cleared: isCleared });
  }

  /** A slash command; replies by ack or response URL are collected in the array that comes back. */
  async command(user: SlackUser, channel: SlackChannel, command: string, text: string): Promise<SlackMessage[]> {
    const replies: SlackMessage[] = [];
    const target = {
      channel: channel.id,
      user: user.id,
      onReply: (message: SlackMessage) => void replies.push(message),
    };
    const payload = {
      token: 'verification',
      team_id: this.#workspace.teamId,
      team_domain: this.#workspace.domain,
      channel_id: channel.id,
      channel_name: this.#channelName(channel).name,
      user_id: user.id,
      user_name: user.name,
      command,
      text,
      api_app_id: this.#workspace.appId,
      is_enterprise_install: 'false',
      response_url: this.#responseUrls.issue(target),
      trigger_id: this.#triggers.issue(user.id),
    };
    const ack = await this.#dispatcher.ask('slash_commands', payload);
    const body = typeof ack === 'string' ? { text: ack } : ack;
    if (isJson(body) && Object.keys(body).length > 0) this.#responseUrls.reply(target, body);
    return replies;
  }

  #common(type: string, user: SlackUser): Json {
    return {
      type,
      user: { id: user.id, username: user.name, name: user.name, team_id: user.team },
      api_app_id: this.#workspace.appId,
      token: 'verification',
      trigger_id: this.#triggers.issue(user.id),
      team: { id: this.#workspace.teamId, domain: this.#workspace.domain },
      enterprise: null,
      is_enterprise_install: false,
    };
  }

  #channelName(channel: SlackChannel): { id: string; name: string } {
    return { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name };
  }

  #action({ block, element }: Control, held: Json): Json {
    const { action_id, type, text, value, style } = element;
    const shown = type === 'button' ? { text, value, style } : {};
    const action_ts = this.#workspace.ids.ts();
    return { action_id, block_id: block.block_id, ...shown, ...held, type, action_ts };
  }
}
