import { canRead, requireWrite } from '../access.ts';
import type { Actor } from '../auth.ts';
import { asPull } from '../domain/pull-events.ts';
import { setDraft } from '../domain/pulls.ts';
import { GitHubApiError } from '../errors.ts';
import type { PullIssue, Repo, User } from '../model.ts';
import { readNodeId } from '../shapes/user.ts';
import { findRepo, type World } from '../world.ts';
import { findThread, pullObject, repositoryObject, threadObject, userObject } from './objects.ts';
import type { Field } from './parse.ts';

/** What a field gives: a value, or a function of the field's arguments. */
export type Resolver = (args: Record<string, unknown>) => unknown;
export type GraphqlObject = { [field: string]: unknown };

export class GraphqlError extends Error {
  readonly type: string | undefined;
  readonly path: string | undefined;

  constructor(message: string, type?: string, path?: string) {
    super(message);
    this.type = type;
    this.path = path;
  }
}

/** Picks the selected fields under their aliases. @throws GraphqlError for a field that does not exist. */
export async function project(value: unknown, fields: Field[]): Promise<unknown> {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return Promise.all(value.map((item) => project(item, fields)));
  if (fields.length === 0 || typeof value !== 'object') return value;
  const object = value as GraphqlObject;
  const result: Record<string, unknown> = {};
  for (const field of fields) {
    if (!(field.name in object))
      throw new GraphqlError(`Field '${field.name}' doesn't exist on type '${object.__typename ?? 'Query'}'`);
    const member = object[field.name];
    const resolved = typeof member === 'function' ? await run(member as Resolver, field) : member;
    result[field.alias] = await project(resolved, field.fields);
  }
  return result;
}

async function run(resolver: Resolver, field: Field): Promise<unknown> {
  try {
    return await resolver(field.arguments);
  } catch (error) {
    if (!(error instanceof GitHubApiError)) throw error;
    const type = error.status === 403 ? 'FORBIDDEN' : error.status === 404 ? 'NOT_FOUND' : 'UNPROCESSABLE';
    throw new GraphqlError(error.message, type, field.name);
  }
}

/** The fields of `query` and `mutation` together. */
export function rootOf(world: World, actor: Actor, user: User): GraphqlObject {
  const missing = (id: unknown, path: string) =>
    new GraphqlError(`Could not resolve to a node with the global id of '${String(id)}'.`, 'NOT_FOUND', path);
  const input = (args: Record<string, unknown>) =>
    typeof args.input === 'object' && args.input !== null ? (args.input as Record<string, unknown>) : {};
  const pullByNode = (id: unknown, path: string): { repo: Repo; issue: PullIssue } => {
    const [repoId, number] = (typeof id === 'string' && readNodeId('PR', id)) || [];
    const repo = [...world.repos.values()].find((known) => known.id === Number(repoId) && canRead(known, actor));
    const issue = repo?.issues.get(Number(number));
    const pull = issue && asPull(issue);
    if (!repo || !pull) throw missing(id, path);
    return { repo, issue: pull };
  };
  const draft = (path: string, value: boolean) => (args: Record<string, unknown>) => {
    const { pullRequestId, clientMutationId = null } = input(args);
    const { repo, issue } = pullByNode(pullRequestId, path);
    setDraft(world, repo, requireWrite(repo, actor, 'pull_requests'), issue, value);
    return { clientMutationId, pullRequest: pullObject(world, repo, issue) };
  };
  const resolveThread = (path: string, value: boolean) => (args: Record<string, unknown>) => {
    const { threadId, clientMutationId = null } = input(args);
    const found = typeof threadId === 'string' ? findThread(world, threadId) : undefined;
    if (!found || !canRead(found.repo, actor)) throw missing(threadId, path);
    requireWrite(found.repo, actor, 'pull_requests');
    if (value) found.issue.pull.resolved.add(found.root.id);
    else found.issue.pull.resolved.delete(found.root.id);
    return { clientMutationId, thread: threadObject(world, found.repo, found.issue, found.root) };
  };
  return {
    __typename: 'Query',
    viewer: userObject(world, user),
    repository: ({ owner, name }: Record<string, unknown>) => {
      const repo = findRepo(world, `${owner}/${name}`);
      if (!repo || !canRead(repo, actor))
        throw new GraphqlError(
          `Could not resolve to a Repository with the name '${owner}/${name}'.`,
          'NOT_FOUND',
          'repository',
        );
      return repositoryObject(world, repo);
    },
    node: ({ id }: Record<string, unknown>) => {
      const thread = typeof id === 'string' ? findThread(world, id) : undefined;
      if (thread && canRead(thread.repo, actor)) return threadObject(world, thread.repo, thread.issue, thread.root);
      const { repo, issue } = pullByNode(id, 'node');
      return pullObject(world, repo, issue);
    },
    markPullRequestReadyForReview: draft('markPullRequestReadyForReview', false),
    convertPullRequestToDraft: draft('convertPullRequestToDraft', true),
    resolveReviewThread: resolveThread('resolveReviewThread', true),
    unresolveReviewThread: resolveThread('unresolveReviewThread', false),
  };
}
