import type { ConversationKey } from '../domain/chat.ts';

/**
 * Lets a person stop the assistant while it speaks. Kept in memory: an answer that a killed program cut off is spoken anew,
 * and can be stopped again.
 */
export interface Interrupts {
  /** Runs what speaks in a conversation; the signal tells when it shall stop. */
  during<T>(conversation: ConversationKey, speak: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Stops what is spoken there now, if anything is. */
  stop(conversation: ConversationKey): void;
}

export function createInterrupts(): Interrupts {
  const speaking = new Map<ConversationKey, AbortController>();
  return {
    async during(conversation, speak) {
      const controller = new AbortController();
      speaking.set(conversation, controller);
      try {
        return await speak(controller.signal);
      } finally {
        speaking.delete(conversation);
      }
    },
    stop: (conversation) => speaking.get(conversation)?.abort(),
  };
}
