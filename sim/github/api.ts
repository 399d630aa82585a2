import { createHash } from 'node:crypto';
import { Hono, type MiddlewareHandler } from 'hono';
import { ANONYMOUS, authenticate } from './auth.ts';
import { GitHubApiError, notFound } from './errors.ts';
import { graphqlRoute } from './graphql/route.ts';
import { misbehave } from './misbehave.ts';
import { RateLimits } from './rate-limit.ts';
import { actionsRoutes, logDownload } from './routes/actions.ts';
import { appRoutes } from './routes/app.ts';
import { checkRoutes } from './routes/checks.ts';
import { commentRoutes } from './routes/comments.ts';
import { commitRoutes } from './routes/commits.ts';
import { contentRoutes } from './routes/contents.ts';
import type { Env } from './routes/context.ts';
import { gitRoutes } from './routes/git.ts';
import { hookRoutes } from './routes/hooks.ts';
import { issueRoutes } from './routes/issues.ts';
import { pullRoutes } from './routes/pulls.ts';
import { reactionRoutes } from './routes/reactions.ts';
import { repositoryRoutes } from './routes/repositories.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { searchRoutes } from './routes/search.ts';
import type { World } from './world.ts';

const KEPT_REQUESTS = 10_000;

/** Everything that speaks JSON: REST below `/api/v3`, GraphQL at `/api/graphql`, job logs. */
export function createApi(world: World): Hono<Env> {
  const root = new Hono<Env>();
  const limits = new RateLimits();
  const relative = (url: URL) => url.pathname.replace(/^\/api(\/v3)?/, '') + url.search;
  const rest = new Hono<Env>();
  const families = [
    appRoutes,
    repositoryRoutes,
    gitRoutes,
    commitRoutes,
    contentRoutes,
    issueRoutes,
    commentRoutes,
    reactionRoutes,
    pullRoutes,
    reviewRoutes,
    checkRoutes,
    actionsRoutes,
    searchRoutes,
    hookRoutes,
  ];
  for (const family of families) family(rest, world);
  rest.get('/rate_limit', (c) => {
    const rate = limits.status(c.var.actor);
    return c.json({ resources: { core: rate, search: rate, graphql: rate }, rate });
  });
  root.use(
    '/api/*',
    remember(world, relative),
    headers(limits),
    misbehave(world, relative),
    identify(world),
    conditional(),
  );
  root.route('/api/v3', rest);
  graphqlRoute(root, world);
  logDownload(root, world);
  root.notFound(() => answer(notFound()));
  root.onError((error) => answer(error instanceof GitHubApiError ? error : internal(error)));
  return root;
}

function answer(error: GitHubApiError): Response {
  return new Response(JSON.stringify(error.body()), {
    status: error.status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...error.headers },
  });
}

/** A bug of the sim: said in the body, so that a test shows it. */
function internal(error: Error): GitHubApiError {
  return new GitHubApiError(500, `GitHub sim: ${error.stack ?? error.message}`);
}

function identify(world: World): MiddlewareHandler<Env> {
  return async function identifying(c, next) {
    c.set('actor', authenticate(world, c.req.header('authorization')));
    await next();
  };
}

function remember(world: World, relative: (url: URL) => string): MiddlewareHandler<Env> {
  return async function remembering(c, next) {
    const at = Date.now();
    await next();
    const actor = c.var.actor ?? ANONYMOUS;
    world.requests.push({
      method: c.req.method,
      path: relative(new URL(c.req.url)),
      status: c.res.status,
      login: actor.user?.login ?? null,
      at,
    });
    if (world.requests.length > KEPT_REQUESTS) world.requests.shift();
  };
}

function headers(limits: RateLimits): MiddlewareHandler<Env> {
  return async function adding(c, next) {
    await next();
    const actor = c.var.actor ?? ANONYMOUS;
    if (c.res.status !== 304) limits.count(actor);
    const resource = c.req.path.endsWith('/graphql') ? 'graphql' : c.req.path.includes('/search/') ? 'search' : 'core';
    for (const [name, value] of Object.entries(limits.headers(actor, resource)))
      if (!c.res.headers.has(name)) c.header(name, value);
    c.header('x-github-media-type', 'github.v3; format=json');
    c.header('x-github-request-id', crypto.randomUUID());
  };
}

/** ETag on every answer to a GET, and 304 when the client has it already. */
function conditional(): MiddlewareHandler<Env> {
  return async function comparing(c, next) {
    await next();
    if (c.req.method !== 'GET' || c.res.status !== 200) return;
    const bytes = Buffer.from(await c.res.clone().arrayBuffer());
    const etag = `W/"${createHash('sha256').update(bytes).digest('hex')}"`;
    const strong = (value: string) => value.trim().replace(/^W\//, '');
    if (c.req.header('if-none-match')?.split(',').map(strong).includes(strong(etag)))
      c.res = new Response(null, { status: 304 });
    c.header('etag', etag);
  };
}
