import type { EventEmitter } from 'node:events';
import type { Update } from 'grammy/types';
import type { TelegramDelivery, TelegramSimEvents, UpdateKind } from './types.ts';

/** Telegram keeps what the bot did not take for a day. */
const KEPT_MS = 24 * 3_600_000;
/** Sent only to bots that ask for them by name. */
const ONLY_BY_NAME = new Set<UpdateKind>(['message_reaction', 'message_reaction_count', 'chat_member']);
const FIRST_UPDATE_ID = 100_000_001;

export interface QueuedUpdate {
  update: Update;
  kind: UpdateKind;
  at: number;
  /** How often it is to come again though it was acknowledged. */
  copies: number;
  attempts: number;
  delivery?: TelegramDelivery;
}

/** Updates that wait for the bot, oldest first. */
export class UpdateQueue {
  #entries: QueuedUpdate[] = [];
  #allowed: Set<string> | undefined;
  #nextId = FIRST_UPDATE_ID;
  readonly #arrivals = new Set<() => void>();
  readonly #now: () => number;
  readonly #copies: () => number;
  readonly #watchers: EventEmitter<TelegramSimEvents>;

  constructor(o: { now: () => number; copies: () => number; watchers: EventEmitter<TelegramSimEvents> }) {
    this.#now = o.now;
    this.#copies = o.copies;
    this.#watchers = o.watchers;
  }

  /** Sets what is queued from now on; an empty list is the default, nothing leaves it as it was. */
  allow(kinds: string[] | undefined): void {
    if (kinds) this.#allowed = kinds.length > 0 ? new Set(kinds) : undefined;
  }

  /** What was asked for, if it is not the default. */
  get allowed(): string[] | undefined {
    return this.#allowed && [...this.#allowed];
  }

  allows(kind: UpdateKind): boolean {
    return this.#allowed ? this.#allowed.has(kind) : !ONLY_BY_NAME.has(kind);
  }

  push<K extends UpdateKind>(kind: K, payload: NonNullable<Update[K]>): void {
    if (!this.allows(kind)) return;
    const update = { update_id: this.#nextId, [kind]: payload } as Update;
    this.#nextId += 1;
    this.#entries.push({ update, kind, at: this.#now(), copies: this.#copies(), attempts: 0 });
    for (const wake of [...this.#arrivals]) wake();
  }

  /** What waits and is not older than a day. */
  pending(): QueuedUpdate[] {
    const oldest = this.#now() - KEPT_MS;
    this.#entries = this.#entries.filter(({ at }) => at > oldest);
    return this.#entries;
  }

  /** Forgets what lies before the offset; a negative one keeps the last `-offset` updates. */
  confirm(offset: number): void {
    const below = offset < 0 ? (this.pending().at(offset)?.update.update_id ?? 0) : offset;
    for (const entry of this.pending().filter(({ update }) => update.update_id < below)) this.acknowledge(entry);
  }

  /** Forgets one update, unless it is to come again. */
  acknowledge(entry: QueuedUpdate): void {
    if (entry.delivery) entry.delivery.acked = true;
    entry.copies -= 1;
    if (entry.copies < 0) this.#entries = this.#entries.filter((other) => other !== entry);
  }

  drop(): void {
    this.#entries = [];
  }

  /** Notes an attempt to deliver; `acked` of the record changes when the bot acknowledges. */
  attempt(entry: QueuedUpdate, via: TelegramDelivery['via']): TelegramDelivery {
    entry.attempts += 1;
    const { update, kind, attempts } = entry;
    entry.delivery = { at: this.#now(), via, updateId: update.update_id, type: kind, attempt: attempts, acked: false };
    this.#watchers.emit('delivery', entry.delivery);
    return entry.delivery;
  }

  /** Calls back at each new update until the function that comes back is called. */
  onArrival(wake: () => void): () => void {
    this.#arrivals.add(wake);
    return () => void this.#arrivals.delete(wake);
  }
}
