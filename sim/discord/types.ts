/** Shapes of the miniature. What goes over the wire is made of them in `wire.ts` (https://docs.discord.com/developers). */
export type Json = Record<string, unknown>;

export interface DiscordUser {
  id: string;
  /** Unique name by which people are mentioned. */
  username: string;
  bot: boolean;
  /** Takes no direct messages from the bot: 50007. */
  blocksDms: boolean;
}

export interface DiscordEmoji {
  /** Null for a Unicode emoji. */
  id: string | null;
  name: string;
}

export interface DiscordAttachment {
  id: string;
  channelId: string;
  filename: string;
  contentType: string;
  description?: string;
  content: Buffer;
}

/** A message as it stands now; `edits`, `deleted` and `ephemeralTo` are the miniature's own notes. */
export interface DiscordMessage {
  id: string;
  channelId: string;
  guildId?: string;
  author: DiscordUser;
  /** 0 said, 18 thread created, 19 reply, 20 answer to a command, 21 thread starter. */
  type: number;
  content: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  editedAt?: number;
  flags: number;
  embeds: Json[];
  components: Json[];
  attachments: DiscordAttachment[];
  reactions: { emoji: DiscordEmoji; users: string[] }[];
  /** Ids of the people who were pinged, and of those whom an edit names. */
  mentions: string[];
  mentionRoles: string[];
  mentionEveryone: boolean;
  nonce?: string | number;
  reference?: { channelId: string; messageId?: string };
  /** `interaction_metadata`, on answers to interactions. */
  interaction?: Json;
  edits: number;
  deleted: boolean;
  ephemeralTo?: string;
}

export interface DiscordThread {
  ownerId: string;
  archived: boolean;
  locked: boolean;
  /** 60, 1440, 4320 or 10080. */
  autoArchiveMinutes: number;
  archiveChangedAt: number;
  createdAt: number;
  lastActiveAt: number;
  members: Set<string>;
  appliedTags: string[];
}

export interface DiscordOverwrite {
  id: string;
  /** 0 role, 1 member. */
  type: number;
  allow: bigint;
  deny: bigint;
}

export interface DiscordTag {
  id: string;
  name: string;
  moderated: boolean;
}

/** 0 text, 1 direct, 2 voice, 4 category, 11 public thread, 12 private thread, 13 stage, 15 forum. */
export interface DiscordChannel {
  id: string;
  type: number;
  guildId?: string;
  name: string;
  topic: string | null;
  parentId: string | null;
  position: number;
  overwrites: DiscordOverwrite[];
  tags: DiscordTag[];
  flags: number;
  /** The two of a direct conversation. */
  recipients: string[];
  thread?: DiscordThread;
  /** By id, in order of time; deleted and ephemeral ones included. */
  messages: Map<string, DiscordMessage>;
}

export interface DiscordRole {
  id: string;
  name: string;
  permissions: bigint;
}

export interface DiscordMember {
  user: DiscordUser;
  roles: string[];
  joinedAt: number;
}

export interface DiscordGuild {
  id: string;
  name: string;
  ownerId: string;
  /** The first is @everyone and has the guild's id. */
  roles: DiscordRole[];
  members: Map<string, DiscordMember>;
}

/** A form on a person's screen. */
export interface DiscordModal {
  customId: string;
  title: string;
  components: Json[];
  channelId: string;
  /** The message whose component opened it. */
  source?: DiscordMessage;
}

/** What an interaction was first answered with. */
export type DiscordAnswer =
  | { kind: 'message'; message: DiscordMessage }
  | { kind: 'deferred'; message: DiscordMessage }
  | { kind: 'deferred_update' }
  | { kind: 'updated'; message: DiscordMessage }
  | { kind: 'modal'; modal: DiscordModal }
  | { kind: 'choices'; choices: { name: string; value: string | number }[] };

export interface DiscordCall {
  at: number;
  /** Such as `POST /channels/:channel/messages`. */
  route: string;
  path: string;
  body: Json;
  /** Names of the files that came with it. */
  files: string[];
  status?: number;
  /** Discord's error code. */
  code?: number;
  /** The misbehaviour that hit the call. */
  fault?: string;
}

/** One dispatch: of one event to one session, or to nobody. */
export interface DiscordDelivery {
  at: number;
  type: string;
  /** Id of what the event is about, when it has one. */
  id: string;
  /** Absent when no session existed: the event is lost. */
  session?: string;
  seq?: number;
  /** False when it waits for a RESUME. */
  sent: boolean;
  isReplay: boolean;
}

/** What `sim.on` tells: see each name. */
export interface DiscordSimEvents {
  call: [DiscordCall];
  delivery: [DiscordDelivery];
  message: [DiscordMessage];
  edit: [DiscordMessage];
  delete: [DiscordMessage];
  reaction: [{ message: DiscordMessage; emoji: string; user: string; op: 'add' | 'remove' }];
  thread: [{ channel: DiscordChannel; op: 'create' | 'update' | 'delete' }];
  channel: [{ channel: DiscordChannel; op: 'create' | 'update' | 'delete' }];
  typing: [{ channel: string; user: string }];
  answer: [{ user: string; answer: DiscordAnswer }];
}
