import { now } from '../clock.ts';
import { createCheck, createSuite } from '../domain/checks.ts';
import type { Repo, User } from '../model.ts';
import type { WorkflowJob, WorkflowRun } from '../model-checks.ts';
import type { World } from '../world.ts';
import { plannedSteps } from './job.ts';
import type { Workflow, WorkflowJobFile } from './workflow-file.ts';

export interface RunInput {
  event: 'push' | 'pull_request';
  branch: string;
  sha: string;
  before?: string;
  title: string;
  actor: User;
  pulls: number[];
}

const workflowIds = new WeakMap<Repo, Map<string, number>>();

function workflowId(world: World, repo: Repo, path: string): number {
  const ids = workflowIds.get(repo) ?? new Map<string, number>();
  workflowIds.set(repo, ids);
  const id = ids.get(path) ?? world.nextId();
  ids.set(path, id);
  return id;
}

/** A queued run with its check suite, without jobs. */
export function createRun(world: World, repo: Repo, workflow: Workflow, input: RunInput): WorkflowRun {
  const { sha: headSha, branch: headBranch, before, pulls } = input;
  const suite = createSuite(world, repo, {
    app: world.actionsApp,
    headSha,
    headBranch,
    pulls,
    ...(before ? { before } : {}),
  });
  const at = now();
  const run: WorkflowRun = {
    id: world.nextId(),
    workflowId: workflowId(world, repo, workflow.path),
    number: repo.runs.filter((known) => known.path === workflow.path).length + 1,
    attempt: 1,
    name: workflow.name,
    path: workflow.path,
    title: input.title,
    event: input.event,
    headBranch,
    headSha,
    actor: input.actor,
    pulls,
    suite,
    status: 'queued',
    conclusion: null,
    createdAt: at,
    updatedAt: at,
    startedAt: at,
  };
  repo.runs.push(run);
  return run;
}

/** A queued job with its check run. */
export function createJob(world: World, repo: Repo, run: WorkflowRun, file: WorkflowJobFile): WorkflowJob {
  const id = world.nextId();
  const job: WorkflowJob = {
    id,
    run,
    attempt: run.attempt,
    key: file.key,
    name: file.name,
    check: createCheck(world, repo, run.suite, file.name, id),
    status: 'queued',
    conclusion: null,
    createdAt: now(),
    startedAt: null,
    completedAt: null,
    steps: plannedSteps(file),
    log: Buffer.alloc(0),
  };
  repo.jobs.push(job);
  return job;
}
