import type { Place } from '../domain/chat.ts';
import { chatFor } from './delivery.ts';
import type { Deps } from './deps.ts';

/**
 * Shows in a conversation that a turn is at work, from the moment a message is stored. Nobody waits for the platform to show
 * it; only the end of the turn does, so that it never comes after the answer.
 */
export interface AtWork {
  /** Returns at once; repeated for a turn it does nothing. */
  begin(turn: string, place: Place): void;
  /** No place: another turn follows, which shows it again. */
  end(turn: string, place: Place | null): Promise<void>;
}

export function createAtWork({ chats }: Pick<Deps, 'chats'>): AtWork {
  const showing = new Map<string, Promise<void>>();
  return {
    begin(turn, place) {
      if (!showing.has(turn)) showing.set(turn, chatFor(chats, place.platform).working(place, true));
    },
    async end(turn, place) {
      await showing.get(turn);
      showing.delete(turn);
      if (place) await chatFor(chats, place.platform).working(place, false);
    },
  };
}
