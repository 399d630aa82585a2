import type { Job } from '../../core/protocol.ts';
import { type Git, GitError } from './git.ts';
import { fits, isRewritten, knownBranch, noteAside, noteBranch, putOnTop, writeUnfinished } from './unfinished.ts';

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
 * `moved` and `rewritten`: what others did to the branch gave conflicts with ours; `rewritten`: they dropped commits. `refused`:
 * the broker does not let it pass, and why.
 */
export type Pushed = 'pushed' | 'moved' | 'rewritten' | { readonly refused: string };

/** As git shows what the broker says of a ref. */
const refusal = /\[remote rejected\][^\n]*\(not allowed: ([^)\n]+)\)/;

/**
 * Pushes HEAD to the task's branch, if nobody else has changed that since it was last fetched or pushed here, and notes in the
 * checkpoint that nothing is unfinished or lies aside any more. When somebody has, their version is fetched and what is new of ours put on top;
 * what they dropped stays dropped. Where that gives conflicts, all is as it was.
 */
export async function push(git: Git, job: Job): Promise<Pushed> {
  const to = `refs/heads/${job.branch}`;
  const attempt = async (seen: string | null): Promise<Pushed> => {
    const head = await git(['rev-parse', 'HEAD']);
    const nothing = await writeUnfinished(git, `${head}^{tree}`, { head, known: head, aside: null });
    const specs = [`${head}:${to}`, `+${nothing}:${job.checkpointRef}`];
    await git(['push', '-q', '--atomic', `--force-with-lease=${to}:${seen ?? ''}`, 'origin', ...specs]);
    await Promise.all([noteBranch(git, head), noteAside(git, null)]);
    return 'pushed';
  };
  const expected = await knownBranch(git);
  try {
    return await attempt(expected);
  } catch (error) {
    const refused = error instanceof GitError && refusal.exec(error.output)?.[1];
    if (refused) return { refused };
    if (!(error instanceof GitError) || !/stale info|fetch first|non-fast-forward|rejected/.test(error.output))
      throw error;
    await git(['fetch', '-q', '--no-tags', 'origin', `+${to}:refs/remotes/origin/${job.branch}`]);
    const theirs = await git(['rev-parse', `refs/remotes/origin/${job.branch}`]);
    if (theirs === expected) throw error;
    const base = await git(['rev-parse', `refs/remotes/origin/${job.base}`]);
    const moved = { known: expected ?? base, theirs, base };
    if ((await fits(git, 'HEAD', moved)) || (await putOnTop(git, moved))) return attempt(theirs);
    return (await isRewritten(git, moved)) ? 'rewritten' : 'moved';
  }
}
