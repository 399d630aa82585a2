import { conversationKey, type Place } from '../../core/domain/chat.ts';
import type { Client } from './client.ts';
import { targetOf } from './place.ts';

/** Telegram shows it for five seconds (https://core.telegram.org/bots/api#sendchataction). */
const EVERY_MS = 4_500;
/** Nobody is shown to be typing for longer, whatever becomes of the turn. */
const LONGEST_MS = 10 * 60_000;

/** Shows "typing…" until it is told to stop. */
export class Working {
  readonly #client: Client;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(client: Client) {
    this.#client = client;
  }

  async show(place: Place, on: boolean): Promise<void> {
    const key = conversationKey(place);
    clearInterval(this.#timers.get(key));
    this.#timers.delete(key);
    if (!on) return;
    const until = Date.now() + LONGEST_MS;
    const timer = setInterval(() => {
      if (Date.now() > until) void this.show(place, false);
      else void this.#type(place);
    }, EVERY_MS);
    this.#timers.set(key, timer.unref());
    await this.#type(place);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearInterval(timer);
    this.#timers.clear();
  }

  /** Where it cannot be shown, nothing is lost. */
  async #type(place: Place): Promise<void> {
    const target = targetOf(place);
    const topic = target && 'topic' in target ? { message_thread_id: target.topic } : {};
    await this.#client
      .inChat(place.channel, 'repeatable', (chat) => this.#client.api.sendChatAction(chat, 'typing', topic))
      .catch(() => undefined);
  }
}
