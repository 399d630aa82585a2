/** Shapes that Slack sends and takes, as far as the miniature knows them (https://docs.slack.dev/reference). */
export type Json = Record<string, unknown>;

export interface SlackBlock extends Json {
  type: string;
  block_id?: string;
}

interface SlackReaction {
  name: string;
  users: string[];
  count: number;
}

export interface SlackFile {
  id: string;
  name: string;
  title: string;
  mimetype: string;
  size: number;
  created: number;
  user: string;
  url_private: string;
  url_private_download: string;
  permalink: string;
  mode: 'hosted';
}

/** A message as it stands now; `edits`, `deleted`, `ephemeralTo` and `explicitBlocks` are the miniature's own notes. */
export interface SlackMessage {
  type: 'message';
  channel: string;
  ts: string;
  user: string;
  text: string;
  team: string;
  subtype?: string;
  thread_ts?: string;
  parent_user_id?: string;
  client_msg_id?: string;
  bot_id?: string;
  app_id?: string;
  bot_profile?: Json;
  username?: string;
  icons?: Json;
  blocks?: SlackBlock[];
  attachments?: Json[];
  metadata?: Json;
  files?: SlackFile[];
  edited?: { user: string; ts: string };
  streaming_state?: 'in_progress' | 'completed' | 'errored';
  reactions: SlackReaction[];
  edits: number;
  deleted: boolean;
  ephemeralTo?: string;
  /** False when Slack made the blocks out of the text. */
  explicitBlocks: boolean;
}

export interface SlackUser {
  id: string;
  name: string;
  team: string;
  isBot: boolean;
  botId?: string;
}

/** As Slack's `channel_type` in events. */
export type ChannelKind = 'channel' | 'group' | 'im' | 'mpim';

export interface SlackChannel {
  id: string;
  name: string;
  kind: ChannelKind;
  created: number;
  members: Set<string>;
  messages: SlackMessage[];
  byTs: Map<string, SlackMessage>;
  /** Replies by the ts of their root. */
  threads: Map<string, SlackMessage[]>;
}

/** A modal or home tab as the app last set it. */
export interface SlackView extends Json {
  id: string;
  type: string;
  blocks: SlackBlock[];
  callback_id: string;
  private_metadata: string;
  hash: string;
  state: { values: Record<string, Record<string, Json>> };
}

export interface SlackCall {
  at: number;
  method: string;
  args: Json;
  token: string | undefined;
  /** Slack's error code, or the fault that hit the call. */
  error?: string;
}

/** One try to hand something to the app. */
export interface SlackDelivery {
  at: number;
  kind: DeliveryKind;
  /** `event_id` of an event, else the trigger id. */
  id: string;
  type: string;
  attempt: number;
  acked: boolean;
  reason?: string;
}

export type DeliveryKind = 'events_api' | 'interactive' | 'slash_commands';

/** What `sim.on` tells: see each name. */
export interface SlackSimEvents {
  call: [SlackCall];
  message: [SlackMessage];
  edit: [SlackMessage];
  delete: [SlackMessage];
  ephemeral: [SlackMessage];
  reaction: [{ message: SlackMessage; name: string; user: string; op: 'add' | 'remove' }];
  view: [{ op: 'open' | 'push' | 'update' | 'publish' | 'close'; user: string; view: SlackView }];
  stream: [{ op: 'start' | 'append' | 'stop'; message: SlackMessage }];
  status: [{ method: string; channel: string; threadTs: string | undefined; status: string }];
  delivery: [SlackDelivery];
}
