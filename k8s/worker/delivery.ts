import type { Job } from '../../core/protocol.ts';
import { type Git, GitError } from './git.ts';

/** Commits what Claude has left uncommitted, so that nothing is lost and the checks see what is pushed. */
export async function commitLeftovers(git: Git, title: string): Promise<void> {
  if ((await git(['status', '--porcelain'])) === '') return;
  await git(['add', '-A']);
  if ((await git.maybe(['diff', '--cached', '--quiet'])) !== null) return;
  await git(['commit', '-q', '-m', title]);
}

/** Commits that the base branch has not. */
export async function commitsOf(git: Git, job: Job): Promise<number> {
  return Number(await git(['rev-list', '--count', `refs/remotes/origin/${job.base}..HEAD`]));
}

/**
 * Pushes HEAD to the task's branch, if nobody else has pushed to it since `expected` was read (null: it was not there).
 * When somebody has, their commits are fetched and ours put on top. False: that gave conflicts, the branch is as it was.
 */
export async function push(git: Git, job: Job, expected: string | null): Promise<boolean> {
  const to = `refs/heads/${job.branch}`;
  const attempt = async (seen: string | null) => {
    await git(['push', '-q', `--force-with-lease=${to}:${seen ?? ''}`, 'origin', `HEAD:${to}`]);
    return true;
  };
  try {
    return await attempt(expected);
  } catch (error) {
    if (!(error instanceof GitError) || !/stale info|fetch first|non-fast-forward|rejected/.test(error.output))
      throw error;
    const theirs = `refs/remotes/origin/${job.branch}`;
    await git(['fetch', '-q', '--no-tags', 'origin', `+${to}:${theirs}`]);
    const seen = await git(['rev-parse', theirs]);
    if (seen === expected) throw error;
    const merged = (await git.maybe(['merge-base', '--is-ancestor', theirs, 'HEAD'])) !== null;
    if (!merged && (await git.maybe(['rebase', '-q', theirs])) === null) {
      await git.maybe(['rebase', '--abort']);
      return false;
    }
    return attempt(seen);
  }
}
