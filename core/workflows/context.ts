import type { Place } from '../domain/chat.ts';
import type { TaskNumber } from '../domain/ids.ts';
import type { Wish } from '../domain/task.ts';
import type { Deps } from './deps.ts';
import type { Mailbox } from './signals.ts';
import type { TaskChildren } from './task.ts';

/** What the parts of a task's workflow share. */
export interface TaskContext extends TaskChildren {
  readonly deps: Deps;
  readonly number: TaskNumber;
  readonly wish: Wish;
  /** Channels that show its card too. */
  readonly elsewhere: readonly Place[];
  readonly mailbox: Mailbox;
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
