import { DBOS, Error as EngineErrors } from '@dbos-inc/dbos-sdk';
import type { TaskNumber } from '../domain/ids.ts';
import { describe } from '../errors.ts';
import type { Outside } from './deps.ts';
import { type TaskSignal, taskWorkflowId, tellTask } from './signals.ts';

/** The queue through which tasks are taken up again; nothing in it waits for a place. */
export const wakeQueue = 'tasks';

/** How often it is asked which resting task was told something, in case a ring was lost with a killed program. */
const lookAgainMs = 30_000;

/** Runs a wait, and remembers since when the task does nothing else. */
export type Waiting = <T>(wait: () => Promise<T>) => Promise<T>;

/**
 * A task waits for weeks, and ten thousand of them are too many for a process. One that has heard nothing for a while
 * goes to rest: the engine keeps its steps and lets its function go (it calls that cancelled). Whoever tells it something
 * takes it up again, and it replays to where it was.
 */
export interface Rest {
  /** Runs a task's function; leaves memory with it. */
  awake(task: TaskNumber, act: (waiting: Waiting) => Promise<void>): Promise<void>;
  /** Tells a task something, once per key, and wakes it. */
  tell(task: TaskNumber, signal: TaskSignal, key: string): Promise<void>;
  /** Call after the engine is launched, outside of any workflow. */
  start(): void;
  stop(): Promise<void>;
}

export function createRest({ store, log, settings: { restMs } }: Pick<Outside, 'store' | 'log' | 'settings'>): Rest {
  const here = new Map<TaskNumber, { waitingSince: number | null }>();
  let told = new Set<TaskNumber>();
  let bell = Promise.withResolvers<void>();
  let rounds: Promise<void> | undefined;
  let stopped = false;
  let lookedAt = 0;

  const ring = (task: TaskNumber) => {
    told.add(task);
    bell.resolve();
  };

  /** Takes up who was told something. A task that is still here hears it there, or rings when it has left. */
  const wake = async () => {
    const all = Date.now() - lookedAt >= lookAgainMs;
    const asked = told;
    told = new Set();
    const among = all ? null : [...asked].filter((task) => !here.has(task));
    const unheard = among?.length === 0 ? [] : await store.tasks.unheard(among);
    const called = unheard.filter((task) => !here.has(task));
    if (called.length > 0) {
      await store.tasks.rouse(called);
      await DBOS.resumeWorkflows(called.map(taskWorkflowId), { queueName: wakeQueue });
    }
    if (all) lookedAt = Date.now();
  };

  const layDown = async () => {
    const before = Date.now() - restMs;
    const tired = [...here].filter(([, { waitingSince }]) => waitingSince !== null && waitingSince < before);
    if (tired.length > 0) await DBOS.cancelWorkflows(tired.map(([task]) => taskWorkflowId(task)));
  };

  const live = async () => {
    while (!stopped) {
      bell = Promise.withResolvers();
      try {
        await wake();
        await layDown();
      } catch (error) {
        lookedAt = 0;
        log.warn({ error: describe(error) }, 'resting tasks not looked at');
      }
      const timer = setTimeout(() => bell.resolve(), Math.min(restMs, lookAgainMs) / 2);
      await bell.promise;
      clearTimeout(timer);
    }
  };

  return {
    async awake(task, act) {
      const stay: { waitingSince: number | null } = { waitingSince: null };
      here.set(task, stay);
      try {
        await act(async (wait) => {
          stay.waitingSince = Date.now();
          try {
            return await wait();
          } catch (error) {
            // Laid down elsewhere it has something to do, and is taken up again at once.
            if (error instanceof EngineErrors.DBOSWorkflowCancelledError) await store.tasks.sleep(task);
            throw error;
          } finally {
            stay.waitingSince = null;
          }
        });
      } finally {
        here.delete(task);
        ring(task);
      }
    },
    async tell(task, signal, key) {
      await tellTask(task, signal, key);
      ring(task);
    },
    start() {
      rounds = live();
    },
    async stop() {
      stopped = true;
      bell.resolve();
      await rounds;
    },
  };
}
