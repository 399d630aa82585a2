import type { Phase, Task } from '../domain/task.ts';
import { plain } from './text.ts';
import { clock, soon, span } from './time.ts';

/** What a worker does in a phase. */
const doing: Partial<Record<Phase, string>> = {
  planning: 'reading the repository and writing the plan',
  implementing: 'implementing',
  fixing: 'fixing CI',
  addressing: 'addressing the review',
};

/** What follows when the present step ends well. */
const after: Record<Phase, string> = {
  planning: 'Then I ask you to read the plan.',
  approval: 'Then a worker implements it.',
  implementing: 'Then CI runs.',
  ci: 'Then I mark the PR ready for review.',
  fixing: 'Then CI runs again.',
  review: 'Comment on the PR and I change it; merge it and the task is done.',
  addressing: 'Then CI runs again and I answer each comment.',
  merged: '',
  closed: '',
  cancelled: '',
};

/** Why the model's side did not answer, one clause; the worker tries again by itself. */
export function modelTrouble(status: number): string {
  if (status === 529) return 'Anthropic is overloaded (529), the worker tries again';
  if (status === 429) return 'Anthropic limits how much we may ask (429), the worker tries again';
  return `Anthropic answers with an error (${status}), the worker tries again`;
}

/** What follows; nothing for a parked task, where it depends on what the person decides. */
export const nextStep = ({ status }: Task): string => (status.parked ? '' : after[status.phase]);

/** What a task that waits says about itself, without the last dot. */
const detailOf = (task: Task): string => plain(task.status.detail.trim()).replace(/[.\s]+$/u, '');

const withDetail = (task: Task): string => (detailOf(task) === '' ? '' : `: ${detailOf(task)}`);

/**
 * Who holds the task, since when and over what, as one sentence without its dot. `needs` is what the open asks want; it
 * says more than the status does. `who`: whom it waits for where it waits for a person, as the reader calls them.
 */
export function holderSentence(task: Task, now: number, needs = '', who = 'you'): string {
  const { status } = task;
  const since = `for ${span(now - status.since)}`;
  const wanted = needs === '' ? withDetail(task) : `: ${needs}`;
  switch (status.holder) {
    case 'you':
      return status.parked
        ? `⏸ **#${task.number} is parked and waits for ${who}**, ${since}${wanted}. Its work is pushed and the sandbox is free`
        : `⏸ **#${task.number} waits for ${who}**, ${since}${wanted}`;
    case 'worker':
      return `**The worker holds it**, ${doing[status.phase] ?? 'at work'} ${since}${withDetail(task)}`;
    case 'queue':
      return `**The queue holds it**, ${since}${withDetail(task)}`;
    case 'cluster':
      return `**The cluster holds it**, ${since}${withDetail(task)}`;
    case 'model':
      return `⏸ **The model holds it**, ${since}${withDetail(task)}`;
    case 'ci':
      return `**CI holds it**, ${since}${withDetail(task)}`;
    case 'reviewer':
      return `⏸ **#${task.number} waits for a review**, ${since}${withDetail(task)}`;
    case 'nobody':
      return ending(task, now);
  }
}

/** How a finished task ended. */
function ending(task: Task, now: number): string {
  const took = span((task.endedAt ?? now) - task.createdAt);
  switch (task.status.phase) {
    case 'merged':
      return `✔ **#${task.number} is merged**, ${took} after it was started`;
    case 'closed':
      return `✖ **#${task.number} is closed**${withDetail(task)}`;
    case 'cancelled':
      return `✖ **#${task.number}** ${detailOf(task) || 'is cancelled'}`;
    default:
      return `**Nobody holds it**${withDetail(task)}`;
  }
}

/** When the program acts by itself, or nothing when only the holder can move the task. */
export function nextLook({ status }: Task, now: number): string {
  if (status.nextAt === null) return '';
  if (status.holder === 'model') return `Next try ${soon(status.nextAt, now)}.`;
  if (status.holder === 'ci') return `I look again when GitHub calls, at the latest at ${clock(status.nextAt)}.`;
  return `I look again ${soon(status.nextAt, now)}.`;
}

/** What CI says of the work as it is now, one clause; null where it says nothing: nothing is pushed, or the work goes on. */
export function ciLine({ status }: Task, withoutCi: boolean): string | null {
  if (status.phase === 'ci') return plain(status.detail) || null;
  if (status.phase === 'fixing') return 'red';
  if (status.phase !== 'review') return null;
  return withoutCi ? 'no CI here' : 'green';
}

/** One clause for lists: `CI is running`, `waits for you: plan to read`. */
export function shortStatus(task: Task, who = 'you'): string {
  const { phase, holder, parked } = task.status;
  if (parked) return `parked${withDetail(task)}`;
  switch (holder) {
    case 'you':
      return `waits for ${who}${withDetail(task)}`;
    case 'worker':
      return doing[phase] ?? 'at work';
    case 'queue':
      return 'waits for a free worker';
    case 'cluster':
      return `waits for the cluster${withDetail(task)}`;
    case 'model':
      return `waits for the model${withDetail(task)}`;
    case 'ci':
      return `CI${withDetail(task)}`;
    case 'reviewer':
      return 'ready for review';
    case 'nobody':
      return phase;
  }
}
