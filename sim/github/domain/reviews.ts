import { now } from '../clock.ts';
import { checkText, notFound, unprocessable, validationFailed } from '../errors.ts';
import { diff } from '../git/diff.ts';
import { mergeBase } from '../git/refs.ts';
import type { PullIssue, Repo, Review, ReviewComment, ReviewState, User } from '../model.ts';
import { pullSimple } from '../shapes/pull.ts';
import { reviewCommentShape, reviewShape } from '../shapes/review.ts';
import type { World } from '../world.ts';
import { announce } from './announce.ts';
import { newAuthored } from './comments.ts';
import { asPull } from './pull-events.ts';

export interface ReviewCommentInput {
  path: string;
  body: string;
  /** Line of the new file; absent = a comment on the whole file. */
  line?: number | undefined;
  side?: 'LEFT' | 'RIGHT' | undefined;
}

export interface ReviewInput {
  event?: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT';
  body?: string;
  comments?: ReviewCommentInput[];
}

const STATES: Record<string, ReviewState> = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
};

/** A review with its comments, announced one by one. @throws 422 for one's own approval or a path that did not change. */
export async function createReview(
  world: World,
  repo: Repo,
  user: User,
  issue: PullIssue,
  input: ReviewInput,
): Promise<Review> {
  checkText('PullRequestReview', input);
  const event = input.event ?? 'COMMENT';
  if (issue.user.id === user.id && event !== 'COMMENT')
    throw unprocessable(`Can not ${event === 'APPROVE' ? 'approve' : 'request changes on'} your own pull request`);
  if (event !== 'APPROVE' && !input.body && !input.comments?.length)
    throw validationFailed({ resource: 'PullRequestReview', code: 'missing_field', field: 'body' });
  const hunks = await Promise.all((input.comments ?? []).map((comment) => findHunk(repo, issue, comment)));
  const { reactions: _, ...base } = newAuthored(world, user);
  const review: Review = {
    ...base,
    body: input.body ?? '',
    state: STATES[event] ?? 'COMMENTED',
    commitId: issue.pull.head.sha,
  };
  issue.pull.reviews.push(review);
  issue.pull.requestedReviewers = issue.pull.requestedReviewers.filter((asked) => asked.id !== user.id);
  issue.updatedAt = review.createdAt;
  announceReview(world, repo, user, issue, review, 'submitted');
  for (const [index, comment] of (input.comments ?? []).entries())
    addReviewComment(world, repo, user, issue, {
      ...comment,
      reviewId: review.id,
      hunk: hunks[index] ?? '',
      inReplyTo: null,
    });
  return review;
}

export async function createReviewComment(
  world: World,
  repo: Repo,
  user: User,
  issue: PullIssue,
  input: ReviewCommentInput,
): Promise<ReviewComment> {
  const hunk = await findHunk(repo, issue, input);
  const review = silentReview(world, issue, user);
  return addReviewComment(world, repo, user, issue, { ...input, reviewId: review.id, hunk, inReplyTo: null });
}

/** A reply lands in the thread of the root comment, whichever comment of the thread is named. */
export function replyToReviewComment(
  world: World,
  repo: Repo,
  user: User,
  issue: PullIssue,
  to: number,
  body: string,
): ReviewComment {
  const named = issue.pull.reviewComments.find((comment) => comment.id === to);
  if (!named) throw notFound();
  const root = named.inReplyTo ?? named.id;
  const { path, line, diffHunk: hunk } = named;
  const review = silentReview(world, issue, user);
  return addReviewComment(world, repo, user, issue, {
    path,
    line: line ?? undefined,
    body,
    hunk,
    reviewId: review.id,
    inReplyTo: root,
  });
}

/** GitHub wraps every single comment in a review without words. */
function silentReview(world: World, issue: PullIssue, user: User): Review {
  const { reactions: _, ...base } = newAuthored(world, user);
  const review: Review = { ...base, body: '', state: 'COMMENTED', commitId: issue.pull.head.sha };
  issue.pull.reviews.push(review);
  return review;
}

interface NewReviewComment extends ReviewCommentInput {
  reviewId: number;
  hunk: string;
  inReplyTo: number | null;
}

function addReviewComment(
  world: World,
  repo: Repo,
  user: User,
  issue: PullIssue,
  input: NewReviewComment,
): ReviewComment {
  if (!input.body?.trim())
    throw validationFailed({ resource: 'PullRequestReviewComment', code: 'missing_field', field: 'body' });
  checkText('PullRequestReviewComment', input);
  const comment: ReviewComment = {
    ...newAuthored(world, user),
    body: input.body,
    path: input.path,
    line: input.line ?? null,
    side: input.side ?? 'RIGHT',
    reviewId: input.reviewId,
    commitId: issue.pull.head.sha,
    diffHunk: input.hunk,
    inReplyTo: input.inReplyTo,
  };
  issue.pull.reviewComments.push(comment);
  issue.updatedAt = comment.createdAt;
  announceReviewComment(world, repo, user, issue, comment, 'created');
  return comment;
}

export function editReviewComment(
  world: World,
  repo: Repo,
  user: User,
  issue: PullIssue,
  comment: ReviewComment,
  body: string,
): void {
  checkText('PullRequestReviewComment', { body });
  const from = comment.body;
  comment.body = body;
  comment.updatedAt = now();
  announceReviewComment(world, repo, user, issue, comment, 'edited', { changes: { body: { from } } });
}

export function announceReviewComment(
  world: World,
  repo: Repo,
  user: User,
  issue: PullIssue,
  comment: ReviewComment,
  action: string,
  extra = {},
): void {
  announce(world, repo, user, 'pull_request_review_comment', action, {
    pull_request: pullSimple(world, repo, issue),
    comment: reviewCommentShape(world, repo, issue, comment),
    ...extra,
  });
  const { id, body } = comment;
  world.events.emit('comment', { repo: repo.fullName, number: issue.number, action, by: user.login, id, body });
}

function announceReview(world: World, repo: Repo, user: User, issue: PullIssue, review: Review, action: string): void {
  // In webhooks the state is in lower case, in the API in upper case.
  const shape = { ...reviewShape(world, repo, issue, review), state: review.state.toLowerCase() };
  announce(world, repo, user, 'pull_request_review', action, {
    review: shape,
    pull_request: pullSimple(world, repo, issue),
  });
  const { state, body } = review;
  world.events.emit('review', { repo: repo.fullName, number: issue.number, action, by: user.login, state, body });
}

/** The part of the diff a comment hangs on. @throws 422 when the path is not part of the diff. */
async function findHunk(repo: Repo, issue: PullIssue, input: ReviewCommentInput): Promise<string> {
  const { base, head } = issue.pull;
  const files = await diff(repo.directory, await mergeBase(repo.directory, base.sha, head.sha), head.sha);
  const file = files.find((changed) => changed.filename === input.path);
  if (!file) throw validationFailed({ resource: 'PullRequestReviewComment', code: 'invalid', field: 'path' });
  return (file.patch ?? '').split('\n').slice(0, 12).join('\n');
}

export function findReviewComment(repo: Repo, id: number): { issue: PullIssue; comment: ReviewComment } | undefined {
  for (const issue of [...repo.issues.values()].map(asPull)) {
    const comment = issue?.pull.reviewComments.find((known) => known.id === id);
    if (issue && comment) return { issue, comment };
  }
  return undefined;
}
