import type { Repo, User } from '../model.ts';
import { repository } from '../shapes/repository.ts';
import { nodeId, simpleUser } from '../shapes/user.ts';
import type { World } from '../world.ts';

/** Sends a webhook about a repository, with the parts that all payloads share. `status` and `push` have no action. */
export function announce(
  world: World,
  repo: Repo,
  sender: User,
  event: string,
  action: string | null,
  payload: Record<string, unknown>,
): void {
  const installation = repo.installed ? world.installations.get(repo.owner.login.toLowerCase()) : undefined;
  world.webhooks.dispatch(event, {
    ...(action ? { action } : {}),
    ...payload,
    repository: {
      ...repository(world, repo),
      ...(event === 'push'
        ? { pushed_at: Date.parse(repo.pushedAt) / 1000, created_at: Date.parse(repo.createdAt) / 1000 }
        : {}),
    },
    ...(repo.owner.type === 'Organization' ? { organization: organization(world, repo.owner) } : {}),
    sender: simpleUser(world, sender),
    ...(installation ? { installation: { id: installation.id, node_id: nodeId('IN', installation.id) } } : {}),
  });
}

function organization(world: World, owner: User) {
  const url = `${world.apiUrl}/orgs/${owner.login}`;
  return {
    login: owner.login,
    id: owner.id,
    node_id: nodeId('O', owner.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.url}/avatars/u/${owner.id}?v=4`,
    description: '',
  };
}
