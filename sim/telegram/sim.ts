import type { BudgetLimits } from './budget.ts';
import type { Faults } from './faults.ts';
import type { GroupOptions } from './groups.ts';
import type { TelegramPerson } from './person.ts';
import type {
  TelegramCall,
  TelegramDelivery,
  TelegramDraft,
  TelegramMember,
  TelegramMessage,
  TelegramSimEvents,
} from './types.ts';
import type { WebhookTiming } from './webhook.ts';

export interface TelegramSimOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** The bot's first name; its username is that and `_bot`. `mainloop` by default. */
  botName?: string;
  token?: string;
  /** Privacy mode in groups, on by default as at BotFather. */
  privacy?: boolean;
  /** Topics in private chats ("Threaded Mode"), off by default. */
  privateTopics?: boolean;
  /** Whether reactions in private chats reach the bot, off by default. */
  privateReactions?: boolean;
  /** Milliseconds since 1970; real time by default. */
  clock?: () => number;
  webhook?: Partial<WebhookTiming>;
  /** What the bot may send; Telegram's limits by default, see `BudgetLimits`. */
  limits?: Partial<BudgetLimits> | 'none';
  /** How long a pressed button may be answered, 15,000 ms by default. */
  callbackLifetimeMs?: number;
}

export interface TelegramSim {
  /** For grammY's `client.apiRoot`: no slash at the end. */
  apiRoot: string;
  port: number;
  token: string;
  botId: number;
  /** Without `@`. */
  botUsername: string;
  /** The person of that name, made on first use; a bot if told so. The private chat with the bot has the person's id. */
  person(name: string, o?: { id?: number; bot?: boolean; username?: string; languageCode?: string }): TelegramPerson;
  /** Makes a group that the bot is a member of, unless told otherwise; returns its id. */
  createGroup(title: string, o?: GroupOptions): number;
  invite(chatId: number, person: TelegramPerson, o?: Partial<TelegramMember>): void;
  /** Promotes, demotes, adds or removes the bot. */
  setBot(chatId: number, member: Partial<TelegramMember> & Pick<TelegramMember, 'status'>): void;
  /** Makes a group a supergroup; returns the new id. */
  upgrade(chatId: number): number;
  /** Deletes a topic; with `fallsIntoMainChat` what the bot writes into it afterwards silently lands outside. */
  deleteTopic(chatId: number, topicId: number, o?: { fallsIntoMainChat?: boolean }): void;
  /** Switches at BotFather: privacy mode, topics and reactions in private chats. */
  configure(o: Pick<TelegramSimOptions, 'privacy' | 'privateTopics' | 'privateReactions'>): void;
  /** Messages of a chat, oldest first, deleted ones included. */
  messages(chatId: number): TelegramMessage[];
  /** What the bot is typing in a private chat. */
  draft(chatId: number): TelegramDraft | undefined;
  /** The latest calls, at most 20,000. */
  calls: TelegramCall[];
  /** The latest attempts to deliver an update, at most 20,000. */
  deliveries: TelegramDelivery[];
  /** How many updates the bot has not taken. */
  pending(): number;
  on<K extends keyof TelegramSimEvents>(event: K, listener: (...args: TelegramSimEvents[K]) => void): () => void;
  /** Asks `probe` until it gives something; 5,000 ms by default. @throws WaitError */
  waitFor<T>(probe: () => T | undefined, o?: { timeoutMs?: number }): Promise<T>;
  faults: Faults;
  /** Sets other limits on sends and edits from now on. */
  limit(limits: Partial<BudgetLimits> | 'none'): void;
  /** How often the bot sent or edited more than it may. */
  violations(): number;
  close(): Promise<void>;
}
