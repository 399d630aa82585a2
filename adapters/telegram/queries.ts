import type { Client } from './client.ts';
import { toFailure } from './errors.ts';
import type { Logger } from './logger.ts';

/** How long a pressed button waits for words to show; then its spinner is stopped without any. */
const WAIT_MS = 1_200;
/** Longest text that Telegram shows (https://core.telegram.org/bots/api#answercallbackquery). */
const MAX_ANSWER = 200;
/** Longer ones stay until they are read. */
const GLANCE = 60;

/** Pressed buttons whose spinner still turns: the first answer within a moment is shown to the person alone. */
export class Queries {
  readonly #client: Client;
  readonly #log: Logger;
  readonly #open = new Map<string, NodeJS.Timeout>();

  constructor(client: Client, log: Logger) {
    this.#client = client;
    this.#log = log;
  }

  /** A button was pressed, and that is stored. */
  begin(id: string): void {
    if (this.#open.has(id)) return;
    this.#open.set(
      id,
      setTimeout(() => void this.#answer(id, {}), WAIT_MS),
    );
  }

  /** Shows the words over the chat. False when they are too long for that, or it is too late. */
  async tell(id: string, text: string): Promise<boolean> {
    if (!this.#open.has(id) || text.length > MAX_ANSWER) return false;
    return this.#answer(id, { text, show_alert: text.length > GLANCE });
  }

  /** Stops all spinners. */
  async stop(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.#answer(id, {})));
  }

  async #answer(id: string, answer: { text?: string; show_alert?: boolean }): Promise<boolean> {
    clearTimeout(this.#open.get(id));
    this.#open.delete(id);
    try {
      await this.#client.api.answerCallbackQuery(id, answer);
      return true;
    } catch (error) {
      this.#log.debug({ error: toFailure(error, 'repeatable').message }, 'a pressed button was not answered');
      return false;
    }
  }
}
