import { isFinal } from '../domain/task.ts';
import { describe } from '../errors.ts';
import type { Deps } from './deps.ts';

const everyMs = 60 * 60_000;

export interface Sweeper {
  start(): void;
  stop(): Promise<void>;
}

/**
 * Removes sandboxes that no task needs any more, at the start and every hour: a task's own end may not have come through
 * to a cluster that was away, and a restored database may not know the task.
 */
export function createSweeper({ sandbox, store, log }: Pick<Deps, 'sandbox' | 'store' | 'log'>): Sweeper {
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();

  async function sweep(): Promise<void> {
    try {
      for (const number of await sandbox.tasks()) {
        const task = await store.tasks.find(number);
        if (task && !isFinal(task.status)) continue;
        log.info({ task: number }, 'removing a sandbox that no task needs');
        await sandbox.remove(number);
      }
    } catch (error) {
      log.warn({ error: describe(error) }, 'sandboxes could not be swept');
    }
  }

  return {
    start() {
      round = sweep();
      timer = setInterval(() => {
        round = round.then(sweep);
      }, everyMs);
    },
    async stop() {
      clearInterval(timer);
      await round;
    },
  };
}
