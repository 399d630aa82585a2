import { now } from '../clock.ts';
import type { PullIssue, Repo, User } from '../model.ts';
import type { World } from '../world.ts';
import { updateIssue } from './issues.ts';
import { announcePull } from './pull-events.ts';

const CLOSING = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)/gi;

/** Closes as merged and announces it; into the default branch it also closes the issues that "Closes #1" names. */
export function markMerged(world: World, repo: Repo, user: User, issue: PullIssue, commit: string): void {
  const at = now();
  Object.assign(issue.pull, { mergedAt: at, mergedBy: user, mergeCommitSha: commit });
  Object.assign(issue, { state: 'closed', closedAt: at, closedBy: user, updatedAt: at });
  announcePull(world, repo, user, issue, 'closed');
  if (issue.pull.base.ref !== repo.defaultBranch) return;
  for (const [, number] of (issue.body ?? '').matchAll(CLOSING)) {
    const named = repo.issues.get(Number(number));
    if (named && !named.pull) updateIssue(world, repo, user, named, { state: 'closed', stateReason: 'completed' });
  }
}
