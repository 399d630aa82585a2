import type { FailureChoice } from '../domain/ask.ts';
import { firstLines, plain } from './text.ts';

/** What is known about a failure beside its code. `reason` is what the program or the worker said about it. */
export interface FailureFacts {
  readonly reason?: string;
  readonly repo?: string;
  /** How many fixes were tried. */
  readonly rounds?: string;
}

export interface FailureWords {
  readonly title: string;
  /** What happened, what I do about it, what you can do. */
  readonly reason: string;
  readonly choices: readonly FailureChoice[];
}

type Entry = (facts: {
  reason: string;
  repo: string;
  rounds: string;
}) => [title: string, happened: string, mine: string, yours: string, choices?: FailureChoice[]];

const again: FailureChoice[] = ['retry', 'take_over', 'drop'];
const pushed = 'The work so far is pushed and the sandbox is free.';
const held = 'I hold the task where it is.';

const entries: Readonly<Record<string, Entry>> = {
  repository_not_found: ({ repo }) => [
    `can't see ${repo}`,
    'GitHub shows me no such repository: it is private to me, renamed or gone.',
    held,
    'Give the GitHub App or token access to it, then try again.',
    ['retry', 'drop'],
  ],
  repository_archived: ({ repo }) => [
    `${repo} is archived`,
    'GitHub accepts no changes to an archived repository.',
    held,
    'Unarchive it and try again, or drop the task.',
    ['retry', 'drop'],
  ],
  empty_repository: ({ repo }) => [
    `${repo} is empty`,
    'There is no commit to start from.',
    held,
    'Push a first commit, then try again.',
    ['retry', 'drop'],
  ],
  forbidden: ({ repo }) => [
    `GitHub doesn't let me change ${repo}`,
    'A permission is missing.',
    held,
    'Grant contents, issues, pull requests and checks to the GitHub App or token, then try again.',
  ],
  invalid_credentials: () => [
    "a service doesn't accept my credentials",
    'A token is wrong, expired or revoked.',
    held,
    'An operator can replace it; `npm run mainloop -- doctor` says which. Then try again.',
    ['retry', 'drop'],
  ],
  rate_limited: () => [
    'a service limits my requests',
    'I waited and tried several times.',
    held,
    'Try again in an hour, or later.',
  ],
  unavailable: () => [
    'a service is not reachable',
    'I tried for a quarter of an hour.',
    held,
    'Try again when it is back.',
  ],
  conflict: () => [
    'GitHub refused a change',
    'Something changed there at the same moment.',
    held,
    'Try again; that is usually enough.',
  ],
  gone: () => [
    'something I need on GitHub is gone',
    'The issue, pull request or branch was deleted.',
    held,
    'Restore it and try again, or drop the task.',
  ],
  no_commits: () => [
    'the branch has no commits',
    'There is nothing for a pull request to show.',
    pushed,
    'Write what was expected and I try again, or drop the task.',
  ],
  no_plan: () => [
    'the worker found nothing to plan',
    '',
    held,
    'Write what it missed and I try again, or drop the task.',
    ['retry', 'drop'],
  ],
  nothing_changed: () => [
    'the worker changed nothing',
    '',
    pushed,
    'Write what it missed and I try again, or take it over.',
  ],
  ci_red: ({ rounds, reason }) => [
    `CI is still red after ${rounds === '1' ? '1 fix' : `${rounds} fixes`}`,
    `Red: ${reason}.`,
    pushed,
    'Try again, take over, ignore this check, or write what to do.',
    ['retry', 'take_over', 'ignore', 'drop'],
  ],
  no_ci: () => [
    'no check has started',
    'The branch is pushed and GitHub shows no check for it, which is not the same as green.',
    'I keep looking.',
    'Ignore it when this repository has no CI: I remember that. Or try again when CI is set up.',
    ['ignore', 'retry', 'take_over', 'drop'],
  ],
  merge_conflict: () => [
    'the branch conflicts with its base',
    'The worker could not merge them.',
    pushed,
    'Take it over and merge by hand, or try again when the base has settled.',
  ],
  branch_deleted: () => [
    'its branch was deleted',
    'Somebody deleted it on GitHub.',
    'The last checkpoint is kept.',
    'Try again and I push it anew, or drop the task.',
    ['retry', 'drop'],
  ],
  force_pushed: () => [
    'its branch was force-pushed',
    'Somebody rewrote it on GitHub.',
    'I leave their version as it is.',
    'Try again and I go on from there, or take it over.',
  ],
  pull_closed: () => [
    'its PR was closed',
    'Somebody closed it on GitHub.',
    pushed,
    'Reopen it and try again, or drop the task.',
    ['retry', 'drop'],
  ],
  overloaded: () => ['the model is overloaded', 'I tried several times.', pushed, 'Try again in a while.'],
  model_overloaded: () => ['the model is overloaded', 'I tried several times.', pushed, 'Try again in a while.'],
  model_refused: () => [
    'the model refused to do this',
    '',
    pushed,
    'Write it differently and I try again, or take it over.',
  ],
  model_not_found: () => [
    'there is no such model',
    '',
    held,
    'An operator can set another one; then try again.',
    ['retry', 'drop'],
  ],
  out_of_turns: () => [
    'the worker ran in circles',
    'It used all its turns without an end.',
    pushed,
    'Write what to do differently, or take it over.',
  ],
  clone_failed: ({ repo }) => [
    `the worker could not clone ${repo}`,
    '',
    held,
    'Check that the base branch exists and I have access, then try again.',
    ['retry', 'drop'],
  ],
  no_tests: () => [
    'the worker found no way to run the tests',
    '',
    pushed,
    'Write the command and I try again, or ignore it.',
    ['retry', 'ignore', 'take_over', 'drop'],
  ],
  worker_exited: () => [
    'the worker stopped by itself',
    'I started it again, several times.',
    pushed,
    'Try again, or look at `logs`.',
  ],
  worker_silent: () => [
    'the worker stopped answering',
    'I ended it and started it again, several times.',
    pushed,
    'Try again, or look at `logs`.',
  ],
  worker_deadline: () => [
    'the worker ran out of time',
    'I ended it at its deadline.',
    pushed,
    'Try again and it goes on from there, or write how to make it smaller.',
  ],
  worker_lost: () => [
    'the sandbox was lost',
    'I started it again, several times.',
    pushed,
    'Try again, or look at `logs`.',
  ],
  worker_died: () => ['the worker died', 'I started it again, several times.', pushed, 'Try again, or look at `logs`.'],
  worker_stopped: () => ['the worker was stopped', '', pushed, 'Try again, or drop the task.'],
  result_lost: () => ["the worker's result did not arrive", 'I started it again, several times.', pushed, 'Try again.'],
  wrong_result: () => [
    'the worker answered something else than it was asked',
    'I did not use it and started it again, several times.',
    pushed,
    'Try again, or take it over.',
  ],
  head_mismatch: () => [
    'the branch is not where the worker says it is',
    'I believe GitHub and did not use its result.',
    pushed,
    'Try again, or look at the branch.',
  ],
  budget: () => ['its budget is spent', '', pushed, 'Add to it, or drop the task.', ['retry', 'drop']],
};

/** A failure that parks a task as what a person reads: three clauses and what they can choose. Unknown codes say what is known. */
export function failureAsk(code: string, facts: FailureFacts = {}): FailureWords {
  const known = {
    reason: firstLines(facts.reason ?? '', 2),
    repo: plain(facts.repo ?? 'the repository'),
    rounds: facts.rounds ?? 'several',
  };
  const entry = Object.hasOwn(entries, code) ? entries[code] : undefined;
  const [title, happened, mine, yours, choices] = entry?.(known) ?? [
    'it could not go on',
    '',
    held,
    'Try again, or take it over.',
  ];
  const said = happened.includes(known.reason) ? '' : sentence(known.reason);
  return {
    title,
    reason: [happened, said, mine, yours].filter((clause) => clause !== '').join(' '),
    choices: choices ?? again,
  };
}

const sentence = (text: string): string =>
  text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/[.\s]+$/u, '')}.`;
