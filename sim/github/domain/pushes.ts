import { now } from '../clock.ts';
import { diff } from '../git/diff.ts';
import { commitsBetween, readCommit } from '../git/history.ts';
import { isAncestor, writeRef, ZERO } from '../git/refs.ts';
import type { PullIssue, Repo, User } from '../model.ts';
import { pushedCommit } from '../shapes/commit.ts';
import { repoHtml } from '../shapes/repository.ts';
import type { World } from '../world.ts';
import { announce } from './announce.ts';
import { updateIssue } from './issues.ts';
import { markMerged } from './merged.ts';
import { announcePull, asPull, pullFacts } from './pull-events.ts';

export interface RefChange {
  ref: string;
  before: string;
  after: string;
}

/** The refs that differ between two listings. */
export function refChanges(before: Map<string, string>, after: Map<string, string>): RefChange[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .map((ref) => ({ ref, before: before.get(ref) ?? ZERO, after: after.get(ref) ?? ZERO }))
    .filter((change) => change.before !== change.after);
}

/** A webhook lists at most this many commits, as GitHub does. */
const MAX_COMMITS = 2048;

/** All that follows from a ref that moved: webhook, pull requests, Actions. Refs outside heads and tags have no consequence. */
export async function applyRefChange(world: World, repo: Repo, user: User, change: RefChange): Promise<void> {
  repo.pushedAt = now();
  const { ref, before, after } = change;
  const forced = before !== ZERO && after !== ZERO && !(await isAncestor(repo.directory, before, after));
  world.events.emit('push', { repo: repo.fullName, ref, before, after, by: user.login, forced });
  if (!ref.startsWith('refs/heads/') && !ref.startsWith('refs/tags/')) return;
  await announcePush(world, repo, user, change, forced);
  if (!ref.startsWith('refs/heads/')) return;
  const branch = ref.slice('refs/heads/'.length);
  for (const issue of [...repo.issues.values()].map(asPull))
    if (issue?.state === 'open') await updateFromPush(world, repo, user, issue, branch, change);
  if (after !== ZERO) await world.actions.onPush(repo, branch, change, user);
}

async function updateFromPush(
  world: World,
  repo: Repo,
  user: User,
  issue: PullIssue,
  branch: string,
  change: RefChange,
) {
  const { pull } = issue;
  if (pull.base.ref === branch && change.after !== ZERO) {
    pull.base.sha = change.after;
    if (await isAncestor(repo.directory, pull.head.sha, change.after))
      markMerged(world, repo, user, issue, change.after);
    return;
  }
  if (pull.head.ref !== branch) return;
  if (change.after === ZERO) return updateIssue(world, repo, user, issue, { state: 'closed' });
  pull.head.sha = change.after;
  issue.updatedAt = now();
  await writeRef(repo.directory, `refs/pull/${issue.number}/head`, change.after);
  await pullFacts(repo, issue);
  announcePull(world, repo, user, issue, 'synchronize', { before: change.before, after: change.after });
  await world.actions.onPullRequest(repo, issue, 'synchronize', user);
}

async function announcePush(world: World, repo: Repo, user: User, change: RefChange, forced: boolean): Promise<void> {
  const { ref, before, after } = change;
  const html = repoHtml(world, repo);
  const deleted = after === ZERO;
  const commits =
    deleted || before === ZERO ? [] : (await commitsBetween(repo.directory, before, after)).slice(0, MAX_COMMITS);
  const shaped = await Promise.all(
    commits
      .slice(-20)
      .map(async (commit) =>
        pushedCommit(world, repo, commit, await diff(repo.directory, commit.parents[0], commit.sha)),
      ),
  );
  announce(world, repo, user, 'push', null, {
    ref,
    before,
    after,
    created: before === ZERO,
    deleted,
    forced,
    base_ref: null,
    compare: `${html}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: shaped,
    head_commit: deleted ? null : (shaped.at(-1) ?? pushedCommit(world, repo, await readCommit(repo.directory, after))),
    pusher: { name: user.login, email: user.email },
  });
}
