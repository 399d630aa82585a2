import type { WebSocket } from 'ws';
import type { Json } from '../types.ts';

/** Far more than a test sends while nobody listens. */
const KEPT = 5_000;

/** One gateway session: numbers what it sends and keeps it, so that a RESUME can have it again. */
export class Session {
  readonly id: string;
  readonly intents: number;
  socket: WebSocket | undefined;
  /** When the socket went, by the clock; a session without one does not live for ever. */
  lostAt: number | undefined;
  #seq = 0;
  #sent: { seq: number; text: string; note: string }[] = [];

  constructor(id: string, intents: number, socket: WebSocket) {
    this.id = id;
    this.intents = intents;
    this.socket = socket;
  }

  /** Sends an event, or keeps it for a RESUME. */
  dispatch(type: string, data: Json): { seq: number; sent: boolean } {
    this.#seq += 1;
    const text = JSON.stringify({ op: 0, s: this.#seq, t: type, d: data });
    this.#sent.push({ seq: this.#seq, text, note: type });
    if (this.#sent.length > KEPT) this.#sent.shift();
    const isOpen = this.socket?.readyState === 1;
    if (isOpen) this.socket?.send(text);
    return { seq: this.#seq, sent: isOpen };
  }

  /** Goes on over another socket, after the last event that the client has seen. Returns the types of what it missed. */
  resume(socket: WebSocket, seen: number): { seq: number; type: string }[] {
    this.socket = socket;
    this.lostAt = undefined;
    const missed = this.#sent.filter(({ seq }) => seq > seen);
    for (const { text } of missed) socket.send(text);
    this.dispatch('RESUMED', {});
    return missed.map(({ seq, note }) => ({ seq, type: note }));
  }

  /** Whether it ever got that far. */
  knows(seq: number): boolean {
    return seq <= this.#seq;
  }
}
