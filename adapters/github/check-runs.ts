import type { CheckItem } from '../../core/domain/ci.ts';
import type { Target } from './api.ts';
import { checkState, weight } from './check-state.ts';
import { toFailure } from './errors.ts';

/** A check under its name, and what it belongs to: a newer one of the same owner and name replaces it. */
interface Candidate extends CheckItem {
  readonly number: number;
  readonly owner: string;
}

/**
 * The check runs of a commit, one per name. Workflows that run on both `push` and `pull_request` make two checks of the same
 * name, of which the worse counts; a run that was repeated (pull request closed and reopened) replaces its predecessor.
 */
export async function checkRuns(target: Target, sha: string): Promise<CheckItem[]> {
  const candidates = await readCheckRuns(target, sha).catch((error: unknown) => {
    // Fine-grained personal tokens cannot read check runs of private repositories; the jobs of Actions they can.
    if (toFailure(error).code !== 'forbidden') throw error;
    return null;
  });
  if (!candidates) return onePerName(await readJobs(target, sha));
  const disputed = [...byName(candidates).values()].some((same) => new Set(same.map(({ state }) => state)).size > 1);
  return onePerName(disputed ? await dropReplaced(target, sha, candidates) : candidates);
}

async function readCheckRuns({ octokit, at }: Target, sha: string): Promise<Candidate[]> {
  const query = { ...at, ref: sha, filter: 'latest', per_page: 100 } as const;
  const runs = await octokit.paginate(octokit.rest.checks.listForRef, query);
  return runs.map((run) => ({
    // A job of Actions and its check run have the same number.
    id: `${run.app?.slug === 'github-actions' ? 'job' : 'check_run'}:${run.id}`,
    name: run.name,
    source: 'check_run',
    state: checkState(run.status, run.conclusion),
    url: run.html_url ?? run.details_url ?? '',
    number: run.id,
    owner: run.app?.slug === 'github-actions' ? `suite ${run.check_suite?.id}` : `app ${run.app?.id}`,
  }));
}

async function dropReplaced(target: Target, sha: string, candidates: readonly Candidate[]): Promise<Candidate[]> {
  const workflows = new Map(
    (await workflowRuns(target, sha)).map((run) => [`suite ${run.check_suite_id}`, workflowOf(run)]),
  );
  const newest = new Map<string, Candidate>();
  for (const each of candidates) {
    const key = `${workflows.get(each.owner) ?? each.owner} ${each.name}`;
    const known = newest.get(key);
    if (!known || known.number < each.number) newest.set(key, each);
  }
  return [...newest.values()];
}

async function readJobs(target: Target, sha: string): Promise<Candidate[]> {
  const { octokit, at } = target;
  const newest = new Map<string, Awaited<ReturnType<typeof workflowRuns>>[number]>();
  for (const run of await workflowRuns(target, sha)) {
    const known = newest.get(workflowOf(run));
    if (!known || known.id < run.id) newest.set(workflowOf(run), run);
  }
  const candidates: Candidate[] = [];
  for (const [owner, run] of newest) {
    const query = { ...at, run_id: run.id, filter: 'latest', per_page: 100 } as const;
    for (const job of await octokit.paginate(octokit.rest.actions.listJobsForWorkflowRun, query))
      candidates.push({
        id: `job:${job.id}`,
        name: job.name,
        source: 'check_run',
        state: checkState(job.status, job.conclusion),
        url: job.html_url ?? '',
        number: job.id,
        owner,
      });
  }
  return candidates;
}

function workflowRuns({ octokit, at }: Target, sha: string) {
  return octokit.paginate(octokit.rest.actions.listWorkflowRunsForRepo, { ...at, head_sha: sha, per_page: 100 });
}

function workflowOf(run: { workflow_id: number; event: string }): string {
  return `workflow ${run.workflow_id} ${run.event}`;
}

function byName(candidates: readonly Candidate[]): Map<string, Candidate[]> {
  return Map.groupBy(candidates, ({ name }) => name);
}

function onePerName(candidates: readonly Candidate[]): CheckItem[] {
  return [...byName(candidates).values()].flatMap((same) => {
    const [worst] = same.toSorted((a, b) => weight(b.state) - weight(a.state) || b.number - a.number);
    if (!worst) return [];
    const { id, name, source, state, url } = worst;
    return [{ id, name, source, state, url }];
  });
}
