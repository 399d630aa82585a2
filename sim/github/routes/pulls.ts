import type { Hono } from 'hono';
import { requireRead, requireWrite } from '../access.ts';
import { announcePull, asPull, pullFacts } from '../domain/pull-events.ts';
import { createPull, findPull, type MergeInput, mergePull, updatePull } from '../domain/pulls.ts';
import { unprocessable } from '../errors.ts';
import { diff } from '../git/diff.ts';
import { commitsBetween } from '../git/history.ts';
import { mergeBase } from '../git/refs.ts';
import type { PullIssue, Repo } from '../model.ts';
import { commitShape, fileShape } from '../shapes/commit.ts';
import { pullShape, pullSimple } from '../shapes/pull.ts';
import { simpleUser } from '../shapes/user.ts';
import { ensureUser, type World } from '../world.ts';
import { bodyOf, type Ctx, type Env, numberOf, page, repoOf, text, texts } from './context.ts';
import { issuePatch, requireOwn } from './issues.ts';

/** Pull requests: open, read, change, merge. */
export function pullRoutes(api: Hono<Env>, world: World): void {
  const readable = (c: Ctx) => {
    const repo = repoOf(world, c);
    requireRead(repo, c.var.actor, 'pull_requests');
    return { repo, issue: findPull(repo, numberOf(c, 'number')) };
  };
  const shaped = async (repo: Repo, issue: PullIssue) => pullShape(world, repo, issue, await pullFacts(repo, issue));
  api.post('/repos/:owner/:repo/pulls', async (c) => {
    const repo = repoOf(world, c);
    const user = requireWrite(repo, c.var.actor, 'pull_requests');
    const body = await bodyOf(c);
    const issue = await createPull(world, repo, user, {
      title: text(body.title) ?? '',
      body: text(body.body) ?? null,
      head: text(body.head) ?? '',
      base: text(body.base) ?? '',
      draft: body.draft === true,
    });
    return c.json(await shaped(repo, issue), 201);
  });
  api.get('/repos/:owner/:repo/pulls', (c) => {
    const repo = repoOf(world, c);
    requireRead(repo, c.var.actor, 'pull_requests');
    return c.json(page(world, c, listed(c, repo)).map((issue) => pullSimple(world, repo, issue)));
  });
  api.get('/repos/:owner/:repo/pulls/:number{[0-9]+}', async (c) => {
    const { repo, issue } = readable(c);
    return c.json(await shaped(repo, issue));
  });
  api.patch('/repos/:owner/:repo/pulls/:number{[0-9]+}', async (c) => {
    const { repo, issue } = readable(c);
    const user = requireWrite(repo, c.var.actor, 'pull_requests', 'read');
    requireOwn(repo, c.var.actor, issue);
    const body = await bodyOf(c);
    const base = text(body.base);
    await updatePull(world, repo, user, issue, { ...issuePatch(body), ...(base ? { base } : {}) });
    return c.json(await shaped(repo, issue));
  });
  api.put('/repos/:owner/:repo/pulls/:number{[0-9]+}/merge', async (c) => {
    const { repo, issue } = readable(c);
    const user = requireWrite(repo, c.var.actor, 'contents');
    const body = await bodyOf(c);
    const method = body.merge_method ?? 'merge';
    if (method !== 'merge' && method !== 'squash' && method !== 'rebase') throw unprocessable('Invalid merge method');
    const input: MergeInput = { method };
    const [sha, title, message] = [text(body.sha), text(body.commit_title), text(body.commit_message)];
    const merged = await mergePull(world, repo, user, issue, {
      ...input,
      ...(sha ? { sha } : {}),
      ...(title ? { title } : {}),
      ...(message ? { message } : {}),
    });
    return c.json({ sha: merged, merged: true, message: 'Pull Request successfully merged' });
  });
  api.get('/repos/:owner/:repo/pulls/:number{[0-9]+}/merge', (c) => {
    const { issue } = readable(c);
    return c.body(null, issue.pull.mergedAt ? 204 : 404);
  });
  api.get('/repos/:owner/:repo/pulls/:number{[0-9]+}/files', async (c) => {
    const { repo, issue } = readable(c);
    const { base, head } = issue.pull;
    const files = await diff(repo.directory, await mergeBase(repo.directory, base.sha, head.sha), head.sha);
    return c.json(page(world, c, files).map((file) => fileShape(world, repo, head.sha, file)));
  });
  api.get('/repos/:owner/:repo/pulls/:number{[0-9]+}/commits', async (c) => {
    const { repo, issue } = readable(c);
    const commits = await commitsBetween(repo.directory, issue.pull.base.sha, issue.pull.head.sha);
    return c.json(page(world, c, commits).map((commit) => commitShape(world, repo, commit)));
  });
  api.get('/repos/:owner/:repo/pulls/:number{[0-9]+}/requested_reviewers', (c) => {
    const { issue } = readable(c);
    return c.json({ users: issue.pull.requestedReviewers.map((user) => simpleUser(world, user)), teams: [] });
  });
  api.post('/repos/:owner/:repo/pulls/:number{[0-9]+}/requested_reviewers', async (c) => {
    const { repo, issue } = readable(c);
    const user = requireWrite(repo, c.var.actor, 'pull_requests');
    const logins = texts((await bodyOf(c)).reviewers) ?? [];
    if (logins.some((login) => login.toLowerCase() === issue.user.login.toLowerCase()))
      throw unprocessable('Review cannot be requested from pull request author.');
    const unknown = logins.find((login) => !repo.permissions.has(login.toLowerCase()));
    if (unknown)
      throw unprocessable(
        `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${repo.fullName} repository.`,
      );
    for (const reviewer of logins.map((login) => ensureUser(world, login))) {
      if (issue.pull.requestedReviewers.includes(reviewer)) continue;
      issue.pull.requestedReviewers.push(reviewer);
      announcePull(world, repo, user, issue, 'review_requested', { requested_reviewer: simpleUser(world, reviewer) });
    }
    return c.json(pullSimple(world, repo, issue), 201);
  });
}

function listed(c: Ctx, repo: Repo): PullIssue[] {
  const { state = 'open', head, base, direction, sort = 'created' } = c.req.query();
  const branch = head?.split(':').at(-1);
  const key = sort === 'updated' ? 'updatedAt' : 'createdAt';
  const found = [...repo.issues.values()]
    .map(asPull)
    .filter((issue) => issue !== undefined)
    .filter(
      ({ state: is, pull }) =>
        (state === 'all' || is === state) && (!branch || pull.head.ref === branch) && (!base || pull.base.ref === base),
    )
    .sort((a, b) => a[key].localeCompare(b[key]) || a.number - b.number);
  return direction === 'asc' ? found : found.reverse();
}
