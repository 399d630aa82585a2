import type { Hono } from 'hono';
import { atLeast, permissionOf, requireRead } from '../access.ts';
import { badCredentials, forbidden, notFound, requiresAuthentication } from '../errors.ts';
import { readCommit } from '../git/history.ts';
import { listRefs, readRef } from '../git/refs.ts';
import { commitShape } from '../shapes/commit.ts';
import { flags, fullRepository, repoApi, repoHtml } from '../shapes/repository.ts';
import { publicUser, simpleUser } from '../shapes/user.ts';
import type { World } from '../world.ts';
import { type Env, page, repoOf } from './context.ts';

/** Users, repositories, their collaborators and branches. */
export function repositoryRoutes(api: Hono<Env>, world: World): void {
  api.get('/user', (c) => {
    const { user, jwt, token } = c.var.actor;
    if (!user) throw requiresAuthentication();
    if (jwt) throw badCredentials();
    if (token?.installation) throw forbidden('Resource not accessible by integration');
    c.header('x-oauth-scopes', 'repo, workflow');
    return c.json(publicUser(world, user));
  });
  api.get('/users/:login', (c) => {
    const user = world.users.get((c.req.param('login') ?? '').toLowerCase());
    if (!user) throw notFound();
    return c.json(publicUser(world, user));
  });
  api.get('/repos/:owner/:repo', (c) => c.json(fullRepository(world, repoOf(world, c), c.var.actor.user)));
  api.get('/repos/:owner/:repo/collaborators/:login/permission', (c) => {
    const repo = repoOf(world, c);
    const { user: viewer } = c.var.actor;
    if (!viewer) throw requiresAuthentication();
    if (!c.var.actor.token?.installation && !atLeast(permissionOf(repo, viewer), 'write'))
      throw forbidden('Must have push access to view collaborator permission.');
    const user = world.users.get((c.req.param('login') ?? '').toLowerCase());
    if (!user) throw notFound();
    const role = permissionOf(repo, user);
    // The old field knows four levels; `role_name` tells maintain and triage apart.
    const permission = role === 'maintain' ? 'write' : role === 'triage' ? 'read' : role;
    return c.json({
      permission,
      role_name: role,
      user: { ...simpleUser(world, user), permissions: flags(role), role_name: role },
    });
  });
  api.get('/repos/:owner/:repo/branches', async (c) => {
    const repo = repoOf(world, c);
    const refs = [...(await listRefs(repo.directory, 'refs/heads'))];
    return c.json(
      page(world, c, refs).map(([ref, sha]) => ({
        name: ref.slice('refs/heads/'.length),
        commit: { sha, url: `${repoApi(world, repo)}/commits/${sha}` },
        protected: false,
      })),
    );
  });
  api.get('/repos/:owner/:repo/branches/:branch{.+}', async (c) => {
    const repo = repoOf(world, c);
    requireRead(repo, c.var.actor, 'contents');
    const name = c.req.param('branch');
    const sha = await readRef(repo.directory, `refs/heads/${name}`);
    if (!sha) throw notFound();
    const self = `${repoApi(world, repo)}/branches/${encodeURIComponent(name)}`;
    return c.json({
      name,
      commit: commitShape(world, repo, await readCommit(repo.directory, sha)),
      _links: { self, html: `${repoHtml(world, repo)}/tree/${name}` },
      protected: false,
      protection: { enabled: false, required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] } },
      protection_url: `${self}/protection`,
    });
  });
}
