import { createHash } from 'node:crypto';
import { DBOS } from '@dbos-inc/dbos-sdk';
import type { HostComment, HostReview, HostReviewComment } from '../code-host.ts';
import type { Answer } from '../domain/ask.ts';
import type { CiVerdict } from '../domain/ci.ts';
import type { AttemptId, RunId, TaskNumber } from '../domain/ids.ts';
import type { AttemptEnd, RunOutcome } from '../domain/run.ts';
import type { Waiting } from './rest.ts';

/** What a waiting task is told. Sent with a key, so that a repeated send arrives once. */
export type TaskSignal =
  | { type: 'run_ended'; run: RunId; outcome: RunOutcome }
  | { type: 'answered'; ask: number; answer: Answer; by: string }
  | { type: 'ci'; sha: string; verdict: CiVerdict }
  /** The head's checks were green and are red now, while the task waits for review. */
  | { type: 'turned_red'; sha: string }
  | { type: 'head_moved'; sha: string | null }
  | { type: 'pull'; state: 'merged' | 'closed' }
  | { type: 'conflict'; sha: string }
  | { type: 'review'; reviews: HostReview[]; comments: HostReviewComment[]; remarks: HostComment[] }
  | { type: 'cancel'; by: string; undone: boolean }
  | { type: 'retry'; by: string };

/** What a run is told about one of its attempts, or about itself. */
export type RunSignal = { attempt: AttemptId; end: AttemptEnd } | { type: 'cancel' };

const topic = 'signal';

/** A task may wait for weeks; then it looks again and waits on. */
const longestWaitSeconds = 30 * 24 * 60 * 60;

/** Notifications wake a waiting workflow at once; this is how often it looks by itself, in case one was lost. */
const lookAgainMs = 300_000;

/** How often a task in memory looks whether it was laid to rest ({@link ./rest.ts}). */
const restLookMs = 5_000;

export const taskWorkflowId = (task: TaskNumber): string => `task:${task}`;
export const runWorkflowId = (run: RunId): string => `run:${run}`;

export const tellTask = (task: TaskNumber, signal: TaskSignal, key: string): Promise<void> =>
  DBOS.send(taskWorkflowId(task), signal, topic, `${taskWorkflowId(task)}:${short(key)}`);

export const tellRun = (run: RunId, signal: RunSignal, key: string): Promise<void> =>
  DBOS.send(runWorkflowId(run), signal, topic, `${runWorkflowId(run)}:${short(key)}`);

/** The end of an attempt by its result, whoever tells it. */
export const resultKey = (attempt: AttemptId): string => `result:${attempt}`;

/** Keys are kept in an index, whose rows are small: the checks of a large repository make a long key. */
const short = (key: string): string => (key.length <= 200 ? key : createHash('sha256').update(key).digest('hex'));

/** The next signal to the calling workflow; null when none came within `seconds`. */
export const hear = <T>(seconds: number = longestWaitSeconds, pollingIntervalMs = lookAgainMs): Promise<T | null> =>
  DBOS.recv<T>(topic, { timeoutSeconds: seconds, pollingIntervalMs });

/** Thrown out of any wait of a task when a person cancels it. */
export class Cancelled extends Error {
  readonly by: string;
  readonly undone: boolean;
  constructor(by: string, undone: boolean) {
    super(`cancelled by ${by}`);
    this.by = by;
    this.undone = undone;
  }
}

/** Thrown out of any wait of a task when its pull request is merged or closed on the code host. */
export class Ended extends Error {
  readonly state: 'merged' | 'closed';
  constructor(state: 'merged' | 'closed') {
    super(`pull request ${state}`);
    this.state = state;
  }
}

const ends = ({ type }: TaskSignal): boolean => type === 'cancel' || type === 'pull';

/** A task's letters: what is waited for is taken, what ends the task is thrown, all else is kept in order for later. */
export interface Mailbox {
  /** The first signal that `wanted` accepts. */
  take<T extends TaskSignal>(wanted: (signal: TaskSignal) => signal is T): Promise<T>;
  /** As `take`, but nothing interrupts it: for the tidying up after an end. */
  takeLast<T extends TaskSignal>(wanted: (signal: TaskSignal) => signal is T): Promise<T>;
  /** Puts a signal back, for who takes next. */
  putBack(signal: TaskSignal): void;
  /** Drops kept signals that are out of date. */
  forget(unwanted: (signal: TaskSignal) => boolean): void;
}

export function createMailbox(waiting: Waiting): Mailbox {
  const held: TaskSignal[] = [];
  const next = () => waiting(() => hear<TaskSignal>(longestWaitSeconds, restLookMs));
  return {
    async take(wanted) {
      const at = held.findIndex((signal) => wanted(signal) || ends(signal));
      for (let [signal] = at < 0 ? [] : held.splice(at, 1); ; signal = (await next()) ?? undefined) {
        if (!signal) continue;
        if (wanted(signal)) return signal;
        if (signal.type === 'cancel') throw new Cancelled(signal.by, signal.undone);
        if (signal.type === 'pull') throw new Ended(signal.state);
        held.push(signal);
      }
    },
    async takeLast(wanted) {
      for (;;) {
        const signal = await next();
        if (!signal) continue;
        if (wanted(signal)) return signal;
        held.push(signal);
      }
    },
    putBack(signal) {
      held.unshift(signal);
    },
    forget(unwanted) {
      for (const signal of held.filter(unwanted)) held.splice(held.indexOf(signal), 1);
    },
  };
}
