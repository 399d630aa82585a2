import { isAmbiguous } from './errors.ts';

const TRIES = 3;
const LOOK_AGAIN_MS = 500;

/**
 * Creates something at most once: looks, creates, and when the fate of the creation is unknown (timeout, 5xx, dropped
 * connection) looks again before it repeats. `find` answers null when there is nothing.
 */
export async function ensure<T>(find: () => Promise<T | null>, create: () => Promise<T>): Promise<T> {
  const found = await find();
  if (found !== null) return found;
  for (let attempt = 1; ; attempt++) {
    try {
      return await create();
    } catch (error) {
      if (!isAmbiguous(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS * attempt));
      const late = await find();
      if (late !== null) return late;
      if (attempt === TRIES) throw error;
    }
  }
}

/** Runs works of one name one after the other, so that two of them never both look and then both create. */
export function createTurns(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const before = last.get(name);
    const mine = (before ?? Promise.resolve()).then(work, work);
    last.set(name, mine);
    try {
      return await mine;
    } finally {
      if (last.get(name) === mine) last.delete(name);
    }
  };
}
