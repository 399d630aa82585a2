import { announce } from '../domain/announce.ts';
import { readCommit } from '../git/history.ts';
import type { Repo } from '../model.ts';
import type { WorkflowJob, WorkflowRun } from '../model-checks.ts';
import { pushedCommit } from '../shapes/commit.ts';
import { jobShape, workflowRunShape } from '../shapes/workflow.ts';
import type { World } from '../world.ts';

/** The `simple-commit` that runs and suites carry. */
export async function headCommit(world: World, repo: Repo, sha: string) {
  const { id, tree_id, message, timestamp, author, committer } = pushedCommit(
    world,
    repo,
    await readCommit(repo.directory, sha),
  );
  return {
    id,
    tree_id,
    message,
    timestamp,
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  };
}

/** The `workflow_run` webhook: requested, in_progress, completed. */
export async function announceRun(world: World, repo: Repo, run: WorkflowRun, action: string): Promise<void> {
  const shape = workflowRunShape(world, repo, run, await headCommit(world, repo, run.headSha));
  const workflow = {
    id: run.workflowId,
    node_id: `W_${run.workflowId}`,
    name: run.name,
    path: run.path,
    state: 'active',
    created_at: repo.createdAt,
    updated_at: repo.createdAt,
    url: shape.workflow_url,
    html_url: `${world.url}/${repo.fullName}/blob/${repo.defaultBranch}/${run.path}`,
    badge_url: `${world.url}/${repo.fullName}/workflows/${encodeURIComponent(run.name)}/badge.svg`,
  };
  announce(world, repo, run.actor, 'workflow_run', action, { workflow_run: shape, workflow });
}

/** The `workflow_job` webhook: queued, in_progress, completed. */
export function announceJob(world: World, repo: Repo, job: WorkflowJob, action: string): void {
  announce(world, repo, job.run.actor, 'workflow_job', action, { workflow_job: jobShape(world, repo, job) });
}
