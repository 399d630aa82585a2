import { now } from '../clock.ts';
import { readCommit } from '../git/history.ts';
import type { Repo, User } from '../model.ts';
import type { Annotation, CheckApp, CheckRun, CheckSuite, CommitStatus, Conclusion } from '../model-checks.ts';
import { checkRunShape, checkSuiteSummary } from '../shapes/check.ts';
import { commitShape, pushedCommit } from '../shapes/commit.ts';
import { repoApi } from '../shapes/repository.ts';
import type { World } from '../world.ts';
import { announce } from './announce.ts';

export interface SuiteInput {
  app: CheckApp;
  headSha: string;
  headBranch: string;
  before?: string;
  pulls?: number[];
}

export function createSuite(world: World, repo: Repo, input: SuiteInput): CheckSuite {
  const at = now();
  const suite: CheckSuite = {
    id: world.nextId(),
    app: input.app,
    headSha: input.headSha,
    headBranch: input.headBranch,
    before: input.before ?? input.headSha,
    pulls: input.pulls ?? [],
    status: 'queued',
    conclusion: null,
    createdAt: at,
    updatedAt: at,
  };
  repo.suites.push(suite);
  return suite;
}

export function createCheck(world: World, repo: Repo, suite: CheckSuite, name: string, id = world.nextId()): CheckRun {
  const check: CheckRun = {
    id,
    suite,
    app: suite.app,
    name,
    headSha: suite.headSha,
    status: 'queued',
    conclusion: null,
    startedAt: now(),
    completedAt: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
  };
  repo.checks.push(check);
  return check;
}

/** The `check_run` webhook: `created` once, `completed` at the end. */
export function announceCheck(world: World, repo: Repo, sender: User, check: CheckRun, action: string): void {
  const check_run = { ...checkRunShape(world, repo, check), check_suite: checkSuiteSummary(world, repo, check.suite) };
  announce(world, repo, sender, 'check_run', action, { check_run });
  emitCheck(world, repo, check);
}

export function emitCheck(world: World, repo: Repo, check: CheckRun): void {
  const { name, status, conclusion, headSha: sha } = check;
  world.events.emit('check', { repo: repo.fullName, sha, name, status, conclusion });
}

export async function announceSuite(
  world: World,
  repo: Repo,
  sender: User,
  suite: CheckSuite,
  action: string,
): Promise<void> {
  const head_commit = pushedCommit(world, repo, await readCommit(repo.directory, suite.headSha));
  const check_suite = { ...checkSuiteSummary(world, repo, suite), head_commit };
  announce(world, repo, sender, 'check_suite', action, { check_suite });
}

/** What all checks of a suite come to: GitHub takes the worst. */
export function worst(conclusions: (Conclusion | null)[]): Conclusion {
  const order: Conclusion[] = ['failure', 'timed_out', 'cancelled', 'action_required', 'success', 'neutral', 'skipped'];
  return order.find((conclusion) => conclusions.includes(conclusion)) ?? 'success';
}

/** A check of another App on a commit, completed at once unless `conclusion` is absent. */
export async function addForeignCheck(
  world: World,
  repo: Repo,
  sender: User,
  input: {
    sha: string;
    branch: string;
    name: string;
    app: CheckApp;
    conclusion?: Conclusion;
    summary?: string;
    annotations?: Annotation[];
  },
): Promise<CheckRun> {
  const known = repo.suites.find((suite) => suite.headSha === input.sha && suite.app.id === input.app.id);
  const suite = known ?? createSuite(world, repo, { app: input.app, headSha: input.sha, headBranch: input.branch });
  const check = createCheck(world, repo, suite, input.name);
  check.output.summary = input.summary ?? null;
  check.annotations = input.annotations ?? [];
  check.status = 'in_progress';
  announceCheck(world, repo, sender, check, 'created');
  if (!input.conclusion) return check;
  Object.assign(check, { status: 'completed', conclusion: input.conclusion, completedAt: now() });
  const all = repo.checks.filter((other) => other.suite === suite);
  if (all.every((other) => other.status === 'completed'))
    Object.assign(suite, {
      status: 'completed',
      conclusion: worst(all.map((other) => other.conclusion)),
      updatedAt: now(),
    });
  announceCheck(world, repo, sender, check, 'completed');
  if (suite.status === 'completed') await announceSuite(world, repo, sender, suite, 'completed');
  return check;
}

export interface StatusInput {
  state: CommitStatus['state'];
  context?: string;
  description?: string | null;
  targetUrl?: string | null;
}

/** A commit status, the older way to say green or red; announced by the `status` webhook. */
export async function createStatus(
  world: World,
  repo: Repo,
  user: User,
  sha: string,
  input: StatusInput,
): Promise<CommitStatus> {
  const status: CommitStatus = {
    id: world.nextId(),
    sha,
    state: input.state,
    context: input.context ?? 'default',
    description: input.description ?? null,
    targetUrl: input.targetUrl ?? null,
    creator: user,
    createdAt: now(),
  };
  repo.statuses.push(status);
  const { id, state, context, description, createdAt } = status;
  announce(world, repo, user, 'status', null, {
    id,
    sha,
    name: repo.fullName,
    avatar_url: null,
    target_url: status.targetUrl,
    context,
    description,
    state,
    commit: commitShape(world, repo, await readCommit(repo.directory, sha)),
    branches: [
      { name: repo.defaultBranch, commit: { sha, url: `${repoApi(world, repo)}/commits/${sha}` }, protected: false },
    ],
    created_at: createdAt,
    updated_at: createdAt,
  });
  const conclusion = state === 'pending' ? null : state === 'success' ? 'success' : 'failure';
  world.events.emit('check', {
    repo: repo.fullName,
    sha,
    name: context,
    status: conclusion ? 'completed' : 'in_progress',
    conclusion,
  });
  return status;
}
