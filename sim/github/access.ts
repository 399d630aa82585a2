import type { Actor } from './auth.ts';
import { forbidden, notFound, requiresAuthentication } from './errors.ts';
import type { Association, Permission, Repo, User } from './model.ts';
import type { World } from './world.ts';

const RANK: Permission[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

/** A person's permission on a repository; everybody reads a public one. */
export function permissionOf(repo: Repo, user: User): Permission {
  if (user.id === repo.owner.id) return 'admin';
  const given = repo.permissions.get(user.login.toLowerCase());
  return given && given !== 'none' ? given : repo.private ? 'none' : 'read';
}

export function atLeast(permission: Permission, least: Permission): boolean {
  return RANK.indexOf(permission) >= RANK.indexOf(least);
}

export function canRead(repo: Repo, actor: Actor): boolean {
  if (!repo.private) return true;
  if (actor.token?.installation) return actor.token.installation.repositories.has(repo.id);
  return actor.user !== null && !actor.jwt && permissionOf(repo, actor.user) !== 'none';
}

/** The sender of a write, after the checks GitHub makes. `least` is what a person needs; an installation token needs the scope. */
export function requireWrite(repo: Repo, actor: Actor, scope: string, least: Permission = 'write'): User {
  if (!actor.user) throw requiresAuthentication();
  if (!canRead(repo, actor)) throw notFound();
  if (actor.jwt) throw forbidden('Resource not accessible by integration');
  if (actor.token?.installation) {
    const { repositories, permissions } = actor.token.installation;
    const level = permissions[scope];
    if (!repositories.has(repo.id) || (level !== 'write' && level !== 'admin'))
      throw forbidden('Resource not accessible by integration');
  } else if (!atLeast(permissionOf(repo, actor.user), least)) {
    throw forbidden('Resource not accessible by personal access token');
  }
  if (repo.archived) throw forbidden('Repository was archived so is read-only.');
  return actor.user;
}

/** Checks a read with an installation token's scope; other actors only need to see the repository. */
export function requireRead(repo: Repo, actor: Actor, scope: string): void {
  if (!canRead(repo, actor)) throw notFound();
  const installation = actor.token?.installation;
  if (installation?.repositories.has(repo.id) && !installation.permissions[scope] && repo.private)
    throw forbidden('Resource not accessible by integration');
}

/** What GitHub prints beside a person's words. */
export function associationOf(world: World, repo: Repo, user: User): Association {
  if (user.id === repo.owner.id) return 'OWNER';
  if (world.members.has(user.login.toLowerCase()) && repo.owner.type === 'Organization') return 'MEMBER';
  const given = repo.permissions.get(user.login.toLowerCase());
  if (given && given !== 'none') return 'COLLABORATOR';
  const merged = [...repo.issues.values()].some((issue) => issue.pull?.mergedAt && issue.user.id === user.id);
  return merged ? 'CONTRIBUTOR' : 'NONE';
}
