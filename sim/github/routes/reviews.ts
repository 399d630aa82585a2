import type { Hono } from 'hono';
import { requireRead, requireWrite } from '../access.ts';
import { findPull } from '../domain/pulls.ts';
import {
  createReview,
  createReviewComment,
  editReviewComment,
  findReviewComment,
  type ReviewCommentInput,
  type ReviewInput,
  replyToReviewComment,
} from '../domain/reviews.ts';
import { notFound, unprocessable } from '../errors.ts';
import { reviewCommentShape, reviewShape } from '../shapes/review.ts';
import type { World } from '../world.ts';
import { type Body, bodyOf, type Ctx, type Env, numberOf, page, repoOf, text } from './context.ts';
import { requireOwn } from './issues.ts';

/** Reviews of pull requests and the comments on their lines. */
export function reviewRoutes(api: Hono<Env>, world: World): void {
  const readable = (c: Ctx) => {
    const repo = repoOf(world, c);
    requireRead(repo, c.var.actor, 'pull_requests');
    return { repo, issue: findPull(repo, numberOf(c, 'number')) };
  };
  api.get('/repos/:owner/:repo/pulls/:number{[0-9]+}/reviews', (c) => {
    const { repo, issue } = readable(c);
    return c.json(page(world, c, issue.pull.reviews).map((review) => reviewShape(world, repo, issue, review)));
  });
  api.post('/repos/:owner/:repo/pulls/:number{[0-9]+}/reviews', async (c) => {
    const { repo, issue } = readable(c);
    const user = requireWrite(repo, c.var.actor, 'pull_requests', 'read');
    const review = await createReview(world, repo, user, issue, reviewInput(await bodyOf(c)));
    return c.json(reviewShape(world, repo, issue, review));
  });
  api.get('/repos/:owner/:repo/pulls/:number{[0-9]+}/reviews/:review{[0-9]+}/comments', (c) => {
    const { repo, issue } = readable(c);
    const of = issue.pull.reviewComments.filter((comment) => comment.reviewId === numberOf(c, 'review'));
    return c.json(page(world, c, of).map((comment) => reviewCommentShape(world, repo, issue, comment)));
  });
  api.get('/repos/:owner/:repo/pulls/:number{[0-9]+}/comments', (c) => {
    const { repo, issue } = readable(c);
    const since = c.req.query('since');
    const fresh = issue.pull.reviewComments.filter(
      (comment) => !since || Date.parse(comment.updatedAt) >= Date.parse(since),
    );
    return c.json(page(world, c, fresh).map((comment) => reviewCommentShape(world, repo, issue, comment)));
  });
  api.post('/repos/:owner/:repo/pulls/:number{[0-9]+}/comments', async (c) => {
    const { repo, issue } = readable(c);
    const user = requireWrite(repo, c.var.actor, 'pull_requests', 'read');
    const body = await bodyOf(c);
    const comment =
      typeof body.in_reply_to === 'number'
        ? replyToReviewComment(world, repo, user, issue, body.in_reply_to, text(body.body) ?? '')
        : await createReviewComment(world, repo, user, issue, commentInput(body));
    return c.json(reviewCommentShape(world, repo, issue, comment), 201);
  });
  api.post('/repos/:owner/:repo/pulls/:number{[0-9]+}/comments/:id{[0-9]+}/replies', async (c) => {
    const { repo, issue } = readable(c);
    const user = requireWrite(repo, c.var.actor, 'pull_requests', 'read');
    const comment = replyToReviewComment(
      world,
      repo,
      user,
      issue,
      numberOf(c, 'id'),
      text((await bodyOf(c)).body) ?? '',
    );
    return c.json(reviewCommentShape(world, repo, issue, comment), 201);
  });
  const one = (c: Ctx) => {
    const repo = repoOf(world, c);
    const found = findReviewComment(repo, numberOf(c, 'id'));
    if (!found) throw notFound();
    return { repo, ...found };
  };
  api.get('/repos/:owner/:repo/pulls/comments/:id{[0-9]+}', (c) => {
    const { repo, issue, comment } = one(c);
    return c.json(reviewCommentShape(world, repo, issue, comment));
  });
  api.patch('/repos/:owner/:repo/pulls/comments/:id{[0-9]+}', async (c) => {
    const { repo, issue, comment } = one(c);
    const user = requireWrite(repo, c.var.actor, 'pull_requests', 'read');
    requireOwn(repo, c.var.actor, comment);
    editReviewComment(world, repo, user, issue, comment, text((await bodyOf(c)).body) ?? '');
    return c.json(reviewCommentShape(world, repo, issue, comment));
  });
}

function reviewInput(body: Body): ReviewInput {
  const { event } = body;
  if (event !== undefined && event !== 'APPROVE' && event !== 'REQUEST_CHANGES' && event !== 'COMMENT')
    throw unprocessable(
      'Unprocessable Entity: Variable $event of type PullRequestReviewEvent was provided invalid value',
    );
  const comments = Array.isArray(body.comments) ? body.comments : [];
  return {
    ...(event ? { event } : {}),
    body: text(body.body) ?? '',
    comments: comments.map((comment: Body) => commentInput(comment)),
  };
}

function commentInput(body: Body): ReviewCommentInput {
  return {
    path: text(body.path) ?? '',
    body: text(body.body) ?? '',
    line: typeof body.line === 'number' ? body.line : undefined,
    side: body.side === 'LEFT' ? 'LEFT' : 'RIGHT',
  };
}
