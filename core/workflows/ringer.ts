import { EventEmitter } from 'node:events';
import type { TaskNumber } from '../domain/ids.ts';

/** Wakes long polls of a task's worker. Only a shortcut: what there is to hear is in the store. */
export interface Ringer {
  ring(task: TaskNumber): void;
  /** Resolves when the task rings, after `ms`, or when the caller goes away. */
  wait(task: TaskNumber, ms: number, signal: AbortSignal): Promise<void>;
}

export function createRinger(): Ringer {
  const bells = new EventEmitter();
  bells.setMaxListeners(0);
  return {
    ring: (task) => {
      bells.emit(String(task));
    },
    wait: (task, ms, signal) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          bells.off(String(task), done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        bells.once(String(task), done);
        signal.addEventListener('abort', done, { once: true });
        if (signal.aborted) done();
      }),
  };
}
