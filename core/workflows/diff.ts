import type { TaskNumber } from '../domain/ids.ts';
import type { Task } from '../domain/task.ts';
import { describe } from '../errors.ts';
import type { Outside } from './deps.ts';

/** The type of the event that keeps what a branch changes. */
export const diffRead = 'diff_read';

export interface DiffReader {
  /** Reads what a task's head changes, soon and beside everything else; returns at once. */
  read(task: Pick<Task, 'number' | 'repo' | 'base' | 'head'>): void;
  /** Resolves when nothing is being read. */
  stop(): Promise<void>;
}

/** Pages ask again with every view; the code host that just failed is left alone for so long. */
const pauseMs = 60_000;

/** Reads from the code host what tasks' branches change, once for each head. The task's history keeps it. */
export function createDiffReader({ host, store, log }: Pick<Outside, 'host' | 'store' | 'log'>): DiffReader {
  const reading = new Map<TaskNumber, Promise<void>>();
  const failedAt = new Map<TaskNumber, number>();

  const once = async (number: TaskNumber, repo: string, base: string, head: string): Promise<void> => {
    try {
      const stat = await host.diffStat?.(repo, base, head);
      if (!stat) return;
      await store.history.add({
        key: `diff:${number}:${head}`,
        at: Date.now(),
        actor: 'mainloop',
        subject: `task:${number}`,
        type: diffRead,
        data: { head, ...stat },
      });
      failedAt.delete(number);
    } catch (error) {
      failedAt.set(number, Date.now());
      log.warn({ task: number, error: describe(error) }, 'could not read what the branch changes');
    }
  };

  return {
    read({ number, repo, base, head }) {
      if (!host.diffStat || head === null || reading.has(number)) return;
      if (Date.now() - (failedAt.get(number) ?? 0) < pauseMs) return;
      reading.set(
        number,
        once(number, repo, base, head).finally(() => reading.delete(number)),
      );
    },
    async stop() {
      await Promise.all(reading.values());
    },
  };
}
