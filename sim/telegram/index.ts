import { EventEmitter } from 'node:events';
import { recorded, waitFor, watch } from '../watching.ts';
import { Budget } from './budget.ts';
import { Callbacks } from './callbacks.ts';
import { Conversations } from './conversation.ts';
import { Faults } from './faults.ts';
import { Feed } from './feed.ts';
import { Groups } from './groups.ts';
import { listen } from './listen.ts';
import type { Api } from './methods/method.ts';
import { type PersonParts, TelegramPerson } from './person.ts';
import { Polling } from './polling.ts';
import { UpdateQueue } from './queue.ts';
import { Args } from './request.ts';
import { callMethod, createTelegramServer } from './server.ts';
import type { TelegramSim, TelegramSimOptions } from './sim.ts';
import { Topics } from './topics.ts';
import type { TelegramCall, TelegramDelivery, TelegramSimEvents } from './types.ts';
import { Webhook } from './webhook.ts';
import { World } from './world.ts';

export type { TelegramPerson } from './person.ts';
export { renderMessage } from './render.ts';
export type { TelegramSim, TelegramSimOptions } from './sim.ts';
export type * from './types.ts';

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
    draft: (chatId) => {
      const chat = world.chats.get(chatId);
      return chat && world.draft(chat);
    },
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
