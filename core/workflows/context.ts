import type { TaskNumber } from '../domain/ids.ts';
import type { Wish } from '../domain/task.ts';
import type { Deps } from './deps.ts';
import type { RunInput } from './run.ts';
import type { Mailbox } from './signals.ts';

/** What the parts of a task's workflow share. */
export interface TaskContext {
  readonly deps: Deps;
  readonly number: TaskNumber;
  readonly wish: Wish;
  readonly mailbox: Mailbox;
  readonly startRun: (input: RunInput) => Promise<void>;
  readonly startAsk: (ask: number) => Promise<void>;
  /** Counts runs and asks of this task; deterministic, so it names them. */
  readonly count: { runs: number; asks: number };
  /** The task's issue, once it is there. */
  issue: { readonly number: number; readonly url: string } | null;
  /** Its progress card was posted. */
  isShown: boolean;
}

/** Thrown when a person lets a task go instead of answering. */
export class Dropped extends Error {
  readonly by: string;
  constructor(by: string) {
    super(`dropped by ${by}`);
    this.by = by;
  }
}
