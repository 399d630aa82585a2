import { SlackApiError } from './errors.ts';
import { IdSource } from './ids.ts';
import type { ChannelKind, SlackChannel, SlackFile, SlackMessage, SlackUser, SlackView } from './types.ts';

/** One Slack team with its people, conversations, files and views; no behaviour towards the app. */
export class Workspace {
  readonly ids: IdSource;
  readonly teamId: string;
  readonly teamName: string;
  readonly domain: string;
  readonly appId = 'A0MAINAPP1';
  readonly bot: SlackUser & { botId: string };
  readonly users = new Map<string, SlackUser>();
  readonly channels = new Map<string, SlackChannel>();
  readonly files = new Map<string, { file: SlackFile; content: Buffer; complete: boolean }>();
  readonly views = new Map<string, SlackView>();

  constructor(o: { team: string; botName: string; clock: () => number }) {
    this.ids = new IdSource(o.clock);
    this.teamName = o.team;
    this.domain = o.team.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    this.teamId = this.ids.id('T');
    this.bot = { id: this.ids.id('U'), name: o.botName, team: this.teamId, isBot: true, botId: this.ids.id('B') };
    this.users.set(this.bot.id, this.bot);
  }

  addUser(name: string, o: { id?: string; bot?: boolean; team?: string }): SlackUser {
    const isBot = o.bot ?? false;
    const user: SlackUser = { id: o.id ?? this.ids.id('U'), name, team: o.team ?? this.teamId, isBot };
    if (isBot) user.botId = this.ids.id('B');
    this.users.set(user.id, user);
    return user;
  }

  userNamed(name: string): SlackUser | undefined {
    return [...this.users.values()].find((user) => user.name === name);
  }

  addChannel(name: string, kind: ChannelKind, members: string[]): SlackChannel {
    const id = this.ids.id(kind === 'im' ? 'D' : kind === 'channel' ? 'C' : 'G');
    const channel: SlackChannel = {
      id,
      name,
      kind,
      created: this.ids.seconds(),
      members: new Set(members),
      messages: [],
      byTs: new Map(),
      threads: new Map(),
    };
    this.channels.set(id, channel);
    return channel;
  }

  /** The direct conversation of exactly these people, made on first use. */
  direct(members: string[]): { channel: SlackChannel; isNew: boolean } {
    const wanted = new Set(members);
    const kind = wanted.size > 2 ? 'mpim' : 'im';
    for (const channel of this.channels.values()) {
      if (
        channel.kind === kind &&
        channel.members.size === wanted.size &&
        [...wanted].every((id) => channel.members.has(id))
      ) {
        return { channel, isNew: false };
      }
    }
    const names = [...wanted].map((id) => this.users.get(id)?.name ?? id);
    const name = kind === 'im' ? '' : `mpdm-${names.join('--')}-1`;
    return { channel: this.addChannel(name, kind, [...wanted]), isNew: true };
  }

  /** @throws SlackApiError `channel_not_found`, also for what the viewer cannot see */
  channel(id: string, viewer?: string): SlackChannel {
    const channel = this.channels.get(id);
    const hidden = channel && viewer !== undefined && channel.kind !== 'channel' && !channel.members.has(viewer);
    if (!channel || hidden) throw new SlackApiError('channel_not_found');
    return channel;
  }

  /** @throws SlackApiError `message_not_found` (or `code`) when absent or deleted */
  message(channel: SlackChannel, ts: string, code = 'message_not_found'): SlackMessage {
    const message = channel.byTs.get(ts);
    if (!message || message.deleted) throw new SlackApiError(code);
    return message;
  }

  store(channel: SlackChannel, message: SlackMessage): void {
    channel.messages.push(message);
    channel.byTs.set(message.ts, message);
    if (message.thread_ts === undefined) return;
    const thread = channel.threads.get(message.thread_ts);
    if (thread) thread.push(message);
    else channel.threads.set(message.thread_ts, [message]);
  }

  /** Replies of a thread, oldest first, without the root. */
  replies(channel: SlackChannel, rootTs: string): SlackMessage[] {
    return (channel.threads.get(rootTs) ?? []).filter((m) => !m.deleted && !m.ephemeralTo);
  }

  permalink(message: { channel: string; ts: string; thread_ts?: string }): string {
    const base = `https://${this.domain}.slack.com/archives/${message.channel}/p${message.ts.replace('.', '')}`;
    return message.thread_ts && message.thread_ts !== message.ts
      ? `${base}?thread_ts=${message.thread_ts}&cid=${message.channel}`
      : base;
  }
}
