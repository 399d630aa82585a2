import type { Hono } from 'hono';
import { installationToken } from '../auth.ts';
import { badCredentials, forbidden, notFound, requiresAuthentication, unprocessable } from '../errors.ts';
import type { Repo } from '../model.ts';
import { appShape, installationShape } from '../shapes/app.ts';
import { repository } from '../shapes/repository.ts';
import type { Installation, Scopes, World } from '../world.ts';
import { bodyOf, type Ctx, type Env, numberOf, page, texts } from './context.ts';

/** The GitHub App: who it is, where it is installed, and its tokens. */
export function appRoutes(api: Hono<Env>, world: World): void {
  api.get('/app', (c) => {
    requireApp(c);
    return c.json(appShape(world));
  });
  api.get('/app/installations', (c) => {
    requireApp(c);
    return c.json(page(world, c, [...world.installations.values()]).map((item) => installationShape(world, item)));
  });
  api.get('/app/installations/:id', (c) => {
    requireApp(c);
    return c.json(installationShape(world, byId(world, numberOf(c, 'id'))));
  });
  api.get('/repos/:owner/:repo/installation', (c) => {
    requireApp(c);
    const installation = world.installations.get((c.req.param('owner') ?? '').toLowerCase());
    const repo = world.repos.get(`${c.req.param('owner')}/${c.req.param('repo')}`.toLowerCase());
    if (!installation || !repo?.installed) throw notFound();
    return c.json(installationShape(world, installation));
  });
  api.post('/app/installations/:id/access_tokens', async (c) => {
    requireApp(c);
    const installation = byId(world, numberOf(c, 'id'));
    const body = await bodyOf(c);
    const asked = texts(body.repositories);
    const repositories = chosen(world, installation, asked);
    const permissions = narrowed(world.app.permissions, body.permissions);
    const token = installationToken(world, installation.id, repositories, permissions);
    const expires = token.installation ? token.installation.expiresAt : 0;
    return c.json(
      {
        token: token.value,
        expires_at: new Date(expires).toISOString(),
        permissions,
        repository_selection: 'selected',
        ...(asked ? { repositories: repositories.map((repo) => repository(world, repo)) } : {}),
      },
      201,
    );
  });
  api.get('/installation/repositories', (c) => {
    const installation = c.var.actor.token?.installation;
    if (!installation)
      throw forbidden(
        'You must authenticate with an installation access token in order to list repositories for an installation.',
      );
    const repositories = [...world.repos.values()].filter((repo) => installation.repositories.has(repo.id));
    return c.json({
      total_count: repositories.length,
      repository_selection: 'selected',
      repositories: page(world, c, repositories).map((repo) => repository(world, repo)),
    });
  });
  api.delete('/installation/token', (c) => {
    const { token } = c.var.actor;
    if (!token?.installation) throw requiresAuthentication();
    world.tokens.delete(token.value);
    return c.body(null, 204);
  });
}

/** Only the App itself, by JWT. */
function requireApp(c: Ctx): void {
  if (!c.var.actor.jwt) throw c.var.actor.user ? badCredentials() : requiresAuthentication();
}

function byId(world: World, id: number): Installation {
  const found = [...world.installations.values()].find((installation) => installation.id === id);
  if (!found) throw notFound();
  return found;
}

function chosen(world: World, installation: Installation, names: string[] | undefined): Repo[] {
  const all = [...world.repos.values()].filter((repo) => repo.owner.id === installation.account.id && repo.installed);
  if (!names) return all;
  return names.map((name) => {
    const repo = all.find((known) => known.name.toLowerCase() === name.toLowerCase());
    if (!repo)
      throw unprocessable(
        'There is at least one repository that does not exist or is not accessible to the parent installation.',
      );
    return repo;
  });
}

function narrowed(granted: Scopes, asked: unknown): Scopes {
  if (typeof asked !== 'object' || asked === null) return granted;
  for (const [scope, level] of Object.entries(asked))
    if (!granted[scope] || (level === 'write' && granted[scope] === 'read'))
      throw unprocessable('The permissions requested are not granted to this installation.');
  return { metadata: 'read', ...(asked as Scopes) };
}
