import { associationOf } from '../access.ts';
import type { PullIssue, Repo, Review, ReviewComment } from '../model.ts';
import type { World } from '../world.ts';
import { authored, reactionRollup } from './issue.ts';
import { repoApi, repoHtml } from './repository.ts';
import { nodeId, simpleUser } from './user.ts';

/** `pull-request-review` of GitHub's API description. */
export function reviewShape(world: World, repo: Repo, issue: PullIssue, review: Review) {
  const pull = `${repoApi(world, repo)}/pulls/${issue.number}`;
  const html = `${repoHtml(world, repo)}/pull/${issue.number}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: nodeId('PRR', repo.id, review.id),
    user: simpleUser(world, review.user),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    author_association: associationOf(world, repo, review.user),
    _links: { html: { href: html }, pull_request: { href: pull } },
    ...(review.state === 'PENDING' ? {} : { submitted_at: review.createdAt }),
    commit_id: review.commitId,
  };
}

/** `pull-request-review-comment` of GitHub's API description. */
export function reviewCommentShape(world: World, repo: Repo, issue: PullIssue, comment: ReviewComment) {
  const pull = `${repoApi(world, repo)}/pulls/${issue.number}`;
  const url = `${repoApi(world, repo)}/pulls/comments/${comment.id}`;
  const html = `${repoHtml(world, repo)}/pull/${issue.number}#discussion_r${comment.id}`;
  const current = comment.commitId === issue.pull.head.sha;
  return {
    url,
    pull_request_review_id: comment.reviewId,
    id: comment.id,
    node_id: nodeId('PRRC', repo.id, comment.id),
    diff_hunk: comment.diffHunk,
    path: comment.path,
    commit_id: issue.pull.head.sha,
    original_commit_id: comment.commitId,
    ...authored(world, repo, comment),
    body: comment.body,
    html_url: html,
    pull_request_url: pull,
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pull } },
    reactions: reactionRollup(url, comment.reactions),
    start_line: null,
    original_start_line: null,
    start_side: null,
    line: current ? comment.line : null,
    original_line: comment.line ?? 1,
    side: comment.side,
    position: current ? (comment.line ?? 1) : null,
    original_position: comment.line ?? 1,
    subject_type: comment.line === null ? 'file' : 'line',
    ...(comment.inReplyTo === null ? {} : { in_reply_to_id: comment.inReplyTo }),
  };
}
