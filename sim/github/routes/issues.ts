import type { Hono } from 'hono';
import { atLeast, permissionOf, requireRead, requireWrite } from '../access.ts';
import type { Actor } from '../auth.ts';
import {
  createIssue,
  findIssue,
  type IssuePatch,
  labelsNamed,
  lockIssue,
  requireIssues,
  setLabels,
  updateIssue,
} from '../domain/issues.ts';
import { forbidden, GitHubApiError, notFound, unprocessable, validationFailed } from '../errors.ts';
import type { Issue, Repo } from '../model.ts';
import { issueShape, labelShape } from '../shapes/issue.ts';
import type { World } from '../world.ts';
import { type Body, bodyOf, type Ctx, type Env, numberOf, page, repoOf, text, texts } from './context.ts';

/** Issues and their labels. */
export function issueRoutes(api: Hono<Env>, world: World): void {
  api.post('/repos/:owner/:repo/issues', async (c) => {
    const repo = repoOf(world, c);
    const user = requireWrite(repo, c.var.actor, 'issues', 'read');
    const body = await bodyOf(c);
    const may = atLeast(permissionOf(repo, user), 'triage') || Boolean(c.var.actor.token?.installation);
    const issue = createIssue(world, repo, user, {
      title: text(body.title) ?? '',
      body: text(body.body) ?? null,
      // Without push access GitHub drops labels and assignees silently.
      labels: may ? (texts(body.labels) ?? []) : [],
      assignees: may ? (texts(body.assignees) ?? []) : [],
    });
    return c.json(issueShape(world, repo, issue), 201);
  });
  api.get('/repos/:owner/:repo/issues', (c) => {
    const repo = repoOf(world, c);
    requireRead(repo, c.var.actor, 'issues');
    requireIssues(repo);
    return c.json(page(world, c, listed(c, repo)).map((issue) => issueShape(world, repo, issue)));
  });
  api.get('/repos/:owner/:repo/issues/:number{[0-9]+}', (c) => {
    const repo = repoOf(world, c);
    requireRead(repo, c.var.actor, 'issues');
    return c.json(issueShape(world, repo, findIssue(repo, numberOf(c, 'number'))));
  });
  api.patch('/repos/:owner/:repo/issues/:number{[0-9]+}', async (c) => {
    const repo = repoOf(world, c);
    const issue = findIssue(repo, numberOf(c, 'number'));
    const user = requireWrite(repo, c.var.actor, issue.pull ? 'pull_requests' : 'issues', 'read');
    requireOwn(repo, c.var.actor, issue);
    updateIssue(world, repo, user, issue, issuePatch(await bodyOf(c)));
    return c.json(issueShape(world, repo, issue));
  });
  api.put('/repos/:owner/:repo/issues/:number{[0-9]+}/lock', async (c) => lock(c, true));
  api.delete('/repos/:owner/:repo/issues/:number{[0-9]+}/lock', async (c) => lock(c, false));
  async function lock(c: Ctx, locked: boolean) {
    const repo = repoOf(world, c);
    const user = requireWrite(repo, c.var.actor, 'issues');
    const issue = findIssue(repo, numberOf(c, 'number'));
    lockIssue(world, repo, user, issue, locked, text((await bodyOf(c)).lock_reason) ?? null);
    return c.body(null, 204);
  }
  labelRoutes(api, world);
}

function labelRoutes(api: Hono<Env>, world: World): void {
  const writable = (c: Ctx) => {
    const repo = repoOf(world, c);
    const user = requireWrite(repo, c.var.actor, 'issues', 'triage');
    return { repo, user, issue: findIssue(repo, numberOf(c, 'number')) };
  };
  const shaped = (repo: Repo, issue: Issue) => issue.labels.map((label) => labelShape(world, repo, label));
  api.get('/repos/:owner/:repo/labels', (c) => {
    const repo = repoOf(world, c);
    return c.json(page(world, c, repo.labels).map((label) => labelShape(world, repo, label)));
  });
  api.post('/repos/:owner/:repo/labels', async (c) => {
    const repo = repoOf(world, c);
    requireWrite(repo, c.var.actor, 'issues');
    const body = await bodyOf(c);
    const name = text(body.name);
    if (!name) throw validationFailed({ resource: 'Label', code: 'missing_field', field: 'name' });
    if (repo.labels.some((label) => label.name.toLowerCase() === name.toLowerCase()))
      throw validationFailed({ resource: 'Label', code: 'already_exists', field: 'name' });
    const [label] = labelsNamed(world, repo, [name]);
    if (!label) throw notFound();
    Object.assign(label, { color: text(body.color) ?? label.color, description: text(body.description) ?? null });
    return c.json(labelShape(world, repo, label), 201);
  });
  api.get('/repos/:owner/:repo/labels/:name', (c) => {
    const repo = repoOf(world, c);
    const label = repo.labels.find((known) => known.name.toLowerCase() === (c.req.param('name') ?? '').toLowerCase());
    if (!label) throw notFound();
    return c.json(labelShape(world, repo, label));
  });
  api.get('/repos/:owner/:repo/issues/:number{[0-9]+}/labels', (c) => {
    const repo = repoOf(world, c);
    return c.json(page(world, c, shaped(repo, findIssue(repo, numberOf(c, 'number')))));
  });
  api.post('/repos/:owner/:repo/issues/:number{[0-9]+}/labels', async (c) => {
    const { repo, user, issue } = writable(c);
    const names = texts((await bodyOf(c)).labels) ?? [];
    setLabels(world, repo, user, issue, [...new Set([...issue.labels.map((label) => label.name), ...names])]);
    return c.json(shaped(repo, issue));
  });
  api.put('/repos/:owner/:repo/issues/:number{[0-9]+}/labels', async (c) => {
    const { repo, user, issue } = writable(c);
    setLabels(world, repo, user, issue, texts((await bodyOf(c)).labels) ?? []);
    return c.json(shaped(repo, issue));
  });
  api.delete('/repos/:owner/:repo/issues/:number{[0-9]+}/labels/:name', (c) => {
    const { repo, user, issue } = writable(c);
    const name = c.req.param('name').toLowerCase();
    const rest = issue.labels.filter((label) => label.name.toLowerCase() !== name);
    if (rest.length === issue.labels.length) throw new GitHubApiError(404, 'Label does not exist');
    setLabels(
      world,
      repo,
      user,
      issue,
      rest.map((label) => label.name),
    );
    return c.json(shaped(repo, issue));
  });
}

/** The fields of a PATCH on an issue or a pull request. */
export function issuePatch(body: Body): IssuePatch {
  const { state } = body;
  if (state !== undefined && state !== 'open' && state !== 'closed') throw unprocessable('Invalid state');
  const reason = body.state_reason;
  const labels = texts(body.labels);
  const assignees = texts(body.assignees);
  return {
    ...(typeof body.title === 'string' ? { title: body.title } : {}),
    ...(typeof body.body === 'string' || body.body === null ? { body: body.body } : {}),
    ...(state ? { state } : {}),
    ...(reason === 'completed' || reason === 'not_planned' || reason === 'reopened' ? { stateReason: reason } : {}),
    ...(labels ? { labels } : {}),
    ...(assignees ? { assignees } : {}),
  };
}

/** One's own words, or triage rights. */
export function requireOwn(repo: Repo, actor: Actor, item: { user: { id: number } }): void {
  if (actor.token?.installation || !actor.user) return;
  if (item.user.id !== actor.user.id && !atLeast(permissionOf(repo, actor.user), 'triage'))
    throw forbidden('Must have admin rights to Repository.');
}

function listed(c: Ctx, repo: Repo): Issue[] {
  const { state = 'open', labels, since, creator, sort = 'created', direction = 'desc' } = c.req.query();
  const names = labels?.split(',').map((name) => name.trim().toLowerCase());
  const key = sort === 'updated' ? 'updatedAt' : 'createdAt';
  const found = [...repo.issues.values()].filter(
    (issue) =>
      (state === 'all' || issue.state === state) &&
      (!names || names.every((name) => issue.labels.some((label) => label.name.toLowerCase() === name))) &&
      (!since || Date.parse(issue.updatedAt) >= Date.parse(since)) &&
      (!creator || issue.user.login.toLowerCase() === creator.toLowerCase()),
  );
  const ascending = found.sort((a, b) => a[key].localeCompare(b[key]) || a.number - b.number);
  return direction === 'asc' ? ascending : ascending.reverse();
}
