import { associationOf } from '../access.ts';
import { asPull } from '../domain/pull-events.ts';
import type { PullIssue, Repo, ReviewComment, User } from '../model.ts';
import { repoHtml } from '../shapes/repository.ts';
import { nodeId, readNodeId, simpleUser } from '../shapes/user.ts';
import type { World } from '../world.ts';

type Args = Record<string, unknown>;

export function userObject(world: World, user: User) {
  const { node_id: id, html_url: url, avatar_url: avatarUrl } = simpleUser(world, user);
  // GraphQL names an App's bot without the suffix that REST adds.
  return {
    __typename: user.type,
    id,
    databaseId: user.id,
    login: user.login.replace('[bot]', ''),
    name: user.name,
    url,
    avatarUrl,
  };
}

export function repositoryObject(world: World, repo: Repo) {
  return {
    __typename: 'Repository',
    id: nodeId('R', repo.id),
    databaseId: repo.id,
    name: repo.name,
    nameWithOwner: repo.fullName,
    isPrivate: repo.private,
    isArchived: repo.archived,
    url: repoHtml(world, repo),
    pullRequest: ({ number }: Args) => {
      const issue = repo.issues.get(Number(number));
      const pull = issue && asPull(issue);
      return pull ? pullObject(world, repo, pull) : null;
    },
  };
}

export function pullObject(world: World, repo: Repo, issue: PullIssue) {
  const { pull } = issue;
  return {
    __typename: 'PullRequest',
    id: nodeId('PR', repo.id, issue.number),
    databaseId: pull.id,
    fullDatabaseId: String(pull.id),
    number: issue.number,
    title: issue.title,
    body: issue.body ?? '',
    url: `${repoHtml(world, repo)}/pull/${issue.number}`,
    isDraft: pull.draft,
    state: pull.mergedAt ? 'MERGED' : issue.state === 'open' ? 'OPEN' : 'CLOSED',
    merged: pull.mergedAt !== null,
    headRefName: pull.head.ref,
    headRefOid: pull.head.sha,
    baseRefName: pull.base.ref,
    author: userObject(world, issue.user),
    reviewThreads: (args: Args) => {
      const roots = pull.reviewComments.filter((comment) => comment.inReplyTo === null);
      return connection(roots, args, (root) => threadObject(world, repo, issue, root));
    },
  };
}

export function threadObject(world: World, repo: Repo, issue: PullIssue, root: ReviewComment) {
  const comments = issue.pull.reviewComments.filter((comment) => comment === root || comment.inReplyTo === root.id);
  return {
    __typename: 'PullRequestReviewThread',
    id: nodeId('PRRT', repo.id, root.id),
    isResolved: issue.pull.resolved.has(root.id),
    isOutdated: root.commitId !== issue.pull.head.sha,
    isCollapsed: issue.pull.resolved.has(root.id),
    path: root.path,
    line: root.line,
    comments: (args: Args) => connection(comments, args, (comment) => commentObject(world, repo, comment)),
  };
}

function commentObject(world: World, repo: Repo, comment: ReviewComment) {
  return {
    __typename: 'PullRequestReviewComment',
    id: nodeId('PRRC', repo.id, comment.id),
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    path: comment.path,
    line: comment.line,
    author: userObject(world, comment.user),
    authorAssociation: associationOf(world, repo, comment.user),
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    replyTo:
      comment.inReplyTo === null
        ? null
        : { id: nodeId('PRRC', repo.id, comment.inReplyTo), databaseId: comment.inReplyTo },
  };
}

/** The thread a global id names. */
export function findThread(
  world: World,
  id: string,
): { repo: Repo; issue: PullIssue; root: ReviewComment } | undefined {
  const [repoId, rootId] = readNodeId('PRRT', id) ?? [];
  const repo = [...world.repos.values()].find((known) => known.id === Number(repoId));
  for (const issue of [...(repo?.issues.values() ?? [])].map(asPull)) {
    const root = issue?.pull.reviewComments.find(
      (comment) => comment.id === Number(rootId) && comment.inReplyTo === null,
    );
    if (repo && issue && root) return { repo, issue, root };
  }
  return undefined;
}

/** A page of a list: `first`/`after`, or `last`; the cursor is the position. */
function connection<T>(items: T[], args: Args, shape: (item: T) => unknown) {
  const start = typeof args.after === 'string' ? Number(Buffer.from(args.after, 'base64').toString()) : 0;
  const size = typeof args.first === 'number' ? args.first : items.length;
  const from = typeof args.last === 'number' ? Math.max(0, items.length - args.last) : start;
  const to = typeof args.last === 'number' ? items.length : Math.min(items.length, start + size);
  return {
    totalCount: items.length,
    nodes: items.slice(from, to).map(shape),
    pageInfo: {
      hasNextPage: to < items.length,
      hasPreviousPage: from > 0,
      endCursor: to > from ? Buffer.from(String(to)).toString('base64') : null,
    },
  };
}
