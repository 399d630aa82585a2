import type { Job } from '../../core/protocol.ts';
import type { Git } from './git.ts';

/** Work that is not at the remote branch yet, or not known to be. */
export interface Unfinished {
  /** A commit of the whole tree, what is not committed included, on top of `head`. */
  readonly commit: string;
  readonly head: string;
  /** Where the remote branch was when this was written down; the base where there was none. */
  readonly known: string;
}

/** Where a branch was and is: what it had at `known` and has no more at `theirs`, somebody has dropped. */
export interface Moved {
  readonly known: string;
  readonly theirs: string;
  readonly base: string;
}

const key = 'Remote-Branch';
const ref = 'refs/mainloop/known';
const laying = 'refs/mainloop/laying';

/**
 * The task's branch at the remote as this directory's workers last fetched or pushed it; null: it was not there. A ref of
 * our own, since `origin/…` moves with every fetch of Claude's.
 */
export const knownBranch = (git: Git): Promise<string | null> => git.maybe(['rev-parse', '-q', '--verify', ref]);

export async function noteBranch(git: Git, head: string | null): Promise<void> {
  await git(head === null ? ['update-ref', '-d', ref] : ['update-ref', ref, head]);
}

/** Unfinished work that an attempt was laying out in the directory when it was killed. */
export async function interrupted(git: Git): Promise<Unfinished | null> {
  const commit = await git.maybe(['rev-parse', '-q', '--verify', laying]);
  return commit === null ? null : readUnfinished(git, commit);
}

/** Writes unfinished work down as a commit, which carries `known` along to where nothing else tells it. */
export const writeUnfinished = (git: Git, tree: string, { head, known }: Omit<Unfinished, 'commit'>): Promise<string> =>
  git(['commit-tree', tree, '-p', head, '-p', known, '-m', 'Work in progress', '-m', `${key}: ${known}`]);

/** Null for what {@link writeUnfinished} has not written. */
export async function readUnfinished(git: Git, commit: string): Promise<Unfinished | null> {
  const [parents = '', known = ''] = (
    await git(['log', '-1', `--format=%P%n%(trailers:key=${key},valueonly)`, commit])
  ).split('\n');
  const [head = ''] = parents.split(' ');
  return known === '' ? null : { commit, head, known };
}

/** Whether `ours` lacks nothing of the branch and brings nothing back that was dropped from it. */
export async function fits(git: Git, ours: string, { known, theirs, base }: Moved): Promise<boolean> {
  if ((await git.maybe(['merge-base', '--is-ancestor', theirs, ours])) === null) return false;
  const beyond = (...those: string[]) => git(['rev-list', '--count', ours, '--not', theirs, base, ...those]);
  const [all, own] = await Promise.all([beyond(), beyond(known)]);
  return all === own;
}

/** Whether somebody has dropped commits from the branch, or put others in their place. */
export const isRewritten = async (git: Git, { known, theirs }: Moved): Promise<boolean> =>
  (await git.maybe(['merge-base', '--is-ancestor', known, theirs])) === null;

/** Puts what HEAD has and the branch never had on top of it. False: that gave conflicts, and HEAD is as it was. */
export async function putOnTop(git: Git, moved: Moved): Promise<boolean> {
  const from = (await isRewritten(git, moved)) ? moved.known : moved.theirs;
  // With merges, so that what was merged from the base stays the base's.
  if ((await git.maybe(['rebase', '-q', '--rebase-merges', '--onto', moved.theirs, from])) !== null) return true;
  await git.maybe(['rebase', '--abort']);
  return false;
}

/**
 * Lays unfinished work out in the directory: as it was, or on top of a branch that has moved. False: that gave conflicts, the
 * directory has the branch alone. Meanwhile a ref of its own holds the work, for {@link interrupted}.
 */
export async function layOut(git: Git, job: Job, left: Unfinished, moved: Moved): Promise<boolean> {
  await git(['update-ref', laying, left.commit]);
  const isOut = (await fits(git, left.head, moved))
    ? await asItWas(git, job, left)
    : await onTop(git, job, left, moved);
  await git(['update-ref', '-d', laying]);
  return isOut;
}

async function asItWas(git: Git, job: Job, { commit, head }: Unfinished): Promise<true> {
  await git(['checkout', '-q', '-f', '-B', job.branch, commit]);
  await git(['reset', '-q', '--mixed', head]);
  return true;
}

async function onTop(git: Git, job: Job, { commit, head }: Unfinished, moved: Moved): Promise<boolean> {
  // By way of the whole tree, so that no file of it stays behind and is in the way.
  for (const stop of [commit, head]) await git(['checkout', '-q', '-f', '--detach', stop]);
  const isOn = (await putOnTop(git, moved)) && (await git.maybe(['cherry-pick', '-n', '-m', '1', commit])) !== null;
  await git(isOn ? ['checkout', '-q', '-B', job.branch] : ['checkout', '-q', '-f', '-B', job.branch, moved.theirs]);
  await git(['reset', '-q', '--mixed', 'HEAD']);
  return isOn;
}
