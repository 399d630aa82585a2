import type { Inbound, Platform } from '../domain/chat.ts';
import { describe } from '../errors.ts';
import type { Chat } from '../ports.ts';
import { catchUp, markHeard } from './catchup.ts';
import type { Deps } from './deps.ts';

/** How often it is written down that the faces were listened to. */
const markEveryMs = 30_000;
const lookEveryMs = 1_000;

export interface Listening {
  /** Finds what was said while nobody listened, and from then on what is said between two connections. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Sees to it that nothing that people say is missed: at the start, and whenever a face's connection was begun anew. */
export function createListening(deps: Deps, receive: (inbound: Inbound) => Promise<void>): Listening {
  const chats = [...deps.chats.values()];
  const gaps = new Map<Platform, number>();
  const busy = new Map<Platform, Promise<void>>();
  let markedAt = 0;
  let timer: NodeJS.Timeout | undefined;

  async function look(chat: Chat, isMark: boolean): Promise<void> {
    const { connected, gapAt } = chat.health();
    // What a face has not heard must not count as heard.
    if (!connected) return;
    if (gapAt !== undefined && gaps.get(chat.platform) !== gapAt) {
      await catchUp(deps, chat, receive);
      gaps.set(chat.platform, gapAt);
    } else if (isMark) await markHeard(deps, chat);
  }

  function lookAtAll(): void {
    const isMark = Date.now() - markedAt >= markEveryMs;
    if (isMark) markedAt = Date.now();
    for (const chat of chats) {
      const { platform } = chat;
      if (busy.has(platform)) continue;
      const work = look(chat, isMark)
        .catch((error: unknown) => deps.log.warn({ platform, error: describe(error) }, 'not caught up yet'))
        .finally(() => busy.delete(platform));
      busy.set(platform, work);
    }
  }

  return {
    async start() {
      await Promise.all(chats.map((chat) => catchUp(deps, chat, receive)));
      markedAt = Date.now();
      timer = setInterval(lookAtAll, lookEveryMs);
    },
    async stop() {
      clearInterval(timer);
      await Promise.allSettled(busy.values());
    },
  };
}
