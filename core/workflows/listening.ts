import type { Inbound, Platform } from '../domain/chat.ts';
import { describe } from '../errors.ts';
import type { Chat } from '../ports.ts';
import { catchUp, markHeard } from './catchup.ts';
import type { Deps } from './deps.ts';

/** How often it is written down that the faces were listened to. */
const markEveryMs = 30_000;
const lookEveryMs = 1_000;
/** Pause before a catching up that failed is tried again; it doubles. */
const firstPauseMs = 2_000;
const longestPauseMs = 5 * 60_000;

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
  /** Faces that have not been caught up yet: when to try again. */
  const owed = new Map<Platform, { at: number; pause: number }>();
  let markedAt = 0;
  let timer: NodeJS.Timeout | undefined;

  async function look(chat: Chat, isMark: boolean): Promise<void> {
    const { connected, gapAt } = chat.health();
    // What a face has not heard must not count as heard.
    if (!connected) return;
    const debt = owed.get(chat.platform);
    if (debt && Date.now() < debt.at) return;
    if (debt || (gapAt !== undefined && gaps.get(chat.platform) !== gapAt)) {
      await pay(chat, gapAt);
    } else if (isMark) await markHeard(deps, chat);
  }

  async function pay(chat: Chat, gapAt: number | undefined): Promise<void> {
    const { platform } = chat;
    const pause = Math.min(2 * (owed.get(platform)?.pause ?? firstPauseMs / 2), longestPauseMs);
    owed.set(platform, { at: Date.now() + pause, pause });
    await catchUp(deps, chat, receive);
    owed.delete(platform);
    if (gapAt !== undefined) gaps.set(platform, gapAt);
  }

  const begin = (chat: Chat): Promise<void> =>
    pay(chat, chat.health().gapAt).catch((error: unknown) =>
      deps.log.warn({ platform: chat.platform, error: describe(error) }, 'not caught up yet'),
    );

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
      await Promise.all(chats.map(begin));
      markedAt = Date.now();
      timer = setInterval(lookAtAll, lookEveryMs);
    },
    async stop() {
      clearInterval(timer);
      await Promise.allSettled(busy.values());
    },
  };
}
