import { join } from 'node:path';
import { now } from './clock.ts';
import { createBare, writeCommit } from './git/write.ts';
import type { Repo, User } from './model.ts';
import { installationShape } from './shapes/app.ts';
import { simpleUser } from './shapes/user.ts';
import { ensureUser, type World } from './world.ts';

export interface RepoOptions {
  /** First commit's files; a README when absent. */
  files?: Record<string, string | Buffer>;
  defaultBranch?: string;
  description?: string;
  private?: boolean;
  /** Whether the App is installed and the bot user is a collaborator; default true. */
  installed?: boolean;
  archived?: boolean;
  /** False: issues are switched off. */
  issues?: boolean;
  /** No commit at all. */
  empty?: boolean;
}

/** A repository `owner/name` with one commit; the owner becomes an organization when it is new. */
export async function createRepo(world: World, fullName: string, bot: User, options: RepoOptions = {}): Promise<Repo> {
  const [ownerName = '', name = ''] = fullName.split('/');
  const owner = ensureUser(world, ownerName, 'Organization');
  const at = now();
  const repo: Repo = {
    id: world.nextId(),
    owner,
    name,
    fullName: `${owner.login}/${name}`,
    description: options.description ?? null,
    private: options.private ?? false,
    archived: options.archived ?? false,
    hasIssues: options.issues ?? true,
    deleted: new Set(),
    installed: options.installed ?? true,
    defaultBranch: options.defaultBranch ?? 'main',
    directory: join(world.directory, 'repositories', owner.login, `${name}.git`),
    permissions: new Map(),
    labels: [],
    issues: new Map(),
    statuses: [],
    suites: [],
    checks: [],
    runs: [],
    jobs: [],
    createdAt: at,
    pushedAt: at,
    updatedAt: at,
  };
  await createBare(repo.directory, repo.defaultBranch);
  if (!options.empty)
    await writeCommit(repo.directory, {
      ref: `refs/heads/${repo.defaultBranch}`,
      parent: undefined,
      message: 'Initial commit',
      author: { name: owner.name, email: owner.email },
      files: options.files ?? { 'README.md': `# ${name}\n` },
    });
  world.repos.set(repo.fullName.toLowerCase(), repo);
  if (repo.installed) {
    repo.permissions.set(bot.login.toLowerCase(), 'write');
    install(world, owner);
  }
  return repo;
}

function install(world: World, owner: User): void {
  const key = owner.login.toLowerCase();
  if (world.installations.has(key)) return;
  const installation = { id: world.nextId(), account: owner, createdAt: now() };
  world.installations.set(key, installation);
  world.webhooks.dispatch('installation', {
    action: 'created',
    installation: installationShape(world, installation),
    repositories: [],
    requester: null,
    sender: simpleUser(world, owner),
  });
}
