import type { Hono } from 'hono';
import { requireRead, requireWrite } from '../access.ts';
import { createComment, deleteComment, editComment, findComment } from '../domain/comments.ts';
import { findIssue } from '../domain/issues.ts';
import { notFound, validationFailed } from '../errors.ts';
import { commentShape } from '../shapes/issue.ts';
import type { World } from '../world.ts';
import { bodyOf, type Ctx, type Env, numberOf, page, repoOf, text } from './context.ts';
import { requireOwn } from './issues.ts';

/** Comments on issues and on the conversation of pull requests. */
export function commentRoutes(api: Hono<Env>, world: World): void {
  const one = (c: Ctx) => {
    const repo = repoOf(world, c);
    const found = findComment(repo, numberOf(c, 'id'));
    if (!found) throw notFound();
    return { repo, ...found };
  };
  const since = (c: Ctx) => {
    const value = c.req.query('since');
    return (item: { updatedAt: string }) => !value || Date.parse(item.updatedAt) >= Date.parse(value);
  };
  api.post('/repos/:owner/:repo/issues/:number{[0-9]+}/comments', async (c) => {
    const repo = repoOf(world, c);
    const issue = findIssue(repo, numberOf(c, 'number'));
    const user = requireWrite(repo, c.var.actor, issue.pull ? 'pull_requests' : 'issues', 'read');
    const comment = createComment(world, repo, user, issue, text((await bodyOf(c)).body) ?? '');
    return c.json(commentShape(world, repo, issue, comment), 201);
  });
  api.get('/repos/:owner/:repo/issues/:number{[0-9]+}/comments', (c) => {
    const repo = repoOf(world, c);
    requireRead(repo, c.var.actor, 'issues');
    const issue = findIssue(repo, numberOf(c, 'number'));
    return c.json(
      page(world, c, issue.comments.filter(since(c))).map((comment) => commentShape(world, repo, issue, comment)),
    );
  });
  api.get('/repos/:owner/:repo/issues/comments', (c) => {
    const repo = repoOf(world, c);
    requireRead(repo, c.var.actor, 'issues');
    const { sort = 'created', direction = 'asc' } = c.req.query();
    const key = sort === 'updated' ? 'updatedAt' : 'createdAt';
    const all = [...repo.issues.values()].flatMap((issue) => issue.comments.map((comment) => ({ issue, comment })));
    const sorted = all
      .filter(({ comment }) => since(c)(comment))
      .sort((a, b) => a.comment[key].localeCompare(b.comment[key]) || a.comment.id - b.comment.id);
    if (direction === 'desc') sorted.reverse();
    return c.json(page(world, c, sorted).map(({ issue, comment }) => commentShape(world, repo, issue, comment)));
  });
  api.get('/repos/:owner/:repo/issues/comments/:id{[0-9]+}', (c) => {
    const { repo, issue, comment } = one(c);
    return c.json(commentShape(world, repo, issue, comment));
  });
  api.patch('/repos/:owner/:repo/issues/comments/:id{[0-9]+}', async (c) => {
    const { repo, issue, comment } = one(c);
    const user = requireWrite(repo, c.var.actor, issue.pull ? 'pull_requests' : 'issues', 'read');
    requireOwn(repo, c.var.actor, comment);
    const body = text((await bodyOf(c)).body);
    if (!body) throw validationFailed({ resource: 'IssueComment', code: 'missing_field', field: 'body' });
    editComment(world, repo, user, issue, comment, body);
    return c.json(commentShape(world, repo, issue, comment));
  });
  api.delete('/repos/:owner/:repo/issues/comments/:id{[0-9]+}', (c) => {
    const { repo, issue, comment } = one(c);
    const user = requireWrite(repo, c.var.actor, issue.pull ? 'pull_requests' : 'issues', 'read');
    requireOwn(repo, c.var.actor, comment);
    deleteComment(world, repo, user, issue, comment);
    return c.body(null, 204);
  });
}
