import type { MessageRef } from '../../core/domain/chat.ts';

const REMEMBERED = 5_000;

/**
 * What this process has sent, by key. Telegram neither keeps a key with a message nor lets a bot read a chat, so this is
 * all that can be found again: a post whose answer was lost, or that a killed program made, is sent a second time.
 */
export class Sent {
  readonly #refs = new Map<string, MessageRef>();

  note(key: string, ref: MessageRef): void {
    this.#refs.delete(key);
    this.#refs.set(key, ref);
    const [oldest] = this.#refs.keys();
    if (this.#refs.size > REMEMBERED && oldest !== undefined) this.#refs.delete(oldest);
  }

  find(key: string): MessageRef | null {
    return this.#refs.get(key) ?? null;
  }
}
