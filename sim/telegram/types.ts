import type { ChatMember, Message, Update } from 'grammy/types';

/** Wire shapes are those of https://core.telegram.org/bots/api as published in `grammy/types`; these are the miniature's own. */
export type Json = Record<string, unknown>;

/** What an administrator may do; all true unless told otherwise. */
export interface AdminRights {
  canManageTopics: boolean;
  canDeleteMessages: boolean;
}

export interface TelegramMember extends AdminRights {
  status: Exclude<ChatMember['status'], 'restricted'>;
  /** Writes as the group itself. */
  anonymous: boolean;
}

/** A forum topic, or a topic of a private chat; its id is that of the service message that made it. */
export interface TelegramTopic {
  id: number;
  name: string;
  iconColor: number;
  closed: boolean;
  deleted: boolean;
  /** Whether writing into it after deletion silently reaches the main chat, as the real server at times did. */
  fallsIntoMainChat: boolean;
}

/** What the bot is typing: a preview that a real message ends, or 30 s. */
export interface TelegramDraft {
  draftId: number;
  text: string;
  thread: number | undefined;
  at: number;
}

export interface TelegramChat {
  /** Positive for private chats (the person's id), -N for groups, -100N for supergroups. */
  id: number;
  type: 'private' | 'group' | 'supergroup';
  /** Title of a group, first name of a person. */
  title: string;
  /** Of a person. */
  username?: string;
  forum: boolean;
  members: Map<number, TelegramMember>;
  messages: Map<number, TelegramMessage>;
  topics: Map<number, TelegramTopic>;
  draft?: TelegramDraft;
  /** The supergroup that took this group's place. */
  migratedTo?: number;
}

/** A message as it stands now; `wire` is what Telegram sends of it, replaced and never changed by an edit. */
export interface TelegramMessage {
  chat: number;
  id: number;
  wire: Message;
  edits: number;
  deleted: boolean;
  /** Whether people's clients open a reply to it (`force_reply`). */
  forceReply: boolean;
  /** Emoji by user, in their order. */
  reactions: Map<number, string[]>;
}

export interface TelegramCall {
  /** Milliseconds since 1970. */
  at: number;
  /** As the bot spelled it. */
  method: string;
  args: Json;
  /** Telegram's description of a refusal, or the kind of fault that hit the call. */
  error?: string;
}

/** One try to hand an update to the bot; polling acknowledges with its next offset. */
export interface TelegramDelivery {
  at: number;
  via: 'polling' | 'webhook';
  updateId: number;
  type: UpdateKind;
  attempt: number;
  acked: boolean;
  reason?: string;
}

export type UpdateKind = Exclude<keyof Update, 'update_id'>;

/** What the bot answered to a pressed button. */
export interface CallbackAnswer {
  text?: string;
  showAlert: boolean;
  url?: string;
}

/** What `sim.on` tells: see each name. */
export interface TelegramSimEvents {
  call: [TelegramCall];
  message: [TelegramMessage];
  edit: [TelegramMessage];
  delete: [TelegramMessage];
  reaction: [{ message: TelegramMessage; user: number; emoji: string[] }];
  draft: [{ chat: number; draft: TelegramDraft }];
  action: [{ chat: number; thread: number | undefined; action: string }];
  topic: [{ chat: number; topic: TelegramTopic; op: 'create' | 'edit' | 'close' | 'reopen' | 'delete' }];
  delivery: [TelegramDelivery];
}
