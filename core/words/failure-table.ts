import type { FailureChoice } from '../domain/ask.ts';

export interface FailureEntry {
  /** Follows "#41 is parked:"; `{repo}` and `{fixes}` are filled in. */
  readonly title: string;
  /** What happened, said when nothing more precise is known. */
  readonly happened?: string;
  /** What I do, or did, about it. */
  readonly mine: string;
  /** What the reader can do. */
  readonly yours: string;
  /** Stands before the precise reason. */
  readonly lead?: string;
  readonly choices?: readonly FailureChoice[];
}

const held = 'I hold the task where it is.';
const pushed = 'The work so far is pushed and the sandbox is free.';
const restarted = `I started it again, several times. ${pushed}`;
const operator = 'An operator can mend it; `npm run mainloop -- doctor` says what is wrong. Then try again.';
const retryOrDrop: readonly FailureChoice[] = ['retry', 'drop'];

const host: Record<string, FailureEntry> = {
  repository_not_found: {
    title: "I can't see {repo}",
    happened: 'GitHub shows me no such repository: it is private to me, renamed or gone.',
    mine: held,
    yours: 'Give the GitHub App or token access to it, then try again.',
    choices: retryOrDrop,
  },
  repository_archived: {
    title: '{repo} is archived',
    happened: 'GitHub takes no changes to an archived repository.',
    mine: held,
    yours: 'Unarchive it and try again, or drop the task.',
    choices: retryOrDrop,
  },
  empty_repository: {
    title: '{repo} is empty',
    happened: 'There is no commit to start from.',
    mine: held,
    yours: 'Push a first commit, then try again.',
    choices: retryOrDrop,
  },
  forbidden: {
    title: 'GitHub refuses me',
    happened: 'A permission is missing.',
    mine: held,
    yours: 'Grant what is missing, then try again.',
  },
  invalid_credentials: {
    title: 'my credentials are not accepted',
    happened: 'A token is wrong, expired or revoked.',
    mine: held,
    yours: 'An operator can replace it; `npm run mainloop -- doctor` says which. Then try again.',
    choices: retryOrDrop,
  },
  rate_limited: {
    title: 'a service limits my requests',
    happened: 'I waited as long as it said, several times.',
    mine: held,
    yours: 'Try again in an hour.',
  },
  unavailable: {
    title: 'a service cannot be reached',
    happened: 'I tried for a quarter of an hour.',
    mine: held,
    yours: 'Try again when it is back.',
  },
  conflict: {
    title: 'GitHub refused a change',
    happened: 'Something changed there at the same moment.',
    mine: held,
    yours: 'Try again, or take it over.',
  },
  gone: {
    title: 'something I need on GitHub is gone',
    happened: 'The issue, the pull request or the branch was deleted.',
    mine: held,
    yours: 'Restore it and try again, or drop the task.',
  },
};

const branch: Record<string, FailureEntry> = {
  no_commits: {
    title: 'the branch has no commits',
    happened: 'There is nothing for a pull request to show.',
    mine: held,
    yours: 'Write what you expected and I try again, or drop the task.',
  },
  ci_red: {
    title: 'CI is still red after {fixes}',
    lead: 'Red: ',
    mine: pushed,
    yours: 'Try again, take over, ignore this check, or write what to do.',
    choices: ['retry', 'take_over', 'ignore', 'drop'],
  },
  no_ci: {
    title: 'no check has started',
    happened: 'GitHub shows no check for the branch.',
    mine: 'That is not the same as green, so I do not go on by myself.',
    yours: 'Ignore it if this repository has no CI, and I remember that; or try again once CI is set up.',
    choices: ['ignore', 'retry', 'take_over', 'drop'],
  },
  merge_conflict: {
    title: 'the branch conflicts with its base',
    happened: 'The worker could not merge them.',
    mine: pushed,
    yours: 'Take it over and merge by hand, or try again when the base has settled.',
  },
  branch_deleted: {
    title: 'its branch is gone',
    happened: 'Somebody deleted it on GitHub.',
    mine: 'I keep the last checkpoint of the work.',
    yours: 'Try again and I go on from there, or drop the task.',
    choices: retryOrDrop,
  },
  force_pushed: {
    title: 'its branch was force-pushed',
    happened: 'Somebody rewrote it on GitHub.',
    mine: 'I leave their version as it is.',
    yours: 'Try again and I go on from it, or take it over.',
  },
  pull_closed: {
    title: 'its PR was closed',
    happened: 'Somebody closed it on GitHub.',
    mine: pushed,
    yours: 'Reopen it and try again, or drop the task.',
    choices: retryOrDrop,
  },
  push_refused: {
    title: 'it would change what only a person may',
    lead: 'The push was refused: ',
    mine: 'I keep the last checkpoint of the work.',
    yours: 'Make that change yourself and try again, or write how to do without it.',
  },
  head_mismatch: {
    title: 'the branch is not where the worker says',
    happened: 'Its claim and GitHub differ.',
    mine: `I believe GitHub and did not use its result. ${pushed}`,
    yours: 'Try again, or look at the branch.',
  },
};

const overloaded: FailureEntry = {
  title: 'the model is overloaded',
  happened: 'I tried several times.',
  mine: pushed,
  yours: 'Try again in a while.',
};

const clusterRefuses: FailureEntry = {
  title: 'the cluster refuses to run the worker',
  mine: held,
  yours: operator,
  choices: retryOrDrop,
};

const worker: Record<string, FailureEntry> = {
  no_plan: {
    title: 'the worker found nothing to plan',
    mine: held,
    yours: 'Write what it missed and I try again, or drop the task.',
    choices: retryOrDrop,
  },
  nothing_changed: {
    title: 'the worker changed nothing',
    mine: pushed,
    yours: 'Write what it missed and I try again, or take it over.',
  },
  overloaded,
  model_refused: {
    title: 'the model refused the work',
    mine: pushed,
    yours: 'Write it differently and I try again, or take it over.',
  },
  model_not_found: {
    title: 'there is no such model',
    mine: held,
    yours: 'An operator can set another one; then try again.',
    choices: retryOrDrop,
  },
  out_of_turns: {
    title: 'the worker came to no end',
    happened: 'It used up all its turns.',
    mine: pushed,
    yours: 'Write what to do differently, or take it over.',
  },
  clone_failed: {
    title: 'the worker could not clone {repo}',
    mine: held,
    yours: 'Check that the base branch exists and that I have access, then try again.',
    choices: retryOrDrop,
  },
  worker_exited: { title: 'the worker keeps stopping', mine: restarted, yours: 'Try again, or look at `logs`.' },
  worker_silent: { title: 'the worker stopped answering', mine: restarted, yours: 'Try again, or look at `logs`.' },
  worker_lost: { title: 'the sandbox was lost', mine: restarted, yours: 'Try again, or look at `logs`.' },
  worker_out_of_memory: {
    title: 'the worker ran out of memory, twice',
    mine: `The second one had twice as much. ${pushed}`,
    yours: 'Write how to make the work smaller, or take it over.',
  },
  worker_disk_full: {
    title: 'the worker filled its disk',
    mine: pushed,
    yours: 'Write how to need less of it and I try again, or take it over.',
  },
  worker_moved: { title: 'the cluster keeps moving the worker', mine: restarted, yours: operator },
  worker_killed: { title: 'the worker keeps being killed', mine: restarted, yours: operator },
  worker_node_lost: { title: 'the cluster keeps losing nodes', mine: restarted, yours: operator },
  worker_no_room: {
    title: 'no node of the cluster has room',
    mine: `I waited ten minutes, twice. ${held}`,
    yours: 'Try again later; an operator can add a node or lower MAX_WORKERS.',
    choices: retryOrDrop,
  },
  worker_quota: {
    title: 'the worker needs more than its quota',
    mine: held,
    yours: operator,
    choices: retryOrDrop,
  },
  worker_rejected: {
    title: "the cluster's policies reject the worker",
    mine: held,
    yours: operator,
    choices: retryOrDrop,
  },
  worker_image: {
    title: "the worker's image can't be pulled",
    mine: held,
    yours: operator,
    choices: retryOrDrop,
  },
  worker_misconfigured: {
    title: "the cluster can't set the worker up",
    mine: held,
    yours: operator,
    choices: retryOrDrop,
  },
  isolation: {
    title: 'I refuse to start workers',
    lead: '',
    mine: 'A worker without its walls could reach what it must not. I hold the task where it is.',
    yours: operator,
    choices: retryOrDrop,
  },
  cluster_forbidden: clusterRefuses,
  cluster_invalid: clusterRefuses,
  cluster_unreachable: {
    title: 'the cluster does not answer',
    happened: 'I tried for a quarter of an hour.',
    mine: held,
    yours: 'Try again when it is back.',
    choices: retryOrDrop,
  },
  worker_died: { title: 'the worker keeps dying', mine: restarted, yours: 'Try again, or look at `logs`.' },
  worker_deadline: {
    title: 'the worker ran out of time',
    mine: `I ended it at its deadline. ${pushed}`,
    yours: 'Try again and it goes on from there, or write how to make it smaller.',
  },
  worker_stopped: { title: 'the worker was stopped', mine: pushed, yours: 'Try again, or drop the task.' },
  result_lost: { title: 'its result did not arrive', mine: restarted, yours: 'Try again, or look at `logs`.' },
  wrong_result: {
    title: 'the worker answered something else than asked',
    mine: `I did not use it. ${restarted}`,
    yours: 'Try again, or take it over.',
  },
  budget: {
    title: 'its budget is spent',
    mine: pushed,
    yours: 'Add to it, or drop the task.',
    choices: retryOrDrop,
  },
};

/** Every failure that has words of its own, by its code. */
export const failureTable: Readonly<Record<string, FailureEntry>> = {
  ...host,
  ...branch,
  ...worker,
  model_overloaded: overloaded,
};
