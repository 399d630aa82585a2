import type { Target } from './api.ts';
import { toFailure } from './errors.ts';

export type WorkflowRun = Awaited<ReturnType<typeof list>>[number];

/** The runs of Actions on a commit; null where they cannot be read: the token may not, or the host has no Actions. */
export async function workflowRuns(target: Target, sha: string): Promise<WorkflowRun[] | null> {
  try {
    return await list(target, sha);
  } catch (error) {
    if (['forbidden', 'gone'].includes(toFailure(error).code)) return null;
    throw error;
  }
}

function list({ octokit, at }: Target, sha: string) {
  return octokit.paginate(octokit.rest.actions.listWorkflowRunsForRepo, { ...at, head_sha: sha, per_page: 100 });
}

/** The newest of each workflow and event: a run that was repeated (pull request closed and reopened) replaces its predecessor. */
export function newestRuns(runs: readonly WorkflowRun[]): WorkflowRun[] {
  const newest = new Map<string, WorkflowRun>();
  for (const run of runs) {
    const known = newest.get(workflowOf(run));
    if (!known || known.id < run.id) newest.set(workflowOf(run), run);
  }
  return [...newest.values()];
}

export function workflowOf(run: { workflow_id: number; event: string }): string {
  return `workflow ${run.workflow_id} ${run.event}`;
}
