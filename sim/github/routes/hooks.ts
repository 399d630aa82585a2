import type { Hono } from 'hono';
import { requireWrite } from '../access.ts';
import { repoApi } from '../shapes/repository.ts';
import type { World } from '../world.ts';
import { type Env, page, repoOf } from './context.ts';

/** The webhooks of a repository, for those who administer it. All of the world's call for each. */
export function hookRoutes(api: Hono<Env>, world: World): void {
  api.get('/repos/:owner/:repo/hooks', (c) => {
    const repo = repoOf(world, c);
    requireWrite(repo, c.var.actor, 'repository_hooks', 'admin');
    const hooks = world.webhooks.targets.map(({ url, events }, at) => ({
      type: 'Repository',
      id: at + 1,
      name: 'web',
      active: true,
      events: events ?? ['*'],
      config: { url, content_type: 'json', insecure_ssl: '0' },
      updated_at: '2026-01-01T00:00:00Z',
      created_at: '2026-01-01T00:00:00Z',
      url: `${repoApi(world, repo)}/hooks/${at + 1}`,
      test_url: `${repoApi(world, repo)}/hooks/${at + 1}/test`,
      ping_url: `${repoApi(world, repo)}/hooks/${at + 1}/pings`,
      last_response: { code: null, status: 'unused', message: null },
    }));
    return c.json(page(world, c, hooks));
  });
}
