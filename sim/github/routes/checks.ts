import type { Hono } from 'hono';
import { requireRead, requireWrite } from '../access.ts';
import { headCommit } from '../actions/announce.ts';
import { createStatus } from '../domain/checks.ts';
import { GitHubApiError, notFound, validationFailed } from '../errors.ts';
import { resolveCommit } from '../git/refs.ts';
import type { Repo } from '../model.ts';
import type { CommitStatus } from '../model-checks.ts';
import { annotationShape, checkRunShape, checkSuiteShape, latestChecks, statusShape } from '../shapes/check.ts';
import { minimalRepository, repoApi } from '../shapes/repository.ts';
import type { World } from '../world.ts';
import { bodyOf, type Ctx, type Env, numberOf, page, repoOf, text } from './context.ts';

/** Check runs, check suites and commit statuses. */
export function checkRoutes(api: Hono<Env>, world: World): void {
  const commitOf = async (c: Ctx, scope: string) => {
    const repo = repoOf(world, c);
    requireRead(repo, c.var.actor, scope);
    const sha = await resolveCommit(repo.directory, c.req.param('ref') ?? '');
    if (!sha) throw new GitHubApiError(422, `No commit found for SHA: ${c.req.param('ref')}`);
    return { repo, sha };
  };
  api.get('/repos/:owner/:repo/commits/:ref/check-runs', async (c) => {
    const { repo, sha } = await commitOf(c, 'checks');
    const { check_name: name, status, filter = 'latest', app_id: app } = c.req.query();
    const all = repo.checks.filter(
      (check) =>
        check.headSha === sha &&
        (!name || check.name === name) &&
        (!status || check.status === status) &&
        (!app || check.app.id === Number(app)),
    );
    const found = filter === 'all' ? all : latestChecks(all);
    return c.json({
      total_count: found.length,
      check_runs: page(world, c, found).map((check) => checkRunShape(world, repo, check)),
    });
  });
  api.get('/repos/:owner/:repo/commits/:ref/check-suites', async (c) => {
    const { repo, sha } = await commitOf(c, 'checks');
    const found = repo.suites.filter((suite) => suite.headSha === sha);
    const commit = await headCommit(world, repo, sha);
    return c.json({
      total_count: found.length,
      check_suites: page(world, c, found).map((suite) => checkSuiteShape(world, repo, suite, commit)),
    });
  });
  api.get('/repos/:owner/:repo/check-runs/:id{[0-9]+}', (c) => {
    const repo = repoOf(world, c);
    const check = repo.checks.find((known) => known.id === numberOf(c, 'id'));
    if (!check) throw notFound();
    return c.json(checkRunShape(world, repo, check));
  });
  api.get('/repos/:owner/:repo/check-runs/:id{[0-9]+}/annotations', (c) => {
    const repo = repoOf(world, c);
    requireRead(repo, c.var.actor, 'checks');
    const check = repo.checks.find((known) => known.id === numberOf(c, 'id'));
    if (!check) throw notFound();
    return c.json(page(world, c, check.annotations).map((item) => annotationShape(world, repo, check, item)));
  });
  api.get('/repos/:owner/:repo/commits/:ref/status', async (c) => {
    const { repo, sha } = await commitOf(c, 'statuses');
    return c.json(combined(world, repo, sha));
  });
  api.get('/repos/:owner/:repo/commits/:ref/statuses', async (c) => {
    const { repo, sha } = await commitOf(c, 'statuses');
    const found = repo.statuses.filter((status) => status.sha === sha).reverse();
    return c.json(page(world, c, found).map((status) => statusShape(world, repo, status)));
  });
  api.post('/repos/:owner/:repo/statuses/:ref', async (c) => {
    const { repo, sha } = await commitOf(c, 'statuses');
    const user = requireWrite(repo, c.var.actor, 'statuses');
    const body = await bodyOf(c);
    const { state } = body;
    if (state !== 'error' && state !== 'failure' && state !== 'pending' && state !== 'success')
      throw validationFailed({ resource: 'Status', code: 'invalid', field: 'state' });
    const status = await createStatus(world, repo, user, sha, {
      state,
      context: text(body.context) ?? 'default',
      description: text(body.description) ?? null,
      targetUrl: text(body.target_url) ?? null,
    });
    return c.json(statusShape(world, repo, status), 201);
  });
}

/** `combined-commit-status`: the newest per context; without any it is `pending`, as on GitHub. */
function combined(world: World, repo: Repo, sha: string) {
  const byContext = new Map<string, CommitStatus>();
  for (const status of repo.statuses.filter((known) => known.sha === sha)) byContext.set(status.context, status);
  const latest = [...byContext.values()];
  const bad = latest.some(({ state }) => state === 'failure' || state === 'error');
  const good = latest.length > 0 && latest.every(({ state }) => state === 'success');
  return {
    state: bad ? 'failure' : good ? 'success' : 'pending',
    statuses: latest.map((status) => {
      const { creator: _, ...rest } = statusShape(world, repo, status);
      return rest;
    }),
    sha,
    total_count: latest.length,
    repository: minimalRepository(world, repo),
    commit_url: `${repoApi(world, repo)}/commits/${sha}`,
    url: `${repoApi(world, repo)}/commits/${sha}/status`,
  };
}
