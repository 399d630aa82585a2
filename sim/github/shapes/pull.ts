import type { PullIssue, Repo } from '../model.ts';
import type { World } from '../world.ts';
import { authored, labelShape } from './issue.ts';
import { repoApi, repoHtml, repository } from './repository.ts';
import { nodeId, simpleUser } from './user.ts';

/** What git says about a pull request at this moment. */
export interface PullFacts {
  mergeable: boolean | null;
  mergeableState: string;
  commits: number;
  additions: number;
  deletions: number;
  changedFiles: number;
}

/** `pull-request-simple`: an item of a list. */
export function pullSimple(world: World, repo: Repo, issue: PullIssue) {
  const { pull } = issue;
  const api = `${repoApi(world, repo)}/pulls/${issue.number}`;
  const html = `${repoHtml(world, repo)}/pull/${issue.number}`;
  const issueApi = `${repoApi(world, repo)}/issues/${issue.number}`;
  const statuses = `${repoApi(world, repo)}/statuses/${pull.head.sha}`;
  const assignees = issue.assignees.map((user) => simpleUser(world, user));
  const side = ({ ref, sha }: { ref: string; sha: string }) => ({
    label: `${repo.owner.login}:${ref}`,
    ref,
    sha,
    user: simpleUser(world, repo.owner),
    repo: repository(world, repo),
  });
  return {
    url: api,
    id: pull.id,
    node_id: nodeId('PR', repo.id, issue.number),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issueApi,
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    active_lock_reason: issue.lockReason,
    title: issue.title,
    body: issue.body,
    ...authored(world, repo, issue),
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitSha,
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: pull.requestedReviewers.map((user) => simpleUser(world, user)),
    requested_teams: [],
    labels: issue.labels.map((label) => labelShape(world, repo, label)),
    milestone: null,
    draft: pull.draft,
    commits_url: `${api}/commits`,
    review_comments_url: `${api}/comments`,
    review_comment_url: `${repoApi(world, repo)}/pulls/comments{/number}`,
    comments_url: `${issueApi}/comments`,
    statuses_url: statuses,
    head: side(pull.head),
    base: side(pull.base),
    _links: {
      self: { href: api },
      html: { href: html },
      issue: { href: issueApi },
      comments: { href: `${issueApi}/comments` },
      review_comments: { href: `${api}/comments` },
      review_comment: { href: `${repoApi(world, repo)}/pulls/comments{/number}` },
      commits: { href: `${api}/commits` },
      statuses: { href: statuses },
    },
    auto_merge: null,
  };
}

/** `pull-request`: one pull request with what git says about it. */
export function pullShape(world: World, repo: Repo, issue: PullIssue, facts: PullFacts) {
  const { pull } = issue;
  return {
    ...pullSimple(world, repo, issue),
    merged: pull.mergedAt !== null,
    mergeable: facts.mergeable,
    rebaseable: facts.mergeable,
    mergeable_state: facts.mergeableState,
    merged_by: pull.mergedBy ? simpleUser(world, pull.mergedBy) : null,
    comments: issue.comments.length,
    review_comments: pull.reviewComments.length,
    maintainer_can_modify: false,
    commits: facts.commits,
    additions: facts.additions,
    deletions: facts.deletions,
    changed_files: facts.changedFiles,
  };
}
