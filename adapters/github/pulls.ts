import type { CodeHost, PullRequest } from '../../core/code-host.ts';
import { Failure } from '../../core/errors.ts';
import type { Api, Target } from './api.ts';
import { REPEATABLE } from './client.ts';
import { ensure } from './ensure.ts';
import { messageOf, statusOf } from './errors.ts';
import { fitBody, fitTitle } from './marker.ts';

type Part = Pick<CodeHost, 'ensurePullRequest' | 'pullRequest' | 'updatePullRequest' | 'markReady'>;
interface NewPull {
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
}

export function pulls(api: Api): Part {
  return {
    ensurePullRequest: (repo, pull) =>
      api.inTurn(`${repo} pull ${pull.branch}`, () =>
        api.call(repo, (target) =>
          ensure(
            () => findOpen(target, pull.branch, pull.base),
            () => open(target, pull),
          ),
        ),
      ),

    pullRequest: (repo, number) =>
      api.call(repo, async ({ octokit, at }) =>
        toPull((await octokit.rest.pulls.get({ ...at, pull_number: number })).data),
      ),

    updatePullRequest: (repo, number, { title, body }) =>
      api.call(repo, async ({ octokit, at }) => {
        const change = {
          ...(title === undefined ? {} : { title: fitTitle(title) }),
          ...(body === undefined ? {} : { body: fitBody(body) }),
        };
        if (Object.keys(change).length > 0)
          await octokit.rest.pulls.update({ ...at, pull_number: number, ...change, ...REPEATABLE });
      }),

    markReady: (repo, number) =>
      api.call(repo, async (target) => {
        const { octokit, at } = target;
        const draft = async () => (await octokit.rest.pulls.get({ ...at, pull_number: number })).data;
        const pull = await draft();
        if (!pull.draft) return;
        try {
          // Repeating it is harmless, so it is repeated like a read.
          await octokit.graphql(READY, { pull: pull.node_id, ...REPEATABLE });
        } catch (error) {
          if ((await draft()).draft) throw error;
        }
      }),
  };
}

const READY = `mutation ($pull: ID!) {
  markPullRequestReadyForReview(input: { pullRequestId: $pull }) { pullRequest { isDraft } }
}`;

/** The branch's open pull request, the one to `base` first; a closed one is never taken up again. */
async function findOpen({ octokit, at }: Target, branch: string, base: string): Promise<PullRequest | null> {
  const head = `${at.owner}:${branch}`;
  const { data } = await octokit.rest.pulls.list({ ...at, head, state: 'open', per_page: 100 });
  const ours = data.filter((pull) => pull.head.ref === branch);
  const found = ours.find((pull) => pull.base.ref === base) ?? ours[0];
  return found ? toPull(found) : null;
}

async function open(target: Target, pull: NewPull, draft = true): Promise<PullRequest> {
  const { octokit, at } = target;
  const text = { title: fitTitle(pull.title), body: fitBody(pull.body) };
  try {
    const { data } = await octokit.rest.pulls.create({ ...at, ...text, head: pull.branch, base: pull.base, draft });
    return toPull(data);
  } catch (error) {
    const said = statusOf(error) === 422 ? messageOf(error) : '';
    if (/already exists/i.test(said)) {
      const existing = await findOpen(target, pull.branch, pull.base);
      if (existing) return existing;
    }
    if (/no commits between/i.test(said)) throw noCommits(pull, error);
    // Private repositories of free accounts have no drafts.
    if (draft && /draft pull requests are not supported/i.test(said)) return open(target, pull, false);
    throw error;
  }
}

function noCommits({ branch, base }: NewPull, cause: unknown): Failure {
  return new Failure(`${branch} has no commits that ${base} lacks.`, { code: 'no_commits', remedy: 'never', cause });
}

interface GitHubPull {
  readonly number: number;
  readonly html_url: string;
  readonly state: string;
  readonly merged_at: string | null;
  readonly draft?: boolean;
  readonly head: { sha: string; ref: string };
  readonly base: { ref: string };
  readonly mergeable?: boolean | null;
}

function toPull(pull: GitHubPull): PullRequest {
  return {
    number: pull.number,
    url: pull.html_url,
    state: pull.merged_at ? 'merged' : pull.state === 'open' ? 'open' : 'closed',
    draft: pull.draft ?? false,
    head: pull.head.sha,
    headBranch: pull.head.ref,
    base: pull.base.ref,
    mergeable: pull.mergeable ?? null,
  };
}
