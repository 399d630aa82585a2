import type { Target } from './api.ts';
import { REPEATABLE } from './client.ts';

interface Threads {
  repository: {
    pullRequest: {
      reviewThreads: {
        nodes: { isResolved: boolean; comments: { nodes: { databaseId: number | null }[] } }[];
        pageInfo: { hasNextPage: boolean; endCursor: string | null };
      };
    } | null;
  } | null;
}

const THREADS = `query ($owner: String!, $repo: String!, $pull: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $pull) {
      reviewThreads(first: 100, after: $after) {
        nodes { isResolved comments(first: 1) { nodes { databaseId } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

/** Ids of the comments that began a thread which somebody has resolved; only GraphQL knows. */
export async function resolvedThreads({ octokit, at }: Target, pull: number): Promise<Set<number>> {
  const resolved = new Set<number>();
  let after: string | null = null;
  do {
    const answer: Threads = await octokit.graphql(THREADS, { ...at, pull, after, ...REPEATABLE });
    const threads = answer.repository?.pullRequest?.reviewThreads;
    for (const thread of threads?.nodes ?? []) {
      const first = thread.comments.nodes[0]?.databaseId;
      if (thread.isResolved && first) resolved.add(first);
    }
    after = threads?.pageInfo.hasNextPage ? threads.pageInfo.endCursor : null;
  } while (after);
  return resolved;
}
