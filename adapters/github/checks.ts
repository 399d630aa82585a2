import type { CodeHost } from '../../core/code-host.ts';
import type { CheckItem } from '../../core/domain/ci.ts';
import type { Api, Target } from './api.ts';
import { checkRuns } from './check-runs.ts';
import { statusState } from './check-state.ts';

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
