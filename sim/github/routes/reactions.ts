import type { Hono } from 'hono';
import { requireWrite } from '../access.ts';
import { findComment, react } from '../domain/comments.ts';
import { findIssue } from '../domain/issues.ts';
import { findReviewComment } from '../domain/reviews.ts';
import { notFound, validationFailed } from '../errors.ts';
import type { Authored, ReactionContent, Repo } from '../model.ts';
import { reactionShape } from '../shapes/issue.ts';
import type { World } from '../world.ts';
import { bodyOf, type Env, numberOf, page, repoOf, text } from './context.ts';

const CONTENTS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'];

type Find = (repo: Repo, id: number) => Authored | undefined;

/** Reactions on issues, comments and review comments. */
export function reactionRoutes(api: Hono<Env>, world: World): void {
  const family = (path: string, scope: string, find: Find) => {
    const target = (repo: Repo, id: number) => {
      const found = find(repo, id);
      if (!found) throw notFound();
      return found;
    };
    api.get(path, (c) => {
      const repo = repoOf(world, c);
      const content = c.req.query('content');
      const all = target(repo, numberOf(c, 'id')).reactions.filter(
        (reaction) => !content || reaction.content === content,
      );
      return c.json(page(world, c, all).map((reaction) => reactionShape(world, reaction)));
    });
    api.post(path, async (c) => {
      const repo = repoOf(world, c);
      const user = requireWrite(repo, c.var.actor, scope, 'read');
      const content = text((await bodyOf(c)).content) ?? '';
      if (!CONTENTS.includes(content))
        throw validationFailed({ resource: 'Reaction', code: 'invalid', field: 'content' });
      const { reaction, created } = react(
        world,
        repo,
        user,
        target(repo, numberOf(c, 'id')),
        content as ReactionContent,
      );
      return c.json(reactionShape(world, reaction), created ? 201 : 200);
    });
    api.delete(`${path}/:reaction{[0-9]+}`, (c) => {
      const repo = repoOf(world, c);
      const user = requireWrite(repo, c.var.actor, scope, 'read');
      const item = target(repo, numberOf(c, 'id'));
      const reaction = item.reactions.find(
        (known) => known.id === numberOf(c, 'reaction') && known.user.id === user.id,
      );
      if (!reaction) throw notFound();
      item.reactions = item.reactions.filter((other) => other !== reaction);
      return c.body(null, 204);
    });
  };
  family('/repos/:owner/:repo/issues/:id{[0-9]+}/reactions', 'issues', findIssue);
  family(
    '/repos/:owner/:repo/issues/comments/:id{[0-9]+}/reactions',
    'issues',
    (repo, id) => findComment(repo, id)?.comment,
  );
  family(
    '/repos/:owner/:repo/pulls/comments/:id{[0-9]+}/reactions',
    'pull_requests',
    (repo, id) => findReviewComment(repo, id)?.comment,
  );
}
