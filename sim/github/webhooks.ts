import { createHmac, randomUUID } from 'node:crypto';
import { pause } from './clock.ts';
import type { Events } from './events.ts';

export interface WebhookTarget {
  url: string;
  secret: string;
  /** Event names; all when absent. */
  events?: string[];
}

export interface Delivery {
  id: string;
  url: string;
  event: string;
  action: string | null;
  payload: Record<string, unknown>;
  /** The receiver's answer; null while on its way, when dropped, or when nobody answered. */
  status: number | null;
  state: 'held' | 'sending' | 'delivered' | 'failed' | 'dropped';
}

const KEPT = 1_000;
/** GitHub gives a receiver 10 seconds. */
const PATIENCE_MS = 10_000;

/** Signed deliveries, one after the other per receiver. GitHub repeats nothing that failed, and neither does this. */
export class Webhooks {
  readonly deliveries: Delivery[] = [];
  /** Every delivery is sent twice with the same id. */
  duplicate = false;
  /** Deliveries that come close together arrive in reverse order. */
  reorder = false;
  readonly targets: WebhookTarget[] = [];
  private readonly events: Events;
  private readonly signal: AbortSignal;
  private held: Delivery[] | null = null;
  private batch: Delivery[] = [];
  private toDrop = 0;
  private tail: Promise<void> = Promise.resolve();

  constructor(events: Events, signal: AbortSignal) {
    this.events = events;
    this.signal = signal;
  }

  add(target: WebhookTarget): void {
    this.targets.push(target);
  }

  /** Keeps deliveries back until `release`. */
  hold(): void {
    this.held ??= [];
  }

  release(): void {
    const waiting = this.held ?? [];
    this.held = null;
    for (const delivery of this.reorder ? waiting.reverse() : waiting) this.enqueue(delivery);
  }

  /** The next `count` deliveries are lost. */
  drop(count: number): void {
    this.toDrop += count;
  }

  /** Sends a recorded delivery again with its old id, as the button in GitHub's settings does. */
  redeliver(id: string): void {
    const delivery = this.deliveries.find((known) => known.id === id);
    if (!delivery) throw new Error(`no delivery ${id}`);
    this.enqueue(delivery);
  }

  /** Resolves when nothing is on its way. Held deliveries do not count. */
  async idle(): Promise<void> {
    let seen: Promise<void> | undefined;
    while (seen !== this.tail) {
      seen = this.tail;
      await seen;
    }
  }

  dispatch(event: string, payload: Record<string, unknown>): void {
    const action = typeof payload.action === 'string' ? payload.action : null;
    for (const target of this.targets) {
      if (target.events && !target.events.includes(event)) continue;
      const delivery: Delivery = {
        id: randomUUID(),
        url: target.url,
        event,
        action,
        payload,
        status: null,
        state: 'held',
      };
      this.deliveries.push(delivery);
      if (this.deliveries.length > KEPT) this.deliveries.shift();
      if (this.toDrop > 0) {
        this.toDrop -= 1;
        delivery.state = 'dropped';
      } else if (this.held) this.held.push(delivery);
      else if (this.reorder) this.collect(delivery);
      else this.enqueue(delivery);
    }
  }

  private collect(delivery: Delivery): void {
    this.batch.push(delivery);
    if (this.batch.length > 1) return;
    this.tail = this.tail
      .then(() => pause(30, this.signal))
      .then(async () => {
        for (const late of this.batch.splice(0).reverse()) await this.sendAll(late);
      });
  }

  private enqueue(delivery: Delivery): void {
    this.tail = this.tail.then(() => this.sendAll(delivery));
  }

  private async sendAll(delivery: Delivery): Promise<void> {
    for (let copies = this.duplicate ? 2 : 1; copies > 0 && !this.signal.aborted; copies--) await this.send(delivery);
  }

  private async send(delivery: Delivery): Promise<void> {
    const target = this.targets.find(({ url }) => url === delivery.url);
    if (!target) return;
    const body = JSON.stringify(delivery.payload);
    delivery.state = 'sending';
    try {
      const response = await fetch(target.url, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'GitHub-Hookshot/sim',
          'x-github-delivery': delivery.id,
          'x-github-event': delivery.event,
          'x-github-hook-id': '1',
          'x-hub-signature-256': `sha256=${createHmac('sha256', target.secret).update(body).digest('hex')}`,
        },
        signal: AbortSignal.any([this.signal, AbortSignal.timeout(PATIENCE_MS)]),
      });
      await response.arrayBuffer();
      delivery.status = response.status;
      delivery.state = response.ok ? 'delivered' : 'failed';
    } catch {
      // Nobody there, or no answer in time: GitHub shows the delivery as failed and goes on.
      delivery.state = 'failed';
    }
    const { event, action, id, url, status } = delivery;
    this.events.emit('webhook', { event, action, delivery: id, url, status });
  }
}
