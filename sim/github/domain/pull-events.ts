import { diff } from '../git/diff.ts';
import { commitsBetween } from '../git/history.ts';
import { mergeBase } from '../git/refs.ts';
import { mergeCommits } from '../git/write.ts';
import type { Issue, PullIssue, Repo, User } from '../model.ts';
import { latestChecks } from '../shapes/check.ts';
import { type PullFacts, pullShape } from '../shapes/pull.ts';
import type { World } from '../world.ts';
import { announce } from './announce.ts';

export function asPull(issue: Issue): PullIssue | undefined {
  return issue.pull ? (issue as PullIssue) : undefined;
}

/** The `pull_request` webhook, with the size that `pullFacts` last found. */
export function announcePull(
  world: World,
  repo: Repo,
  user: User,
  issue: PullIssue,
  action: string,
  extra: Record<string, unknown> = {},
): void {
  // GitHub has not computed mergeability when it announces a change.
  const facts: PullFacts = {
    mergeable: null,
    mergeableState: issue.pull.draft ? 'draft' : 'unknown',
    ...(lastCounts.get(issue) ?? NO_COUNTS),
  };
  const pull_request = pullShape(world, repo, issue, facts);
  announce(world, repo, user, 'pull_request', action, { number: issue.number, pull_request, ...extra });
  world.events.emit('pr', {
    repo: repo.fullName,
    number: issue.number,
    action,
    by: user.login,
    title: issue.title,
    draft: issue.pull.draft,
    merged: issue.pull.mergedAt !== null,
    head: issue.pull.head.sha,
  });
}

type Counts = Omit<PullFacts, 'mergeable' | 'mergeableState'>;
const NO_COUNTS: Counts = { commits: 1, additions: 0, deletions: 0, changedFiles: 0 };
const lastCounts = new WeakMap<Issue, Counts>();
const mergeability = new Map<string, boolean>();

/** Asks git about a pull request: size, and whether it merges. */
export async function pullFacts(repo: Repo, issue: PullIssue): Promise<PullFacts> {
  const { head, base } = issue.pull;
  const from = await mergeBase(repo.directory, base.sha, head.sha);
  const files = await diff(repo.directory, from, head.sha);
  const counts: Counts = {
    commits: (await commitsBetween(repo.directory, from ?? base.sha, head.sha)).length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changedFiles: files.length,
  };
  lastCounts.set(issue, counts);
  if (issue.state === 'closed') return { ...counts, mergeable: null, mergeableState: 'unknown' };
  const mergeable = await mergesCleanly(repo, base.sha, head.sha);
  return { ...counts, mergeable, mergeableState: state(repo, issue, mergeable) };
}

async function mergesCleanly(repo: Repo, base: string, head: string): Promise<boolean> {
  const key = `${base} ${head}`;
  const known = mergeability.get(key);
  if (known !== undefined) return known;
  const author = { name: 'GitHub', email: 'noreply@github.com' };
  const merged = await mergeCommits(repo.directory, { base, head, method: 'merge', message: 'test merge', author });
  mergeability.set(key, merged !== undefined);
  return merged !== undefined;
}

function state(repo: Repo, issue: PullIssue, mergeable: boolean): string {
  if (!mergeable) return 'dirty';
  if (issue.pull.draft) return 'draft';
  const { sha } = issue.pull.head;
  const checks = latestChecks(repo.checks.filter((check) => check.headSha === sha));
  const statuses = repo.statuses.filter((status) => status.sha === sha);
  const good = ['success', 'neutral', 'skipped'];
  const unstable =
    checks.some((check) => !check.conclusion || !good.includes(check.conclusion)) ||
    statuses.some((status) => status.state !== 'success');
  return unstable ? 'unstable' : 'clean';
}
