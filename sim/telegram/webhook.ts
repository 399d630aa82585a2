import { setTimeout as delay } from 'node:timers/promises';
import type { WebhookInfo } from 'grammy/types';
import { badRequest } from './errors.ts';
import type { QueuedUpdate, UpdateQueue } from './queue.ts';
import type { Json } from './types.ts';

export interface WebhookTiming {
  /** How long the bot may take to answer; 10,000 ms by default. */
  answerTimeoutMs: number;
  /** Waits before the next try, the last one for all that follow; 100, 500 and 2,000 ms by default. */
  retryDelaysMs: number[];
}

interface WebhookParts {
  queue: UpdateQueue;
  timing: WebhookTiming;
  /** Seconds since 1970. */
  seconds: () => number;
  /** Whether nothing can be delivered now. */
  isDown: () => boolean;
  /** Performs a call that the bot wrote into its answer. */
  call: (method: string, args: Json) => Promise<unknown>;
}

/** Delivers updates by POST, one after the other, each until the bot took it. */
export class Webhook {
  readonly #parts: WebhookParts;
  #url = '';
  #secret: string | undefined;
  #lastError: { at: number; message: string } | undefined;
  #pumping: AbortController | undefined;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
    parts.queue.onArrival(() => this.wake());
  }

  get active(): boolean {
    return this.#url !== '';
  }

  /**
   * Delivers to this address from now on; an empty one ends it. The miniature takes plain HTTP on loopback only.
   * @throws TelegramApiError 400
   */
  set(url: string, secret: string | undefined): void {
    if (url !== '' && (!URL.canParse(url) || new URL(url).hostname !== '127.0.0.1')) {
      throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
    }
    if (secret !== undefined && !/^[\w-]{1,256}$/.test(secret)) {
      throw badRequest('secret token contains unallowed characters');
    }
    this.close();
    this.#url = url;
    this.#secret = secret;
    this.#lastError = undefined;
    this.wake();
  }

  info(): WebhookInfo {
    const { queue } = this.#parts;
    const error = this.#lastError && {
      last_error_date: this.#lastError.at,
      last_error_message: this.#lastError.message,
    };
    return {
      url: this.#url,
      has_custom_certificate: false,
      pending_update_count: queue.pending().length,
      ...(this.active ? { max_connections: 40, ip_address: '127.0.0.1' } : {}),
      ...(error ?? {}),
      ...(queue.allowed ? { allowed_updates: queue.allowed as WebhookInfo['allowed_updates'] } : {}),
    } as WebhookInfo;
  }

  /** Starts to deliver what waits, unless it is being done. */
  wake(): void {
    if (!this.active || this.#pumping || this.#parts.isDown()) return;
    const pumping = new AbortController();
    this.#pumping = pumping;
    void this.#pump(pumping.signal).finally(() => {
      if (this.#pumping === pumping) this.#pumping = undefined;
    });
  }

  /** Stops delivering, in the middle of it if need be. */
  close(): void {
    this.#pumping?.abort();
    this.#pumping = undefined;
  }

  async #pump(signal: AbortSignal): Promise<void> {
    for (;;) {
      const entry = this.#parts.queue.pending()[0];
      if (!entry || signal.aborted) return;
      const error = await this.#deliver(entry, signal);
      if (signal.aborted) return;
      if (error === undefined) this.#parts.queue.acknowledge(entry);
      else {
        this.#lastError = { at: this.#parts.seconds(), message: error };
        const { retryDelaysMs } = this.#parts.timing;
        const wait = retryDelaysMs[Math.min(entry.attempts, retryDelaysMs.length) - 1] ?? 0;
        await delay(wait, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** @returns what went wrong, in Telegram's words */
  async #deliver(entry: QueuedUpdate, signal: AbortSignal): Promise<string | undefined> {
    const delivery = this.#parts.queue.attempt(entry, 'webhook');
    const error = await this.#post(entry, signal);
    if (error !== undefined) delivery.reason = error;
    return error;
  }

  async #post(entry: QueuedUpdate, signal: AbortSignal): Promise<string | undefined> {
    let answer: Response;
    let body: string;
    try {
      answer = await fetch(this.#url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(this.#secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': this.#secret }),
        },
        body: JSON.stringify(entry.update),
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.#parts.timing.answerTimeoutMs)]),
      });
      body = await answer.text();
    } catch (error) {
      return error instanceof Error && error.name === 'TimeoutError' ? 'Read timeout expired' : 'Connection failed';
    }
    if (!answer.ok) return `Wrong response from the webhook: ${answer.status} ${answer.statusText}`;
    const reply = callIn(body);
    // As the real server does, a refusal of a call in an answer is told to nobody.
    if (reply) await this.#parts.call(reply.method, reply.args).catch(() => undefined);
    return undefined;
  }
}

/** The method call that a bot may write into its answer instead of making it. */
function callIn(body: string): { method: string; args: Json } | undefined {
  try {
    const { method, ...args } = JSON.parse(body) as Json;
    return typeof method === 'string' ? { method, args } : undefined;
  } catch {
    return undefined;
  }
}
