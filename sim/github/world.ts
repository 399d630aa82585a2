import type { KeyObject } from 'node:crypto';
import type { Actions } from './actions/actions.ts';
import type { Events } from './events.ts';
import type { Faults } from './faults.ts';
import type { Repo, User } from './model.ts';
import type { CheckApp } from './model-checks.ts';
import type { Webhooks } from './webhooks.ts';

export type Level = 'read' | 'write' | 'admin';
export type Scopes = Record<string, Level>;

export interface Token {
  value: string;
  user: User;
  /** Set for tokens of an App installation; absent for a personal access token. */
  installation?: { id: number; repositories: Set<number>; permissions: Scopes; expiresAt: number };
}

export interface Installation {
  id: number;
  account: User;
  createdAt: string;
}

export interface AppIdentity {
  id: number;
  slug: string;
  name: string;
  privateKey: string;
  publicKey: KeyObject;
  bot: User;
  permissions: Scopes;
  events: string[];
  createdAt: string;
}

export interface RecordedRequest {
  method: string;
  /** Below the API base, with the query. */
  path: string;
  status: number;
  login: string | null;
  at: number;
}

/** Everything the parts share. */
export interface World {
  url: string;
  apiUrl: string;
  directory: string;
  users: Map<string, User>;
  repos: Map<string, Repo>;
  tokens: Map<string, Token>;
  installations: Map<string, Installation>;
  app: AppIdentity;
  /** The App whose checks Actions makes. */
  actionsApp: CheckApp;
  /** Logins that belong to every organization. */
  members: Set<string>;
  events: Events;
  faults: Faults;
  webhooks: Webhooks;
  actions: Actions;
  requests: RecordedRequest[];
  /** Ends everything that waits. */
  closing: AbortController;
  nextId(): number;
}

export function findRepo(world: World, fullName: string): Repo | undefined {
  return world.repos.get(fullName.toLowerCase());
}

/** The user with this login; makes one when it is new. */
export function ensureUser(world: World, login: string, type: User['type'] = 'User'): User {
  const known = world.users.get(login.toLowerCase());
  if (known) return known;
  const id = world.nextId();
  const user: User = { id, login, name: login, type, email: `${id}+${login}@users.noreply.github.com` };
  world.users.set(login.toLowerCase(), user);
  return user;
}
