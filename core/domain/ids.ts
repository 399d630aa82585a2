import { z } from 'zod';

/** A task's number as people say it: `#41`. */
export type TaskNumber = number;

/** Whether a number can be that of a task, a file or a person: those from outside can be anything. */
export const isId = (number: number): boolean => Number.isInteger(number) && number > 0 && number < 2 ** 31;

/** The n-th run of a task: `41.2`. */
export type RunId = string;

/** The n-th try at a run: `41.2.1`. Everything a worker sends back is bound to it. */
export type AttemptId = string;

export const runId = (task: TaskNumber, n: number): RunId => `${task}.${n}`;
export const attemptId = (run: RunId, n: number): AttemptId => `${run}.${n}`;

/** The task that an attempt is of. */
export const taskOf = (attempt: AttemptId): TaskNumber => Number(attempt.split('.', 1)[0]);

/** `owner/name` of a repository. GitHub's own rules: letters, digits, `-`, `_`, `.`; never `.` or `..`. */
export const repoName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/, 'expected owner/repo, e.g. acme/web');
export type RepoName = z.infer<typeof repoName>;

/**
 * The branch that belongs to a task, and the only one its worker may push. Task numbers begin anew with each database, so
 * the id of the installation keeps those of several apart.
 */
export const taskBranch = (installation: string, task: TaskNumber, title: string): string =>
  `mainloop/${installation}/${task}-${slug(title)}`;

/** Where a task's work in progress is kept between checkpoints; not a branch, so no CI runs for it. */
export const checkpointRef = (branch: string): string => `refs/mainloop/${nameOnHost(branch)}/wip`;

/** The marker by which a task's issue is found again. */
export const issueMarker = (branch: string): string => `task:${nameOnHost(branch)}`;

/** `k3x9/41`, by which nobody else calls a task; `41` where its branch is of an earlier release. */
const nameOnHost = (branch: string): string => branch.replace(/^mainloop\/((?:[^/]+\/)?\d+)-.*$/, '$1');

function slug(text: string): string {
  const words = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return words.slice(0, 40).replace(/-+$/, '') || 'task';
}
