import { EventEmitter } from 'node:events';
import { Budget, type BudgetLimits } from './budget.ts';
import { Callbacks } from './callbacks.ts';
import { Conversations } from './conversation.ts';
import { Faults } from './faults.ts';
import { Feed } from './feed.ts';
import { type GroupOptions, Groups } from './groups.ts';
import { listen } from './listen.ts';
import type { Api } from './methods/method.ts';
import { type PersonParts, TelegramPerson } from './person.ts';
import { Polling } from './polling.ts';
import { UpdateQueue } from './queue.ts';
import { Args } from './request.ts';
import { callMethod, createTelegramServer } from './server.ts';
import { Topics } from './topics.ts';
import type {
  TelegramCall,
  TelegramDelivery,
  TelegramDraft,
  TelegramMember,
  TelegramMessage,
  TelegramSimEvents,
} from './types.ts';
import { recorded, waitFor, watch } from './watching.ts';
import { Webhook, type WebhookTiming } from './webhook.ts';
import { World } from './world.ts';

export type { TelegramPerson } from './person.ts';
export { renderMessage } from './render.ts';
export type * from './types.ts';

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
  /** Asks `probe` until it gives something; 5,000 ms by default. @throws TelegramWaitError */
  waitFor<T>(probe: () => T | undefined, o?: { timeoutMs?: number }): Promise<T>;
  faults: Faults;
  /** Sets other limits on sends and edits from now on. */
  limit(limits: Partial<BudgetLimits> | 'none'): void;
  /** How often the bot sent or edited more than it may. */
  violations(): number;
  close(): Promise<void>;
}

/** Starts Telegram in miniature on 127.0.0.1: Bot API, long polling, webhooks, and people. */
export async function createTelegramSim(options: TelegramSimOptions = {}): Promise<TelegramSim> {
  const watchers = new EventEmitter<TelegramSimEvents>();
  watchers.setMaxListeners(0);
  const clock = options.clock ?? Date.now;
  const token = options.token ?? '4200000042:miniature-bot-token';
  const botId = Number(token.split(':')[0]);
  const botName = options.botName ?? 'mainloop';
  const world = new World({ botId, botName, privateTopics: options.privateTopics ?? false, clock });
  const calls = recorded<TelegramCall>((record) => watchers.on('call', record));
  const deliveries = recorded<TelegramDelivery>((record) => watchers.on('delivery', record));

  const faults = new Faults((down) => {
    if (down) {
      webhook.close();
      server.closeAllConnections();
    } else webhook.wake();
  });
  const queue = new UpdateQueue({ now: clock, copies: () => faults.duplicates, watchers });
  const settings = { privacy: options.privacy ?? true, privateReactions: options.privateReactions ?? false };
  const feed = new Feed(world, queue, settings);
  const conversations = new Conversations(world, feed, watchers);
  const topics = new Topics(world, conversations, watchers);
  const callbacks = new Callbacks(world, feed, options.callbackLifetimeMs ?? 15_000);
  const groups = new Groups(world, feed, conversations);
  const budget = new Budget(clock, options.limits);
  const polling = new Polling(queue);
  const webhook = new Webhook({
    queue,
    timing: { answerTimeoutMs: 10_000, retryDelaysMs: [100, 500, 2_000], ...options.webhook },
    seconds: () => world.seconds(),
    isDown: () => faults.down,
    call: (method, args) => callMethod(api, method, new Args(args), new AbortController().signal),
  });
  const api: Api = { world, feed, conversations, topics, callbacks, queue, polling, webhook, budget, watchers };
  const server = createTelegramServer({ api, token, faults, watchers });
  const parts: PersonParts = { world, feed, conversations, topics, callbacks };
  const people = new Map<string, TelegramPerson>();
  const port = await listen(server, options.port ?? 0);

  return {
    apiRoot: `http://127.0.0.1:${port}`,
    port,
    token,
    botId,
    botUsername: world.bot.username,
    person: (name, o = {}) => {
      const known = people.get(name);
      if (known) return known;
      const person = new TelegramPerson(world.addUser(name, o), parts);
      people.set(name, person);
      return person;
    },
    createGroup: (title, o) => groups.create(title, o),
    invite: (chatId, person, o) => groups.invite(chatId, person, o),
    setBot: (chatId, member) => groups.setBot(chatId, member),
    upgrade: (chatId) => groups.upgrade(chatId),
    deleteTopic: (chatId, topicId, o) => {
      const chat = world.chat(chatId);
      topics.remove(chat, topics.find(chat, topicId), o);
    },
    configure: ({ privacy, privateTopics, privateReactions }) => {
      settings.privacy = privacy ?? settings.privacy;
      settings.privateReactions = privateReactions ?? settings.privateReactions;
      world.privateTopics = privateTopics ?? world.privateTopics;
    },
    messages: (chatId) => [...(world.chats.get(chatId)?.messages.values() ?? [])],
    draft: (chatId) => world.chats.get(chatId)?.draft,
    calls,
    deliveries,
    pending: () => queue.pending().length,
    on: (event, listener) => watch(watchers, event, listener),
    waitFor,
    faults,
    limit: (limits) => budget.set(limits),
    violations: () => budget.violations,
    close: async () => {
      webhook.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
