import type { Job } from '../../core/protocol.ts';
import type { Git } from './git.ts';

/** Work that is not at the remote branch yet, or not known to be. */
export interface Unfinished {
  /** A commit of the whole tree, what is not committed included, on top of `head`. */
  readonly commit: string;
  readonly head: string;
  /** Where the remote branch was when this was written down; the base where there was none. */
  readonly known: string;
  /** Earlier unfinished work that lay aside when this was written down. */
  readonly aside: string | null;
}

/** Where a branch was and is: what it had at `known` and has no more at `theirs`, somebody has dropped. */
export interface Moved {
  readonly known: string;
  readonly theirs: string;
  readonly base: string;
}

const keys = { known: 'Remote-Branch', aside: 'Aside' };

/** Refs of our own in the task's directory. */
const refs = {
  known: 'refs/mainloop/known',
  laying: 'refs/mainloop/laying',
  aside: 'refs/mainloop/aside',
};
type Kept = keyof typeof refs;

const kept = (git: Git, what: Kept): Promise<string | null> => git.maybe(['rev-parse', '-q', '--verify', refs[what]]);

async function keep(git: Git, what: Kept, commit: string | null): Promise<void> {
  await git(commit === null ? ['update-ref', '-d', refs[what]] : ['update-ref', refs[what], commit]);
}

/**
 * The task's branch at the remote as this directory's workers last fetched or pushed it; null: it was not there. A ref of
 * our own, since `origin/…` moves with every fetch of Claude's.
 */
export const knownBranch = (git: Git): Promise<string | null> => kept(git, 'known');
export const noteBranch = (git: Git, head: string | null): Promise<void> => keep(git, 'known', head);

/**
 * The commit of unfinished work that did not go on the branch. It is kept until something is pushed: the attempt that was
 * told of it may die before it has taken over what is wanted.
 */
export const workAside = (git: Git): Promise<string | null> => kept(git, 'aside');
export const noteAside = (git: Git, commit: string | null): Promise<void> => keep(git, 'aside', commit);

/** Unfinished work that an attempt was laying out in the directory when it was killed. */
export async function interrupted(git: Git, now: Omit<Moved, 'known'>): Promise<Unfinished | null> {
  const commit = await kept(git, 'laying');
  return commit === null ? null : readUnfinished(git, commit, now);
}

/**
 * Writes unfinished work down as a commit, which carries along to where nothing else tells it: `known`, and what lies aside, as
 * further parents, so that they go where it goes.
 */
export function writeUnfinished(git: Git, tree: string, left: Omit<Unfinished, 'commit'>): Promise<string> {
  const { head, known, aside } = left;
  const parents = [head, known, ...(aside === null ? [] : [aside])].flatMap((parent) => ['-p', parent]);
  const trailers = [`${keys.known}: ${known}`, ...(aside === null ? [] : [`${keys.aside}: ${aside}`])].join('\n');
  return git(['commit-tree', tree, ...parents, '-m', 'Work in progress', '-m', trailers]);
}

/**
 * Null for what {@link writeUnfinished} has not written. An earlier release did not write down where the branch was: its work is
 * good while the branch has nothing that it lacks, as it was then; else it may be from before a push.
 */
export async function readUnfinished(
  git: Git,
  commit: string,
  { theirs, base }: Omit<Moved, 'known'>,
): Promise<Unfinished | null> {
  const trailer = (key: string) => `%(trailers:key=${key},valueonly,separator=%x20)`;
  const [parents = '', known = '', aside = ''] = (
    await git(['log', '-1', `--format=%P%n${trailer(keys.known)}%n${trailer(keys.aside)}`, commit])
  ).split('\n');
  const [head = ''] = parents.split(' ');
  if (known !== '') return { commit, head, known, aside: aside === '' ? null : aside };
  return (await git.maybe(['merge-base', '--is-ancestor', theirs, head])) === null
    ? null
    : { commit, head, known: base, aside: null };
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
 * directory has the branch alone, and the work lies aside. Meanwhile a ref of its own holds it, for {@link interrupted}.
 */
export async function layOut(git: Git, job: Job, left: Unfinished, moved: Moved): Promise<boolean> {
  await keep(git, 'laying', left.commit);
  const isOut = (await fits(git, left.head, moved))
    ? await asItWas(git, job, left)
    : await onTop(git, job, left, moved);
  await noteAside(git, isOut ? left.aside : left.commit);
  await keep(git, 'laying', null);
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
