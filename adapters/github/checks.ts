import type { CheckItem } from '../../core/domain/ci.ts';
import type { CodeHost } from '../../core/ports.ts';
import type { Api, Target } from './api.ts';

/** Check runs (GitHub Actions and other Apps) and commit statuses, as one list. */
export function checks(api: Api): Pick<CodeHost, 'checks'> {
  return {
    checks: (repo, sha) =>
      api.call(repo, async (target) => {
        const [runs, statuses] = await Promise.all([checkRuns(target, sha), commitStatuses(target, sha)]);
        return [...runs, ...statuses];
      }),
  };
}

async function checkRuns({ octokit, at }: Target, sha: string): Promise<CheckItem[]> {
  const query = { ...at, ref: sha, filter: 'latest', per_page: 100 } as const;
  const runs = await octokit.paginate(octokit.rest.checks.listForRef, query);
  const latest = new Map<string, (typeof runs)[number]>();
  for (const run of runs) {
    const known = latest.get(run.name);
    if (!known || known.id < run.id) latest.set(run.name, run);
  }
  return [...latest.values()].map((run) => ({
    id: `check_run:${run.id}`,
    name: run.name,
    source: 'check_run',
    state: checkState(run.status, run.conclusion),
    url: run.html_url ?? run.details_url ?? '',
  }));
}

/** The combined status holds the latest of each context; its pages are read by hand, since Octokit cannot unwrap them. */
async function commitStatuses({ octokit, at }: Target, sha: string): Promise<CheckItem[]> {
  const items: CheckItem[] = [];
  for (let page = 1; ; page++) {
    const { data } = await octokit.rest.repos.getCombinedStatusForRef({ ...at, ref: sha, per_page: 100, page });
    for (const status of data.statuses)
      items.push({
        id: `status:${sha}:${status.context}`,
        name: status.context,
        source: 'status',
        state: statusState(status.state),
        url: status.target_url ?? '',
      });
    if (data.statuses.length === 0 || items.length >= data.total_count) return items;
  }
}

function checkState(status: string, conclusion: string | null): CheckItem['state'] {
  if (status !== 'completed') return 'pending';
  switch (conclusion) {
    case 'success':
    case 'cancelled':
    case 'timed_out':
    case 'action_required':
    case 'stale':
      return conclusion;
    case 'neutral':
    case 'skipped':
      return 'neutral';
    default:
      // failure, startup_failure, and whatever GitHub may add: never taken for green.
      return 'failure';
  }
}

function statusState(state: string): CheckItem['state'] {
  return state === 'success' || state === 'pending' ? state : 'failure';
}
