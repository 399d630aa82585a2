import type { EventEmitter } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Faults } from '../faults.ts';
import { may } from '../permissions.ts';
import type { DiscordChannel, DiscordMessage, DiscordSimEvents, Json } from '../types.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { Handshake } from './handshake.ts';
import { intentOf, type PrivilegedIntent, readable } from './intents.ts';
import type { Session } from './session.ts';

export interface GatewayOptions {
  world: World;
  wire: Wire;
  faults: Faults;
  watchers: EventEmitter<DiscordSimEvents>;
  token: string;
  privilegedIntents: readonly PrivilegedIntent[];
  heartbeatMs: number;
  /** How long a session without a socket can be resumed. */
  sessionLifetimeMs: number;
  url: () => string;
}

/** What an event is about, which decides who gets it. */
export interface About {
  channel?: DiscordChannel;
  message?: DiscordMessage;
}

/** The gateway: sessions over web sockets, and every event that goes out (v10, JSON). */
export class Gateway {
  readonly sessions = new Map<string, Session>();
  readonly #o: GatewayOptions;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #handshakes = new Map<WebSocket, Handshake>();
  #isOffline = false;

  constructor(server: Server, options: GatewayOptions) {
    this.#o = options;
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Tells every session that may know. What nobody hears is lost, unless a session waits to be resumed. */
  publish(type: string, data: Json, about: About = {}): void {
    const { world, faults } = this.#o;
    const { channel } = about;
    if (channel?.guildId !== undefined && !may(world, world.bot.id, channel)) return;
    if (channel && channel.guildId === undefined && !channel.recipients.includes(world.bot.id)) return;
    const copy = structuredClone(data);
    faults.schedule(() => this.#send(type, copy, about));
  }

  connections(): number {
    return [...this.sessions.values()].filter(({ socket }) => socket?.readyState === 1).length;
  }

  /** Closes every socket with a code; after 4000 a client resumes, after 4004 it gives up. */
  disconnect(code = 4000): void {
    for (const socket of this.#server.clients) socket.close(code);
  }

  /** Cuts every socket off without a word. */
  drop(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  /** Asks clients to reconnect and resume (op 7). */
  requestReconnect(): void {
    for (const socket of this.#server.clients) socket.send(JSON.stringify({ op: 7, d: null }));
  }

  /**
   * Tells clients that their session is invalid (op 9): they resume it over the same socket, or begin anew when it is
   * not resumable.
   */
  invalidate(isResumable = false): void {
    for (const [socket, handshake] of this.#handshakes) {
      handshake.release();
      socket.send(JSON.stringify({ op: 9, d: isResumable }));
    }
    if (!isResumable) this.sessions.clear();
  }

  /** No gateway from now on: sockets are cut off and new ones refused; sessions are forgotten, unless kept. */
  goOffline(o: { keepSessions?: boolean } = {}): void {
    this.#isOffline = true;
    if (o.keepSessions !== true) this.sessions.clear();
    this.drop();
  }

  goOnline(): void {
    this.#isOffline = false;
  }

  close(): void {
    this.drop();
    this.#server.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#isOffline) return void socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      const version = new URL(request.url ?? '/', 'ws://gateway').searchParams.get('v');
      if (version !== '10') return ws.close(4012, 'Invalid API version');
      this.#serve(ws);
    });
  }

  #serve(socket: WebSocket): void {
    const handshake = new Handshake(socket, this.sessions, this.#o);
    this.#handshakes.set(socket, handshake);
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: this.#o.heartbeatMs, _trace: [] } }));
    socket.on('message', (raw) => handshake.receive(String(raw)));
    socket.on('close', (code) => {
      this.#handshakes.delete(socket);
      const session = handshake.release();
      // A client that closes with 1000 or 1001 means it: there is nothing to resume.
      if (session && (code === 1000 || code === 1001)) this.sessions.delete(session.id);
    });
  }

  #send(type: string, data: Json, { channel, message }: About): void {
    const { world, watchers } = this.#o;
    const at = world.now();
    const id = typeof data.id === 'string' ? data.id : typeof data.message_id === 'string' ? data.message_id : '';
    this.#forgetOld();
    const isDirect = channel !== undefined && channel.guildId === undefined;
    const intent = intentOf(type, isDirect);
    if (this.sessions.size === 0) watchers.emit('delivery', { at, type, id, sent: false, isReplay: false });
    for (const session of this.sessions.values()) {
      if (intent !== 0 && (session.intents & intent) === 0) continue;
      const shown = message ? readable(data, message, world.bot.id, session.intents) : data;
      const sent = session.dispatch(type, shown);
      watchers.emit('delivery', { at, type, id, session: session.id, isReplay: false, ...sent });
    }
  }

  #forgetOld(): void {
    const now = this.#o.world.now();
    for (const session of this.sessions.values()) {
      const isOld = session.lostAt !== undefined && now - session.lostAt > this.#o.sessionLifetimeMs;
      if (isOld) this.sessions.delete(session.id);
    }
  }
}
