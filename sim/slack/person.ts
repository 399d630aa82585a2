import type { EventEmitter } from 'node:events';
import { type ButtonChoice, findButton, findControl, heldValue } from './acts.ts';
import type { Conversations } from './conversation.ts';
import type { Dispatcher } from './dispatcher.ts';
import { SlackPersonError } from './errors.ts';
import { typedText } from './escape.ts';
import { storeFile } from './files.ts';
import { fillView, followAnswer, type SubmitResult } from './form.ts';
import type { Interactions } from './interactions.ts';
import type { Json, SlackChannel, SlackMessage, SlackSimEvents, SlackUser, SlackView } from './types.ts';
import type { Views } from './views.ts';
import type { Workspace } from './workspace.ts';

export interface SayOptions {
  threadTs?: string;
  files?: { name: string; content: string | Buffer; mimetype?: string }[];
}

/** What people are made of. */
export interface PersonParts {
  workspace: Workspace;
  conversations: Conversations;
  interactions: Interactions;
  dispatcher: Dispatcher;
  views: Views;
  watchers: EventEmitter<SlackSimEvents>;
  base: () => string;
}

/** A scripted person: does what one can do in Slack's client, and sees what one would see. */
export class SlackPerson {
  readonly id: string;
  readonly name: string;
  readonly #user: SlackUser;
  readonly #parts: PersonParts;
  /** What this person chose or typed in messages, by message, block and element. */
  readonly #held = new Map<SlackMessage, Record<string, Record<string, Json>>>();

  constructor(user: SlackUser, parts: PersonParts) {
    this.id = user.id;
    this.name = user.name;
    this.#user = user;
    this.#parts = parts;
  }

  /** The direct conversation with the bot. */
  async dm(): Promise<string> {
    return this.#parts.workspace.direct([this.#parts.workspace.bot.id, this.id]).channel.id;
  }

  /**
   * Says something; `@name` of anybody known becomes a mention. Joins a public channel first, as Slack's client would ask to.
   * @returns the message's ts
   */
  async say(channelId: string, text: string, o: SayOptions = {}): Promise<string> {
    const { workspace, conversations } = this.#parts;
    const channel = this.#enter(channelId);
    const files = (o.files ?? []).map(({ name, content, mimetype }) =>
      storeFile(workspace, this.#parts.base(), {
        name,
        user: this.id,
        content: Buffer.from(content),
        ...(mimetype === undefined ? {} : { mimetype }),
      }),
    );
    const message = conversations.post(channel, this.#user, {
      text: this.#typed(text),
      ...(files.length > 0 ? { files } : {}),
      ...(o.threadTs === undefined ? {} : { threadTs: o.threadTs }),
    });
    return message.ts;
  }

  async edit(channelId: string, ts: string, text: string): Promise<void> {
    const { channel, message } = this.#own(channelId, ts);
    this.#parts.conversations.edit(channel, message, this.id, { text: this.#typed(text) });
  }

  async remove(channelId: string, ts: string): Promise<void> {
    const { channel, message } = this.#own(channelId, ts);
    this.#parts.conversations.remove(channel, message);
  }

  /** Reacts with an emoji name such as `+1` or `white_check_mark`. */
  async react(channelId: string, ts: string, emoji: string): Promise<void> {
    const channel = this.#enter(channelId);
    this.#parts.conversations.react(channel, this.#parts.workspace.message(channel, ts), this.id, emoji, 'add');
  }

  async unreact(channelId: string, ts: string, emoji: string): Promise<void> {
    const channel = this.#enter(channelId);
    this.#parts.conversations.react(channel, this.#parts.workspace.message(channel, ts), this.id, emoji, 'remove');
  }

  /**
   * Presses the first button that fits; resolves when the app acked.
   * @throws SlackPersonError `not_found`, `dispatch_failed`, `operation_timeout`
   */
  async press(target: SlackMessage | SlackView, by: ButtonChoice = {}): Promise<void> {
    const control = findButton(target.blocks, by);
    if (!isMessage(target)) return this.#parts.interactions.viewAction(this.#user, target, control, {});
    await this.#parts.interactions.messageAction(this.#user, target, control, {}, this.#stateOf(target));
  }

  /** Chooses in a select, radio or checkbox element of a message, by value or label. */
  async select(message: SlackMessage, actionId: string, values: string | string[]): Promise<void> {
    const control = findControl(message.blocks, actionId);
    const held = this.fill(message, actionId, values);
    await this.#parts.interactions.messageAction(this.#user, message, control, held, this.#stateOf(message));
  }

  /** Types or chooses in an input of a message without telling the app; the next press carries it in `state`. */
  fill(message: SlackMessage, actionId: string, value: string | string[]): Json {
    const { block, element } = findControl(message.blocks, actionId);
    const held = heldValue(element, value);
    const state = this.#stateOf(message);
    const blockId = String(block.block_id);
    state[blockId] = { ...state[blockId], [actionId]: held };
    this.#held.set(message, state);
    return held;
  }

  /** The modal that is open on this person's screen. */
  openView(): SlackView | undefined {
    return this.#parts.views.top(this.id);
  }

  /** Submits a modal with values by `action_id` or `block_id`; the rest keep their initial values. */
  async submit(view: SlackView, values: Record<string, string | string[]> = {}): Promise<SubmitResult> {
    fillView(view, values);
    const answer = await this.#parts.interactions.submission(this.#user, view);
    return followAnswer(this.#parts, this.id, view, answer);
  }

  /** Closes a modal; the app hears of it when the view asked for `notify_on_close`. */
  async dismiss(view: SlackView): Promise<void> {
    this.#parts.views.close(this.id, { all: false });
    this.#parts.watchers.emit('view', { op: 'close', user: this.id, view });
    if (view.notify_on_close === true) await this.#parts.interactions.closed(this.#user, view, false);
  }

  /**
   * Runs a slash command. `replies` keeps growing as the app uses the response URL.
   * @throws SlackPersonError `dispatch_failed`, `operation_timeout`
   */
  async command(command: string, text: string, channelId: string): Promise<{ replies: SlackMessage[] }> {
    const channel = this.#enter(channelId);
    return { replies: await this.#parts.interactions.command(this.#user, channel, command, text) };
  }

  /** Presses the Stop button of an agent session. */
  async stop(channelId: string, threadTs: string): Promise<void> {
    const { workspace, dispatcher } = this.#parts;
    const streaming = workspace.replies(this.#enter(channelId), threadTs);
    dispatcher.publish({
      type: 'agent_session_stopped',
      channel: channelId,
      user: this.id,
      thread_ts: threadTs,
      streaming_message_ts: streaming.filter((m) => m.streaming_state === 'in_progress').map((m) => m.ts),
      event_ts: workspace.ids.ts(),
    });
  }

  #stateOf(message: SlackMessage): Record<string, Record<string, Json>> {
    return this.#held.get(message) ?? {};
  }

  #typed(text: string): string {
    return typedText(text, (name) => this.#parts.workspace.userNamed(name)?.id);
  }

  #enter(channelId: string): SlackChannel {
    const channel = this.#parts.workspace.channel(channelId, this.id);
    channel.members.add(this.id);
    return channel;
  }

  #own(channelId: string, ts: string): { channel: SlackChannel; message: SlackMessage } {
    const channel = this.#enter(channelId);
    const message = this.#parts.workspace.message(channel, ts);
    if (message.user !== this.id) throw new SlackPersonError('not_allowed', 'only one’s own messages can be changed');
    return { channel, message };
  }
}

function isMessage(target: SlackMessage | SlackView): target is SlackMessage {
  return target.type === 'message';
}
