import type { User } from '../model.ts';
import type { World } from '../world.ts';

/** `simple-user` of GitHub's API description. */
export function simpleUser(world: World, user: User) {
  const api = `${world.apiUrl}/users/${encodeURIComponent(user.login)}`;
  const html =
    user.type === 'Bot' ? `${world.url}/apps/${user.login.replace('[bot]', '')}` : `${world.url}/${user.login}`;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId('U', user.id),
    avatar_url: `${world.url}/avatars/u/${user.id}?v=4`,
    gravatar_id: '',
    url: api,
    html_url: html,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: user.type,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** `public-user`: what `GET /users/{login}` and `GET /user` give. */
export function publicUser(world: World, user: User) {
  return {
    ...simpleUser(world, user),
    name: user.name,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: [...world.repos.values()].filter((repo) => repo.owner.id === user.id).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: '2020-01-01T00:00:00Z',
    updated_at: '2020-01-01T00:00:00Z',
  };
}

/** Opaque global id as GraphQL uses it; `PR_…` and the like. */
export function nodeId(kind: string, ...ids: (number | string)[]): string {
  return `${kind}_${Buffer.from(ids.join(':')).toString('base64url')}`;
}

/** The numbers of a global id, or undefined when it is of another kind. */
export function readNodeId(kind: string, id: string): string[] | undefined {
  if (!id.startsWith(`${kind}_`)) return undefined;
  return Buffer.from(id.slice(kind.length + 1), 'base64url')
    .toString()
    .split(':');
}
