import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AttemptId } from '../../core/domain/ids.ts';
import type { Spend } from '../../core/door.ts';
import { describe, Failure, isRetryable } from '../../core/errors.ts';

/** How long a call's end waits for its charge to be taken; after that it is told in the background. */
const waitMs = 5_000;
const firstRetryMs = 100;
const longestRetryMs = 5_000;

export interface Charges {
  /** Tells a charge until it is taken; resolves when it is, or after {@link waitMs}. */
  tell(attempt: AttemptId, spend: Spend): Promise<void>;
  /** Resolves when the attempt has no charge that is still to be told. Throws Failure `unavailable` when that takes long. */
  settled(attempt: AttemptId): Promise<void>;
  /** Waits for all of them, at most `ms`. */
  drain(ms: number): Promise<void>;
}

/**
 * Charges that must not be lost while the program restarts. There are never more than model calls under way: a new call
 * is admitted, with what is left of the budget, when nothing is still to be told.
 */
export function createCharges(send: (attempt: AttemptId, spend: Spend) => Promise<void>, log: Logger): Charges {
  const pending = new Map<string, { attempt: AttemptId; told: Promise<void> }>();

  async function deliver(attempt: AttemptId, spend: Spend): Promise<void> {
    for (let wait = firstRetryMs; ; wait = Math.min(wait * 2, longestRetryMs)) {
      try {
        return await send(attempt, spend);
      } catch (error) {
        if (!isRetryable(error)) {
          log.error({ err: error, attempt, spend }, 'a charge was refused: it is in no budget');
          return;
        }
        log.warn({ attempt, charge: spend.id, reason: describe(error) }, 'a charge waits for the program');
        await sleep(wait);
      }
    }
  }

  const within = async (told: Promise<unknown>, ms: number): Promise<boolean> => {
    const late = new AbortController();
    const first = await Promise.race([
      told.then(() => true),
      sleep(ms, false, { signal: late.signal }).catch(() => false),
    ]);
    late.abort();
    return first;
  };

  return {
    async tell(attempt, spend) {
      const told = deliver(attempt, spend).finally(() => pending.delete(spend.id));
      pending.set(spend.id, { attempt, told });
      await within(told, waitMs);
    },
    async settled(attempt) {
      const own = [...pending.values()].filter((charge) => charge.attempt === attempt);
      if (own.length === 0 || (await within(Promise.all(own.map(({ told }) => told)), waitMs))) return;
      throw new Failure('What was spent is not counted yet.', { code: 'unavailable', remedy: 'retry' });
    },
    async drain(ms) {
      const all = Promise.all([...pending.values()].map(({ told }) => told));
      if (pending.size === 0 || (await within(all, ms))) return;
      log.error({ charges: [...pending.keys()] }, 'charges were not told before the end');
    },
  };
}
