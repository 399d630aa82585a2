import type { RepoName } from './ids.ts';

/** Owners run the house, members direct tasks, viewers look on. */
export type Role = 'owner' | 'member' | 'viewer';

export const roles: readonly Role[] = ['owner', 'member', 'viewer'];

export interface Person {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  /** The projects they may use; null: all. Owners use all, whatever stands here. */
  readonly projects: readonly RepoName[] | null;
}

/** Everything that is decided by policy. `administer` covers people and projects. */
export type Deed = 'chat' | 'view' | 'propose' | 'confirm' | 'approve' | 'answer' | 'steer' | 'cancel' | 'administer';

const allowed: Record<Role, readonly Deed[]> = {
  owner: ['chat', 'view', 'propose', 'confirm', 'approve', 'answer', 'steer', 'cancel', 'administer'],
  member: ['chat', 'view', 'propose', 'confirm', 'approve', 'answer', 'steer', 'cancel'],
  viewer: ['view'],
};

/** Why a deed is refused: the role does not reach, the project is not theirs, or it was they who asked for the work. */
export type Refusal = 'role' | 'project' | 'own';

/** What a deed is about, as far as policy looks at it. */
export interface Matter {
  readonly repo: RepoName;
  /** The person who asked for the work; null when that is not known. */
  readonly proposer?: number | null;
  /** Whether the project lets them confirm and approve it themselves. */
  readonly selfApproval?: boolean;
}

/**
 * Somebody whom only the code host vouches for, for one repository. They may be anybody, so where the proposer's own
 * approval is forbidden, theirs is too.
 */
export const hostMember = (name: string, repo: RepoName): Person => ({
  id: 0,
  name,
  role: 'member',
  projects: [repo],
});

/** Null when the person may do the deed. Bots and strangers are no persons, so they may nothing. */
export function refusal(
  person: (Pick<Person, 'role' | 'projects'> & Partial<Person>) | null,
  deed: Deed,
  matter: Matter | null = null,
): Refusal | null {
  if (person === null || !allowed[person.role].includes(deed)) return 'role';
  if (matter === null) return null;
  if (!uses(person, matter.repo)) return 'project';
  const decidesOwn = person.id === 0 || person.id === matter.proposer;
  return decidesOwn && matter.selfApproval === false && (deed === 'confirm' || deed === 'approve') ? 'own' : null;
}

/** Whether a person may do a deed, in a project where one is named. */
export const may = (person: Pick<Person, 'role' | 'projects'> | null, deed: Deed, repo?: RepoName): boolean =>
  refusal(person, deed, repo === undefined ? null : { repo }) === null;

/** The projects that a person may see: null for all, none for strangers. */
export const seenBy = (person: Pick<Person, 'role' | 'projects'> | null): readonly RepoName[] | null => {
  if (!may(person, 'view')) return [];
  return person?.role === 'owner' ? null : (person?.projects ?? null);
};

/** Names of repositories differ in more than case. */
export const isAmong = (repos: readonly RepoName[] | null, repo: RepoName): boolean =>
  repos === null || repos.some((one) => one.toLowerCase() === repo.toLowerCase());

const uses = (person: Pick<Person, 'role' | 'projects'>, repo: RepoName): boolean =>
  person.role === 'owner' || isAmong(person.projects, repo);
