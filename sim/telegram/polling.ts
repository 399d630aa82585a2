import type { Update } from 'grammy/types';
import { TelegramApiError } from './errors.ts';
import type { UpdateQueue } from './queue.ts';

const MAX_TIMEOUT_S = 50;

/** Long polling: one open poll at a time, the newest wins. */
export class Polling {
  readonly #queue: UpdateQueue;
  #open: ((reason: TelegramApiError) => void) | undefined;

  constructor(queue: UpdateQueue) {
    this.#queue = queue;
  }

  /**
   * Waits up to `timeout` seconds for updates from `offset` on; what lies before is forgotten.
   * @throws TelegramApiError 409 when another poll or a webhook takes its place
   */
  async poll(o: { offset: number; limit: number; timeout: number }, signal: AbortSignal): Promise<Update[]> {
    this.conflict('terminated by other getUpdates request; make sure that only one bot instance is running');
    if (o.offset !== 0) this.#queue.confirm(o.offset);
    if (this.#queue.pending().length === 0 && o.timeout > 0) await this.#arrival(o.timeout, signal);
    if (signal.aborted) return [];
    return this.#queue
      .pending()
      .slice(0, o.limit)
      .map((entry) => {
        this.#queue.attempt(entry, 'polling');
        return entry.update;
      });
  }

  /** Ends the open poll with 409. */
  conflict(description: string): void {
    this.#open?.(new TelegramApiError(409, `Conflict: ${description}`));
  }

  #arrival(timeout: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        forget();
        signal.removeEventListener('abort', leave);
        this.#open = undefined;
      };
      const leave = (): void => {
        end();
        resolve();
      };
      const timer = setTimeout(leave, Math.min(timeout, MAX_TIMEOUT_S) * 1000);
      const forget = this.#queue.onArrival(leave);
      signal.addEventListener('abort', leave, { once: true });
      this.#open = (reason) => {
        end();
        reject(reason);
      };
    });
  }
}
