import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Actions, ActionsOptions } from './actions/actions.ts';
import { personalToken } from './auth.ts';
import { createWorld } from './create-world.ts';
import { addForeignCheck, createStatus, type StatusInput } from './domain/checks.ts';
import { asPull } from './domain/pull-events.ts';
import type { Events, SimEvents, WaitOptions } from './events.ts';
import type { Faults } from './faults.ts';
import { readRef } from './git/refs.ts';
import type { Comment, Issue, Permission, PullIssue, Repo } from './model.ts';
import type { Annotation, CheckRun, CommitStatus, Conclusion } from './model-checks.ts';
import { createPerson, type GitHubPerson } from './person.ts';
import { createRepo, type RepoOptions } from './repositories.ts';
import { listen } from './server.ts';
import type { Webhooks, WebhookTarget } from './webhooks.ts';
import { ensureUser, findRepo, type RecordedRequest } from './world.ts';

export type { JobScript } from './actions/script.ts';
export type { SimEvents } from './events.ts';
export type { Fault, FaultKind } from './faults.ts';
export type { Comment, Issue, Label, Permission, PullIssue, Repo, Review, ReviewComment, User } from './model.ts';
export type { CheckRun, CommitStatus, WorkflowJob, WorkflowRun } from './model-checks.ts';
export type { GitHubPerson } from './person.ts';
export type { RepoOptions } from './repositories.ts';
export type { Delivery } from './webhooks.ts';

export interface GitHubSimOptions {
  port?: number;
  /** The address it listens on, and names in what it links to; 127.0.0.1 by default. */
  host?: string;
  /** Where repositories and runners live; a temporary directory that `close` removes when absent. */
  directory?: string;
  actions?: ActionsOptions;
}

export interface PersonOptions {
  /** On all repositories there are, or by repository. */
  permission?: Permission | Record<string, Permission>;
  /** Belongs to the organizations; shown as MEMBER. */
  member?: boolean;
}

export interface GitHubSim {
  /** Root of pages and git remotes. */
  url: string;
  /** REST base, as on GitHub Enterprise; GraphQL is beside it at `/api/graphql`. */
  apiUrl: string;
  /** Personal access token of the user `mainloop-bot`. */
  token: string;
  app: { id: number; privateKey: string; slug: string };
  createRepo(fullName: string, options?: RepoOptions): Promise<Repo>;
  /** @throws when there is none. */
  repo(fullName: string): Repo;
  person(login: string, options?: PersonOptions): GitHubPerson;
  /** Sends signed deliveries to this address from now on. */
  webhook(target: WebhookTarget): void;
  webhooks: Webhooks;
  faults: Faults;
  actions: Actions;
  requests: RecordedRequest[];
  /** A check of some other App on a commit. */
  check(
    repo: string,
    input: { sha: string; name: string; conclusion?: Conclusion; summary?: string; annotations?: Annotation[] },
  ): Promise<CheckRun>;
  /** A commit status by some other service. */
  status(repo: string, sha: string, input: StatusInput): Promise<CommitStatus>;
  issues(repo: string): Issue[];
  prs(repo: string): PullIssue[];
  comments(repo: string, number: number): Comment[];
  /** The commit a branch points to, or undefined. */
  head(repo: string, branch: string): Promise<string | undefined>;
  on<K extends keyof SimEvents>(kind: K, listener: (event: SimEvents[K]) => void): () => void;
  waitFor: Events['waitFor'];
  /** Until no delivery and no job is on its way. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const FOREIGN_APP = { id: 57_789, slug: 'third-party-checks', name: 'Third-party checks' };

/** GitHub in miniature: REST, GraphQL, webhooks, git over HTTP, and Actions that really run. */
export async function createGitHubSim(options: GitHubSimOptions = {}): Promise<GitHubSim> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'github-sim-')));
  await mkdir(directory, { recursive: true });
  const world = createWorld(directory, options.actions ?? {});
  const server = await listen(world, options.port ?? 0, options.host ?? '127.0.0.1');
  const bot = ensureUser(world, 'mainloop-bot');
  const service = ensureUser(world, 'third-party-checks[bot]', 'Bot');
  const repoOf = (name: string): Repo => {
    const repo = findRepo(world, name);
    if (!repo) throw new Error(`GitHub sim: no repository ${name}`);
    return repo;
  };
  return {
    url: world.url,
    apiUrl: world.apiUrl,
    token: personalToken(world, bot),
    app: { id: world.app.id, privateKey: world.app.privateKey, slug: world.app.slug },
    createRepo: (name, repoOptions) => createRepo(world, name, bot, repoOptions),
    repo: repoOf,
    person(login, { permission, member } = {}) {
      const user = ensureUser(world, login);
      if (member) world.members.add(login.toLowerCase());
      if (typeof permission === 'string')
        for (const repo of world.repos.values()) repo.permissions.set(login.toLowerCase(), permission);
      else
        for (const [name, given] of Object.entries(permission ?? {}))
          repoOf(name).permissions.set(login.toLowerCase(), given);
      return createPerson(world, user, personalToken(world, user));
    },
    webhook: (target) => world.webhooks.add(target),
    webhooks: world.webhooks,
    faults: world.faults,
    actions: world.actions,
    requests: world.requests,
    check: (name, input) =>
      addForeignCheck(world, repoOf(name), service, { app: FOREIGN_APP, branch: repoOf(name).defaultBranch, ...input }),
    status: (name, sha, input) => createStatus(world, repoOf(name), service, sha, input),
    issues: (name) => [...repoOf(name).issues.values()].filter((issue) => !issue.pull),
    prs: (name) => [...repoOf(name).issues.values()].map(asPull).filter((issue) => issue !== undefined),
    comments: (name, number) => repoOf(name).issues.get(number)?.comments ?? [],
    head: (name, branch) => readRef(repoOf(name).directory, `refs/heads/${branch}`),
    on: (kind, listener) => world.events.on(kind, listener),
    waitFor: <T>(probe: () => T | Promise<T>, wait?: WaitOptions) => world.events.waitFor(probe, wait),
    async settled() {
      await world.actions.idle();
      await world.webhooks.idle();
    },
    async close() {
      world.closing.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await world.actions.idle();
      await world.webhooks.idle();
      if (!options.directory) await rm(directory, { recursive: true, force: true });
    },
  };
}
