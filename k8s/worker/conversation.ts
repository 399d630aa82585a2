import { randomUUID, type UUID } from 'node:crypto';
import type { SDKUserMessage } from '@anthropic-ai/claude-agent-sdk';

/** What is said to Claude while it runs: an endless input that ends when it is closed. */
export interface Conversation extends AsyncIterable<SDKUserMessage> {
  /** Answers the message's id, by which Claude Code later says that it was taken up. */
  say(text: string): UUID;
  close(): void;
}

export function createConversation(): Conversation {
  const waiting: SDKUserMessage[] = [];
  let closed = false;
  let wake: (() => void) | undefined;
  return {
    say(text) {
      const uuid = randomUUID();
      waiting.push({ type: 'user', message: { role: 'user', content: text }, parent_tool_use_id: null, uuid });
      wake?.();
      return uuid;
    },
    close() {
      closed = true;
      wake?.();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        for (let next = waiting.shift(); next; next = waiting.shift()) yield next;
        if (closed) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
