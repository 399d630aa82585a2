import type { Doc, ProgressStep } from '../domain/chat.ts';
import { progressSteps, type WorkerActivity } from '../domain/progress.ts';
import { isFinal, type Task } from '../domain/task.ts';
import { type AskView, askNeed, whoAndWhere } from './ask.ts';
import { details, links, taskTitle } from './names.ts';
import { holderSentence, nextLook, nextStep, shortStatus } from './status.ts';
import { cut, ended, firstLines, headline, plain } from './text.ts';
import { ago, count, money, span } from './time.ts';
import { nothingNeeded } from './why.ts';

/** What the steps of a task are told by. */
export interface StepFacts {
  readonly activity: WorkerActivity;
  /** The task's asks, open and settled. */
  readonly asks: readonly AskView[];
  /** What CI says, one clause: `2 of 3 checks are green`. */
  readonly ci: string | null;
}

export interface ProgressFacts extends StepFacts {
  readonly now: number;
  /** Whom it waits for where that is not the reader. */
  readonly who?: string;
  /** The task's page. */
  readonly taskUrl: string | null;
  /** What the sandbox warns of. */
  readonly warning?: string | null;
}

/** The one message of a task that is edited in place: the person's part, then its steps, then cost and links. */
export function progressCard(task: Task, facts: ProgressFacts): Doc {
  const { asks, now, taskUrl, who = 'you', warning = null } = facts;
  const open = asks.filter((ask) => ask.state === 'open');
  const where = [task.repo, ...links(task), ...details(taskUrl)].join(' · ');
  return {
    title: `#${task.number} ${taskTitle(task)}`,
    text: [personsPart(task, open, now, who), where, ...warned(warning)].join('\n'),
    steps: taskSteps(task, facts),
    note: `${span(endOf(task, now) - task.createdAt)}, ${money(task.spentUsd)} of ${money(task.budgetUsd)}`,
  };
}

/** A sandbox whose walls were not found standing says so on every card, by whoever's decision it runs. */
const warned = (warning: string | null): string[] => (warning ? [`⚠ **Not isolated**: ${plain(warning)}`] : []);

/** The steps of a task, with what is to be said of each. */
export const taskSteps = (task: Task, { activity, asks, ci }: StepFacts): ProgressStep[] =>
  progressSteps(task, {
    plan: { title: 'Plan', detail: planDetail(task, asks) },
    implement: { title: 'Implementing', detail: workDetail(task, activity, 'implementing') },
    ci: {
      title: 'CI',
      detail: task.status.phase === 'fixing' ? workDetail(task, activity, 'fixing') : (plainOr(ci) ?? undefined),
    },
    review: {
      title: 'Review',
      detail: task.status.phase === 'addressing' ? workDetail(task, activity, 'addressing') : undefined,
    },
  });

const waitsForPerson = ({ status }: Task): boolean => status.holder === 'you' || status.holder === 'reviewer';

/** The clock of a card stops while a person holds the task, so that a waiting card needs no edits. */
const endOf = (task: Task, now: number): number => task.endedAt ?? (waitsForPerson(task) ? task.status.since : now);

/** The first line: what is wanted from the person, or that nothing is, with who holds the task and what comes next. */
function personsPart(task: Task, open: readonly AskView[], now: number, who: string): string {
  if (isFinal(task.status)) return ended(holderSentence(task, now));
  if (waitsForPerson(task)) {
    const needs = open.map(askNeed).join(', ') || plain(task.status.detail) || 'ready for review';
    return ended(`⏸ **Waiting for ${who}**: ${needs}`);
  }
  return [nothingNeeded, ended(holderSentence(task, now)), nextLook(task, now), nextStep(task)]
    .filter((part) => part !== '')
    .join(' ');
}

const plainOr = (text: string | null): string | null => (text === null ? null : plain(text));

function planDetail(task: Task, asks: readonly AskView[]): string | undefined {
  const approved = asks.findLast((ask) => ask.kind === 'plan' && ask.answer?.type === 'approve');
  if (approved) return `approved${whoAndWhere(approved)}`;
  return task.status.phase === 'approval' ? 'to be approved' : undefined;
}

function workDetail(
  task: Task,
  { commits, doing }: WorkerActivity,
  phase: Task['status']['phase'],
): string | undefined {
  const now =
    task.status.phase === phase && task.status.holder === 'worker' && doing !== ''
      ? `now: ${cut(plain(headline(doing, 200)), 80)}`
      : '';
  return [commits > 0 ? count(commits, 'commit') : '', now].filter((part) => part !== '').join(' · ') || undefined;
}

export interface DoneFacts {
  readonly commits: number;
  readonly summary: string;
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
  readonly minutes: number;
  /** False in a repository of which a person said that it has no CI. */
  readonly ci: boolean;
}

/** The one notification of success in the thread: ready for review, with what it took. */
export function doneNotice(task: Task, { commits, summary, checks, minutes, ci }: DoneFacts): Doc {
  const pull = task.pull ? `[PR ${task.pull.number}](${task.pull.url})` : `branch ${task.branch}`;
  const facts = [
    pull,
    ...(commits > 0 ? [count(commits, 'commit')] : []),
    checksWord({ checks, ci }),
    span(minutes * 60_000),
    money(task.spentUsd),
  ];
  const text = [`Yours to review: ${facts.join(', ')}.`, firstLines(summary, 3)]
    .filter((part) => part !== '')
    .join('\n');
  return {
    title: `✔ #${task.number} is ready for review`,
    text,
    ...(task.pull ? { buttons: [[{ label: 'Open PR', url: task.pull.url, style: 'primary' }]] } : {}),
  };
}

/** CI is green when a task is ready; a check of the worker's own that failed is said all the same. */
function checksWord({ checks, ci }: Pick<DoneFacts, 'checks' | 'ci'>): string {
  const red = checks.filter((check) => !check.ok);
  const word = ci ? 'CI green' : 'no CI here';
  if (red.length === 0) return word;
  return `${word}, but the worker saw ${red.map((check) => plain(check.name)).join(', ')} fail`;
}

/** A line in the thread: the issue was deleted or switched off, so nobody is heard there. The work goes on. */
export const issueGone = ({ number, issue }: Task): Doc => ({
  text: `The issue${issue ? ` ${issue.number}` : ''} of #${number} is gone from GitHub: it was deleted, or the repository has no issues any more. Nothing is lost, and the work goes on; what I would read there, tell me here.`,
});

const glyph = (task: Task): string => {
  const { phase, holder } = task.status;
  if (phase === 'merged') return '✔';
  if (isFinal(task.status)) return '✖';
  if (holder === 'you' || holder === 'reviewer' || holder === 'model') return '⏸';
  return holder === 'queue' ? '○' : '▶';
};

/** One task as one line of a list. */
export const taskLine = (task: Task, now: number): string =>
  `${glyph(task)} **#${task.number}** ${taskTitle(task)} · ${task.repo} · ${shortStatus(task)} · ${ago(task.status.since, now)}`;

/** A list of tasks, in the order given. */
export function taskList(tasks: readonly Task[], now: number): Doc {
  if (tasks.length === 0) return { text: 'No tasks. Tell me what to work on, in your own words.' };
  const waiting = tasks.filter(waitsForPerson).length;
  const first =
    waiting > 0
      ? `${waiting} of ${count(tasks.length, 'task')} ${waiting === 1 ? 'waits' : 'wait'} for you`
      : `${count(tasks.length, 'task')}, none waits for you`;
  return { title: first, text: tasks.map((task) => taskLine(task, now)).join('\n') };
}
