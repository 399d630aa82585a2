import type { CheckResult } from '../domain/run.ts';
import type { Task } from '../domain/task.ts';
import { code, cut, headline, listed, plain } from './text.ts';

/** The pull request's title: the worker's, or the task's when it gave none. */
export const pullTitle = (title: string, task: Pick<Task, 'title'>): string =>
  headline(title.trim() === '' ? task.title : title);

export interface PullFacts {
  readonly summary: string;
  readonly checks: readonly CheckResult[];
  readonly issue: number | null;
}

/** The pull request's text: what it closes, what it does, which checks were run, what is still red. */
export function pullBody(task: Task, { summary, checks, issue }: PullFacts): string {
  const red = checks.filter((check) => !check.ok).map((check) => code(check.name));
  const parts = [
    ...(issue === null ? [] : [`Closes #${issue}`]),
    plain(summary.trim()) || plain(task.title),
    ...(red.length === 0 ? [] : [`**Still red:** ${listed(red)}`]),
    ...remaining(checks),
    ...(checks.length === 0 ? [] : [checkTable(checks)]),
    ...(task.ignoredChecks.length === 0 ? [] : [`Ignored on request: ${listed(task.ignoredChecks.map(code))}`]),
  ];
  return parts.join('\n\n');
}

const maxErrors = 10;

/** The errors of red checks that say where they are, as `file:line:column`; what else a check printed is for the log. */
function remaining(checks: PullFacts['checks']): string[] {
  const lines = checks.filter(({ ok }) => !ok).flatMap(({ output }) => output.split('\n'));
  const errors = lines.filter((line) => /^[^\s:]+:\d+:\d+:? \S/.test(line));
  if (errors.length === 0) return [];
  const shown = errors.slice(0, maxErrors).map((error) => `- ${code(cut(error, 240))}`);
  const more = errors.length - shown.length;
  return [[...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')];
}

function checkTable(checks: PullFacts['checks']): string {
  const cell = (text: string) => code(text).replace(/\|/g, '\\|');
  const rows = checks.map(
    ({ name, command, ok }) => `| ${cell(name)} | ${cell(command)} | ${ok ? '✔ passed' : '✖ failed'} |`,
  );
  return ['| check | command | result |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The worker's answer to a review comment, as it may stand in the thread. */
export const reviewReply = (text: string): string => plain(text.trim());
