import type { Task } from '../domain/task.ts';

/** What the open asks of a task are to a viewer. */
export interface Waiting {
  /** Those that they may answer and did not put off. */
  readonly now: number;
  /** All of the task. */
  readonly all: number;
}

/** How much attention an open task needs: the smaller, the more. Waits for the viewer, for others, parked, running, queued. */
function rankOf({ status }: Task, { now, all }: Waiting): number {
  if (now > 0) return 0;
  if (all > 0) return 1;
  if (status.parked) return 2;
  if (status.holder === 'you' || status.holder === 'reviewer') return 1;
  return status.holder === 'queue' ? 4 : 3;
}

/** What needs attention first; among those that wait for a person, what waits longest. */
export function byAttention(tasks: readonly Task[], waitingOf: (task: Task) => Waiting): Task[] {
  const ranks = new Map(tasks.map((task) => [task.number, rankOf(task, waitingOf(task))]));
  const rank = ({ number }: Task) => ranks.get(number) ?? 0;
  // What runs changes hands often; its number keeps it where it is in the list.
  const order = (task: Task) => (rank(task) <= 2 ? task.status.since : 0);
  return tasks.toSorted((a, b) => rank(a) - rank(b) || order(a) - order(b) || a.number - b.number);
}
