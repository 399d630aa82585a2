import type { CheckItem } from '../../core/domain/ci.ts';
import type { Target } from './api.ts';
import { checkState, weight } from './check-state.ts';
import { toFailure } from './errors.ts';
import { newestRuns, type WorkflowRun, workflowOf, workflowRuns } from './workflow-runs.ts';

/** A check under its name, and what it belongs to: a newer one of the same owner and name replaces it. */
interface Candidate extends CheckItem {
  readonly number: number;
  readonly owner: string;
}

/**
 * The check runs of a commit, one per name. Workflows that run on both `push` and `pull_request` make two checks of the same
 * name, of which the worse counts; a run that was repeated (pull request closed and reopened) replaces its predecessor.
 * A job that needs another has no check run before that has ended: until then its workflow run stands for it, as pending.
 */
export async function checkRuns(target: Target, sha: string): Promise<CheckItem[]> {
  // Before the checks: those of a run that has ended here are all there when they are read.
  const runs = await workflowRuns(target, sha);
  const candidates = await readCheckRuns(target, sha).catch((error: unknown) => {
    // Fine-grained personal tokens cannot read check runs of private repositories; the jobs of Actions they can.
    if (toFailure(error).code !== 'forbidden' || !runs) throw error;
    return readJobs(target, runs);
  });
  const disputed = [...byName(candidates).values()].some((same) => new Set(same.map(({ state }) => state)).size > 1);
  const valid = disputed ? dropReplaced(candidates, runs ?? []) : candidates;
  return onePerName([...valid, ...toCome(valid, runs ?? [])]);
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

function dropReplaced(candidates: readonly Candidate[], runs: readonly WorkflowRun[]): Candidate[] {
  const workflows = new Map(runs.map((run) => [suiteOf(run), workflowOf(run)]));
  const newest = new Map<string, Candidate>();
  for (const each of candidates) {
    const key = `${workflows.get(each.owner) ?? each.owner} ${each.name}`;
    const known = newest.get(key);
    if (!known || known.number < each.number) newest.set(key, each);
  }
  return [...newest.values()];
}

async function readJobs({ octokit, at }: Target, runs: readonly WorkflowRun[]): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const run of newestRuns(runs)) {
    const query = { ...at, run_id: run.id, filter: 'latest', per_page: 100 } as const;
    for (const job of await octokit.paginate(octokit.rest.actions.listJobsForWorkflowRun, query))
      candidates.push({
        id: `job:${job.id}`,
        name: job.name,
        source: 'check_run',
        state: checkState(job.status, job.conclusion),
        url: job.html_url ?? '',
        number: job.id,
        owner: suiteOf(run),
      });
  }
  return candidates;
}

/** Runs that go on although no check of theirs does. Suites are not asked: those of other Apps can stay queued for ever. */
function toCome(candidates: readonly Candidate[], runs: readonly WorkflowRun[]): Candidate[] {
  const going = new Set(candidates.filter(({ state }) => state === 'pending').map(({ owner }) => owner));
  return newestRuns(runs)
    .filter((run) => run.status !== 'completed' && !going.has(suiteOf(run)))
    .map((run) => ({
      id: `run:${run.id}`,
      name: `workflow ${run.name ?? run.path}`,
      source: 'check_run',
      state: 'pending',
      url: run.html_url,
      number: run.id,
      owner: suiteOf(run),
    }));
}

const suiteOf = (run: WorkflowRun): string => `suite ${run.check_suite_id}`;

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
