import type { EventEmitter } from 'node:events';
import { SlackApiError } from './errors.ts';
import { richTextBlock } from './escape.ts';
import type { Json, SlackBlock, SlackChannel, SlackFile, SlackMessage, SlackSimEvents, SlackUser } from './types.ts';
import { botProfile, messageJson } from './wire.ts';
import type { Workspace } from './workspace.ts';

/** Content of a post. `blocks` are already accepted. */
export interface Draft {
  text: string;
  blocks?: SlackBlock[];
  attachments?: Json[];
  metadata?: Json;
  files?: SlackFile[];
  threadTs?: string;
  subtype?: string;
  username?: string;
  streaming?: boolean;
  isBroadcast?: boolean;
}

export type Publish = (event: Json) => void;

/** What happens in conversations: changes the workspace, tells the app what Slack would tell it, and the watchers all. */
export class Conversations {
  readonly #workspace: Workspace;
  readonly #publish: Publish;
  readonly #watchers: EventEmitter<SlackSimEvents>;

  constructor(workspace: Workspace, publish: Publish, watchers: EventEmitter<SlackSimEvents>) {
    this.#workspace = workspace;
    this.#publish = publish;
    this.#watchers = watchers;
  }

  /** @throws SlackApiError `thread_not_found`, `cannot_reply_to_message` (a reply's ts is no thread) */
  post(channel: SlackChannel, author: SlackUser, draft: Draft): SlackMessage {
    const message = this.#compose(channel, author, draft);
    this.#workspace.store(channel, message);
    this.#tell(channel, this.#event(channel, message));
    if (this.#mentionsBot(channel, message)) {
      const { channel_type, subtype, ...event } = this.#event(channel, message);
      this.#tell(channel, { ...event, type: 'app_mention' });
    }
    this.#watchers.emit('message', message);
    return message;
  }

  /** A message only one person sees; Slack sends no event for it. */
  whisper(channel: SlackChannel, to: string, draft: Draft): SlackMessage {
    const message = this.#compose(channel, this.#workspace.bot, draft);
    message.ephemeralTo = to;
    this.#workspace.store(channel, message);
    this.#watchers.emit('ephemeral', message);
    return message;
  }

  edit(channel: SlackChannel, message: SlackMessage, editor: string, change: Partial<Draft>): void {
    const before = messageJson(this.#workspace, message);
    if (change.text !== undefined) message.text = change.text;
    if (change.blocks !== undefined) {
      message.explicitBlocks = change.blocks.length > 0;
      message.blocks = change.blocks;
    }
    if (!message.explicitBlocks) message.blocks = this.#textBlocks(message.text);
    if (change.attachments !== undefined) message.attachments = change.attachments;
    if (change.metadata !== undefined) message.metadata = change.metadata;
    message.edits += 1;
    message.edited = { user: editor, ts: this.#workspace.ids.ts() };
    this.changed(channel, message, before);
  }

  /** Tells that a message looks different from `before`. */
  changed(channel: SlackChannel, message: SlackMessage, before: Json): void {
    if (!message.ephemeralTo) {
      const after = messageJson(this.#workspace, message);
      this.#tell(channel, this.#hidden(channel, 'message_changed', { message: after, previous_message: before }));
    }
    this.#watchers.emit('edit', message);
  }

  remove(channel: SlackChannel, message: SlackMessage): void {
    const before = messageJson(this.#workspace, message);
    message.deleted = true;
    if (!message.ephemeralTo) {
      const event = this.#hidden(channel, 'message_deleted', { deleted_ts: message.ts, previous_message: before });
      this.#tell(channel, event);
    }
    this.#watchers.emit('delete', message);
  }

  /** @throws SlackApiError `already_reacted`, `no_reaction` */
  react(channel: SlackChannel, message: SlackMessage, user: string, name: string, op: 'add' | 'remove'): void {
    const reaction = message.reactions.find((r) => r.name === name);
    if (op === 'add') {
      if (reaction?.users.includes(user)) throw new SlackApiError('already_reacted');
      if (reaction) reaction.users.push(user);
      else message.reactions.push({ name, users: [user], count: 1 });
    } else {
      if (!reaction?.users.includes(user)) throw new SlackApiError('no_reaction');
      reaction.users = reaction.users.filter((id) => id !== user);
    }
    for (const r of message.reactions) r.count = r.users.length;
    message.reactions = message.reactions.filter((r) => r.count > 0);
    this.#tell(channel, {
      type: op === 'add' ? 'reaction_added' : 'reaction_removed',
      user,
      reaction: name,
      item: { type: 'message', channel: channel.id, ts: message.ts },
      item_user: message.user,
      event_ts: this.#workspace.ids.ts(),
    });
    this.#watchers.emit('reaction', { message, name, user, op });
  }

  #compose(channel: SlackChannel, author: SlackUser, draft: Draft): SlackMessage {
    const message: SlackMessage = {
      type: 'message',
      channel: channel.id,
      ts: this.#workspace.ids.ts(),
      user: author.id,
      text: draft.text,
      team: author.team,
      reactions: [],
      edits: 0,
      deleted: false,
      explicitBlocks: draft.blocks !== undefined && draft.blocks.length > 0,
    };
    if (draft.threadTs !== undefined) {
      const root = this.#workspace.message(channel, draft.threadTs, 'thread_not_found');
      if (root.thread_ts !== undefined && root.thread_ts !== root.ts) {
        throw new SlackApiError('cannot_reply_to_message');
      }
      message.thread_ts = draft.threadTs;
      message.parent_user_id = root.user;
    }
    const blocks = message.explicitBlocks ? draft.blocks : this.#textBlocks(draft.text);
    if (blocks !== undefined && blocks.length > 0) message.blocks = blocks;
    if (author.isBot && author.botId !== undefined) {
      message.bot_id = author.botId;
      message.bot_profile = botProfile(this.#workspace, author);
      if (author.id === this.#workspace.bot.id) message.app_id = this.#workspace.appId;
    } else {
      message.client_msg_id = crypto.randomUUID();
    }
    if (draft.attachments) message.attachments = draft.attachments;
    if (draft.metadata) message.metadata = draft.metadata;
    if (draft.streaming) message.streaming_state = 'in_progress';
    if (draft.files && draft.files.length > 0) {
      message.files = draft.files;
      message.subtype = 'file_share';
    }
    if (draft.isBroadcast) message.subtype = 'thread_broadcast';
    if (draft.username !== undefined) {
      message.username = draft.username;
      message.subtype = 'bot_message';
    }
    return message;
  }

  #textBlocks(text: string): SlackBlock[] {
    return text === '' ? [] : [richTextBlock(text, this.#workspace.ids.id('b'))];
  }

  #event(channel: SlackChannel, message: SlackMessage): Json {
    const event: Json = {
      ...messageJson(this.#workspace, message),
      channel: channel.id,
      channel_type: channel.kind,
      event_ts: message.ts,
    };
    if (message.team !== this.#workspace.teamId) {
      Object.assign(event, { user_team: message.team, source_team: message.team });
    }
    return event;
  }

  #hidden(channel: SlackChannel, subtype: string, content: Json): Json {
    const ts = this.#workspace.ids.ts();
    const common = { type: 'message', subtype, hidden: true, channel: channel.id, channel_type: channel.kind };
    return { ...common, ...content, ts, event_ts: ts };
  }

  #mentionsBot(channel: SlackChannel, message: SlackMessage): boolean {
    const isDirect = channel.kind === 'im' || channel.kind === 'mpim';
    const isOwn = message.user === this.#workspace.bot.id;
    return !isDirect && !isOwn && message.text.includes(`<@${this.#workspace.bot.id}`);
  }

  /** The app hears only of conversations that its bot is in. */
  #tell(channel: SlackChannel, event: Json): void {
    if (channel.members.has(this.#workspace.bot.id)) this.#publish(event);
  }
}
