import { atLeast, permissionOf } from '../access.ts';
import type { Permission, Repo, User } from '../model.ts';
import type { World } from '../world.ts';
import { nodeId, simpleUser } from './user.ts';

const TEMPLATES = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
};

export function repoApi(world: World, repo: Repo): string {
  return `${world.apiUrl}/repos/${repo.fullName}`;
}

export function repoHtml(world: World, repo: Repo): string {
  return `${world.url}/${repo.fullName}`;
}

/** `minimal-repository`, the part that all the larger ones share. */
export function minimalRepository(world: World, repo: Repo) {
  const api = repoApi(world, repo);
  return {
    id: repo.id,
    node_id: nodeId('R', repo.id),
    name: repo.name,
    full_name: repo.fullName,
    private: repo.private,
    owner: simpleUser(world, repo.owner),
    html_url: repoHtml(world, repo),
    description: repo.description,
    fork: false,
    url: api,
    ...Object.fromEntries(Object.entries(TEMPLATES).map(([key, path]) => [key, api + path])),
  };
}

/** `repository`, as inside pull requests and webhooks; the viewer adds `permissions`. */
export function repository(world: World, repo: Repo, viewer?: User | null) {
  const html = repoHtml(world, repo);
  const open = [...repo.issues.values()].filter((issue) => issue.state === 'open').length;
  return {
    ...minimalRepository(world, repo),
    clone_url: `${html}.git`,
    git_url: `git:${html.slice(html.indexOf('//'))}.git`,
    ssh_url: `git@${new URL(world.url).hostname}:${repo.fullName}.git`,
    svn_url: html,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    created_at: repo.createdAt,
    updated_at: repo.updatedAt,
    pushed_at: repo.pushedAt,
    size: 1,
    stargazers_count: 0,
    watchers_count: 0,
    watchers: 0,
    forks_count: 0,
    forks: 0,
    open_issues_count: open,
    open_issues: open,
    has_issues: repo.hasIssues,
    has_projects: false,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    archived: repo.archived,
    disabled: false,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repo.private ? 'private' : 'public',
    default_branch: repo.defaultBranch,
    ...(viewer ? { permissions: flags(permissionOf(repo, viewer)) } : {}),
  };
}

/** `full-repository`: what `GET /repos/{owner}/{repo}` gives. */
export function fullRepository(world: World, repo: Repo, viewer: User | null) {
  return { ...repository(world, repo, viewer), network_count: 0, subscribers_count: 1 };
}

export function flags(permission: Permission) {
  return {
    admin: atLeast(permission, 'admin'),
    maintain: atLeast(permission, 'maintain'),
    push: atLeast(permission, 'write'),
    triage: atLeast(permission, 'triage'),
    pull: atLeast(permission, 'read'),
  };
}
