import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { isJson } from './blocks.ts';
import type { DeliveryTiming, Parcel, Receipt, Transport } from './delivery.ts';

export type DisconnectReason = 'refresh_requested' | 'warning' | 'link_disabled';

const MAX_SOCKETS = 10;
/** The client gives a connection up after 30 s without a ping. */
const PING_EVERY_MS = 5_000;
const GOODBYE_MS = 300;

interface Link {
  socket: WebSocket;
  /** Told to go away: gets nothing new. */
  isDraining: boolean;
  waiting: Map<string, (receipt: Receipt) => void>;
}

/** The Socket Mode side of Slack: up to ten sockets per app, each event to one of them in turn, acks tracked. */
export class SocketHub implements Transport {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  readonly #links: Link[] = [];
  readonly #timing: DeliveryTiming;
  readonly #appId: string;
  readonly #pinger: NodeJS.Timeout;
  #waiters: ((ready: boolean) => void)[] = [];
  #turn = 0;

  constructor(http: Server, appId: string, timing: DeliveryTiming) {
    this.#timing = timing;
    this.#appId = appId;
    http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#pinger = setInterval(() => {
      for (const link of this.#links) link.socket.ping();
    }, PING_EVERY_MS);
    this.#pinger.unref();
  }

  /** A ticket for one connection, as apps.connections.open hands out. */
  ticket(): string {
    const ticket = crypto.randomUUID();
    this.#tickets.add(ticket);
    return ticket;
  }

  count(): number {
    return this.#links.length;
  }

  ready(): boolean {
    return this.#links.some((link) => !link.isDraining);
  }

  untilReady(): Promise<boolean> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  send(parcel: Parcel): Promise<Receipt> {
    const open = this.#links.filter((link) => !link.isDraining);
    const link = open[this.#turn % open.length];
    this.#turn += 1;
    if (!link) return Promise.resolve({ acked: false, reason: 'no_connection' });
    const envelopeId = crypto.randomUUID();
    const isEvent = parcel.kind === 'events_api';
    return new Promise((resolve) => {
      const settle = (receipt: Receipt): void => {
        clearTimeout(timer);
        link.waiting.delete(envelopeId);
        resolve(receipt);
      };
      const timer = setTimeout(() => settle({ acked: false, reason: 'timeout' }), this.#timing.ackTimeoutMs);
      link.waiting.set(envelopeId, settle);
      link.socket.send(
        JSON.stringify({
          envelope_id: envelopeId,
          payload: parcel.payload,
          type: parcel.kind,
          accepts_response_payload: !isEvent,
          ...(isEvent ? { retry_attempt: parcel.attempt, retry_reason: parcel.reason } : {}),
        }),
      );
    });
  }

  /** Sends Slack's goodbye on every socket; they close within a second unless it is only a warning. */
  disconnect(reason: DisconnectReason): void {
    for (const link of this.#links) {
      link.socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'miniature' } }));
      if (reason === 'warning') continue;
      link.isDraining = true;
      setTimeout(() => link.socket.close(), 1_000).unref();
    }
  }

  /** Cuts every socket without a word. */
  drop(): void {
    for (const link of this.#links) link.socket.terminate();
  }

  /** Says goodbye on every socket and cuts those that have not answered within 300 ms. */
  async close(): Promise<void> {
    clearInterval(this.#pinger);
    this.#wake(false);
    const gone = this.#links.map(({ socket }) => once(socket, 'close'));
    for (const { socket } of this.#links) socket.close(1001);
    await Promise.race([Promise.all(gone), delay(GOODBYE_MS)]);
    this.drop();
    this.#server.close();
  }

  #wake(ready: boolean): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve(ready);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'http://slack').searchParams.get('ticket') ?? '';
    if (!this.#tickets.delete(ticket)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#accept(ws));
  }

  #accept(socket: WebSocket): void {
    if (this.#links.length >= MAX_SOCKETS) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }));
      socket.close();
      return;
    }
    const link: Link = { socket, isDraining: false, waiting: new Map() };
    this.#links.push(link);
    socket.on('message', (data) => this.#ack(link, String(data)));
    // An error is always followed by close, which is where the link ends.
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      this.#links.splice(this.#links.indexOf(link), 1);
      for (const settle of [...link.waiting.values()]) settle({ acked: false, reason: 'timeout' });
    });
    const debug = { host: 'miniature', build_number: 1, approximate_connection_time: 18_060 };
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.#links.length,
        debug_info: debug,
        connection_info: { app_id: this.#appId },
      }),
    );
    this.#wake(true);
  }

  #ack(link: Link, data: string): void {
    const message: unknown = JSON.parse(data);
    if (!isJson(message) || typeof message.envelope_id !== 'string') return;
    link.waiting.get(message.envelope_id)?.({ acked: true, response: message.payload });
  }
}
