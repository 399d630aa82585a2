import { describe, Failure } from '../errors.ts';
import type { Log } from './deps.ts';
import { effect } from './effect.ts';

/** An effect that only tells people something: that they cannot be told (the thread is gone) keeps no work from going on. */
export async function notice(log: Log, name: string, act: () => Promise<void>): Promise<void> {
  try {
    await effect(name, act);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    log.warn({ notice: name, error: describe(error) }, 'people not told');
  }
}
