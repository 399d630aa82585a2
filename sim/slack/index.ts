import { EventEmitter } from 'node:events';
import { recorded, waitFor, watch } from '../watching.ts';
import { Conversations } from './conversation.ts';
import type { DeliveryTiming } from './delivery.ts';
import { Dispatcher } from './dispatcher.ts';
import { Faults } from './faults.ts';
import { Interactions } from './interactions.ts';
import { listen } from './listen.ts';
import { type PersonParts, SlackPerson } from './person.ts';
import { type RateLimit, RateLimits } from './rate-limit.ts';
import { RequestUrl } from './request-url.ts';
import { ResponseUrls } from './response-urls.ts';
import { createSlackServer } from './server.ts';
import { type DisconnectReason, SocketHub } from './socket.ts';
import { Streams } from './streams.ts';
import { Triggers } from './triggers.ts';
import type { SlackCall, SlackDelivery, SlackMessage, SlackSimEvents, SlackView } from './types.ts';
import { Views } from './views.ts';
import type { Api } from './web-api/method.ts';
import { DEFAULT_SCOPES } from './web-api/methods.ts';
import { Workspace } from './workspace.ts';

export type { SlackPerson } from './person.ts';
export { renderMessage } from './render.ts';
export type * from './types.ts';

export interface SlackSimOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** The address it listens on, and names in what it links to; 127.0.0.1 by default. */
  host?: string;
  team?: string;
  /** Name by which people mention the bot; `mainloop` by default. */
  botName?: string;
  signingSecret?: string;
  botToken?: string;
  appToken?: string;
  /** Bot scopes; what the product needs by default. */
  scopes?: string[];
  /** Milliseconds since 1970; real time by default. */
  clock?: () => number;
  /** See `DeliveryTiming`; 3,000 ms and three retries at 100, 500 and 2,000 ms by default. */
  delivery?: Partial<DeliveryTiming>;
  /** Whether events that find no socket wait for one; true by default. */
  keepWhileDown?: boolean;
  /** Life of a stream, 300,000 ms by default. */
  streamLifetimeMs?: number;
  /** Life of a trigger id, 3,000 ms by default. */
  triggerLifetimeMs?: number;
}

export interface SlackSim {
  /** Web API base, ends in `/api/`. */
  apiUrl: string;
  port: number;
  botToken: string;
  appToken: string;
  signingSecret: string;
  teamId: string;
  botUserId: string;
  botName: string;
  /** Makes a channel that the bot is in, unless told otherwise; returns its id. */
  createChannel(name: string, o?: { private?: boolean; withoutBot?: boolean }): string;
  /** Adds a person to a private channel; public ones they enter by themselves. */
  invite(channelId: string, person: SlackPerson): void;
  /** The person of that name, made on first use. */
  person(name: string, o?: { id?: string; bot?: boolean; team?: string }): SlackPerson;
  /** Messages of a conversation by time, thread replies and deleted ones included, ephemeral ones left out. */
  messages(channelId: string): SlackMessage[];
  /** Messages that only this person saw. */
  ephemerals(userId: string): SlackMessage[];
  /** A person's home tab as published. */
  home(userId: string): SlackView | undefined;
  /** The latest calls, at most 20,000. */
  calls: SlackCall[];
  /** The latest attempts to deliver something, at most 20,000. */
  deliveries: SlackDelivery[];
  on<K extends keyof SlackSimEvents>(event: K, listener: (...args: SlackSimEvents[K]) => void): () => void;
  /** Asks `probe` until it gives something; 5,000 ms by default. @throws WaitError */
  waitFor<T>(probe: () => T | undefined, o?: { timeoutMs?: number }): Promise<T>;
  /** From now on events, commands and interactions are POSTed to the URL instead of sent over sockets. */
  deliverEventsTo(url: string): void;
  /** Slack's `url_verification` handshake with that URL. */
  verifyUrl(url: string): Promise<boolean>;
  faults: Faults;
  /** Limits a method over the whole workspace; `undefined` lifts it. Tier 3 is `{perMinute: 50}`. */
  limit(method: string, limit: RateLimit | undefined): void;
  /** Whether events that find no socket from now on wait for one (true, at the start) or are lost. */
  keepWhileDown(keep: boolean): void;
  connections(): number;
  disconnectSockets(reason: DisconnectReason): void;
  dropSockets(): void;
  close(): Promise<void>;
}

/** Starts Slack in miniature: Web API, Socket Mode, signed HTTP events, and people. */
export async function createSlackSim(options: SlackSimOptions = {}): Promise<SlackSim> {
  const watchers = new EventEmitter<SlackSimEvents>();
  watchers.setMaxListeners(0);
  const clock = options.clock ?? Date.now;
  const workspace = new Workspace({ team: options.team ?? 'Acme', botName: options.botName ?? 'mainloop', clock });
  const credentials = {
    botToken: options.botToken ?? 'xoxb-miniature-bot',
    appToken: options.appToken ?? 'xapp-1-miniature-app',
    scopes: options.scopes ?? DEFAULT_SCOPES,
  };
  const signingSecret = options.signingSecret ?? 'miniature-signing-secret';
  const timing = { ackTimeoutMs: 3_000, retryDelaysMs: [100, 500, 2_000], ...options.delivery };
  const faults = new Faults();
  const limits = new RateLimits(clock);
  const calls = recorded<SlackCall>((record) => watchers.on('call', record));
  const deliveries = recorded<SlackDelivery>((record) => watchers.on('delivery', record));

  let port = 0;
  const host = options.host ?? '127.0.0.1';
  const base = (): string => `http://${host}:${port}`;
  const conversations = new Conversations(workspace, (event) => dispatcher.publish(event), watchers);
  const responseUrls = new ResponseUrls(workspace, conversations, base);
  const triggers = new Triggers(workspace.ids, options.triggerLifetimeMs ?? 3_000);
  const views = new Views(workspace);
  const streams = new Streams(workspace, options.streamLifetimeMs ?? 300_000);
  const socketUrl = (): string => `ws://${host}:${port}/link/?ticket=${sockets.ticket()}&app_id=${workspace.appId}`;
  const api: Api = { workspace, conversations, streams, views, triggers, watchers, base, socketUrl };
  const server = createSlackServer({ api, credentials, faults, limits, responseUrls, watchers });
  const sockets = new SocketHub(server, workspace.appId, timing);
  const keepWhileDown = options.keepWhileDown ?? true;
  const dispatcher = new Dispatcher({ transport: sockets, workspace, faults, timing, watchers, keepWhileDown });
  const interactions = new Interactions({ workspace, dispatcher, triggers, responseUrls });
  const parts: PersonParts = { workspace, conversations, interactions, dispatcher, views, watchers, base };
  const people = new Map<string, SlackPerson>();
  port = await listen(server, options.port ?? 0, host);

  return {
    apiUrl: `${base()}/api/`,
    port,
    ...credentials,
    signingSecret,
    teamId: workspace.teamId,
    botUserId: workspace.bot.id,
    botName: workspace.bot.name,
    createChannel: (name, o = {}) =>
      workspace.addChannel(name, o.private ? 'group' : 'channel', o.withoutBot ? [] : [workspace.bot.id]).id,
    invite: (channelId, person) => void workspace.channel(channelId).members.add(person.id),
    person: (name, o = {}) => {
      const known = people.get(name);
      if (known) return known;
      const person = new SlackPerson(workspace.addUser(name, o), parts);
      people.set(name, person);
      return person;
    },
    messages: (channelId) => workspace.channel(channelId).messages.filter((message) => !message.ephemeralTo),
    ephemerals: (userId) =>
      [...workspace.channels.values()].flatMap((c) => c.messages.filter((m) => m.ephemeralTo === userId)),
    home: (userId) => views.home(userId),
    calls,
    deliveries,
    on: (event, listener) => watch(watchers, event, listener),
    waitFor,
    deliverEventsTo: (url) => {
      dispatcher.transport = new RequestUrl(url, signingSecret, timing, clock);
    },
    verifyUrl: (url) => new RequestUrl(url, signingSecret, timing, clock).verify(),
    faults,
    limit: (method, limit) => limits.set(method, limit),
    keepWhileDown: (keep) => {
      dispatcher.keepWhileDown = keep;
    },
    connections: () => sockets.count(),
    disconnectSockets: (reason) => sockets.disconnect(reason),
    dropSockets: () => sockets.drop(),
    close: async () => {
      dispatcher.close();
      faults.clear();
      await sockets.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
