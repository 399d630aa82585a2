import { Routes } from 'discord.js';
import { conversationKey, type Place } from '../../core/domain/chat.ts';
import type { Api } from './api.ts';
import { toFailure } from './errors.ts';
import type { Logger } from './logger.ts';
import type { Threads } from './threads.ts';

/** Discord shows "typing" for ten seconds. */
const REPEAT_MS = 8_000;
/** A turn that takes longer than this is not thinking any more. */
const LONGEST_MS = 10 * 60_000;

export interface Typing {
  show(place: Place): Promise<void>;
  end(place: Place): void;
  stop(): void;
}

/** "Mainloop is typing…", repeated until it is ended. Never throws: whether it can be written there, the answer tells. */
export function createTyping(api: Api, threads: Threads, log: Logger): Typing {
  const timers = new Map<string, NodeJS.Timeout>();

  function end(place: Place): void {
    const key = conversationKey(place);
    clearTimeout(timers.get(key));
    timers.delete(key);
  }

  async function show(place: Place, until = Date.now() + LONGEST_MS): Promise<void> {
    const key = conversationKey(place);
    end(place);
    const timer = setTimeout(() => void show(place, until), REPEAT_MS).unref();
    if (Date.now() < until) timers.set(key, timer);
    else clearTimeout(timer);
    try {
      await threads.within(place, (channel) => api.call('POST', Routes.channelTyping(channel)));
    } catch (error) {
      log.debug({ error: toFailure(error, 'repeatable').code }, 'Discord shows no typing');
      if (toFailure(error, 'repeatable').remedy === 'never' && timers.get(key) === timer) end(place);
    }
  }

  return {
    show: (place) => show(place),
    end,
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
