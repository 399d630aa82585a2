import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job, WorkerFailure } from '../../core/protocol.ts';
import { paths } from '../../core/protocol-paths.ts';
import { type Git, GitError } from './git.ts';
import { giveUpRebase } from './rebase.ts';
import {
  fits,
  interrupted,
  knownBranch,
  layOut,
  type Moved,
  noteBranch,
  readUnfinished,
  type Unfinished,
  workAside,
  writeUnfinished,
} from './unfinished.ts';

/** The run can't begin; `code` and `retryable` go into its result. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';
  readonly code: WorkerFailure;
  readonly retryable: boolean;

  constructor(code: WorkerFailure, message: string, retryable: boolean) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}

export interface Workspace {
  /** Commit of the base branch. */
  readonly base: string;
  /** The commit that is checked out. */
  readonly head: string;
  /** What became of unfinished work of an earlier attempt. */
  readonly restored: 'nothing' | 'checkpoint' | 'directory';
  /** The commit of unfinished work that did not go on a branch which others had changed, until a push; null: there is none. */
  readonly aside: string | null;
}

/** What package managers leave behind, kept out of commits and checkpoints where the project forgot to ignore it. */
const leftovers = ['node_modules/', '.venv/', '__pycache__/', '.pytest_cache/'];
const wip = 'refs/mainloop/checkpoint';

/** Makes the directory a repository, empty on the first call. */
export async function initialise(git: Git, directory: string): Promise<void> {
  if (!existsSync(join(directory, '.git'))) await git(['init', '-q', '-b', 'unborn']);
  mkdirSync(join(directory, '.git', 'info'), { recursive: true });
  writeFileSync(join(directory, '.git', 'info', 'exclude'), `${leftovers.join('\n')}\n`);
  // Left behind by an attempt that was killed; attempts of a task never run at the same time.
  for (const lock of ['index.lock', 'config.lock']) rmSync(join(directory, '.git', lock), { force: true });
  await giveUpRebase(git, directory);
}

/**
 * Brings the task's branch into the directory: the remote one, else a new one from the base, and with it the unfinished work
 * that an earlier attempt left there or as a checkpoint. Where others have changed the branch meanwhile, the work goes on
 * top of what they made of it. `origin` becomes the repository behind the broker. @throws WorkspaceError
 */
export async function prepare(git: Git, broker: string, job: Job): Promise<Workspace> {
  const url = `${broker}${paths.git}/${job.repo}.git`;
  // By the address, so that the fetch doesn't wait for the name.
  const [refs] = await Promise.all([fetchRefs(git, url, job), nameOrigin(git, url)]);
  const brought = await bring(git, job, refs);
  const [head] = await Promise.all([git(['rev-parse', 'HEAD']), noteBranch(git, refs.branch)]);
  return { base: refs.base, head, ...brought };
}

type Refs = Awaited<ReturnType<typeof fetchRefs>>;

async function bring(git: Git, job: Job, refs: Refs): Promise<Pick<Workspace, 'restored' | 'aside'>> {
  const theirs = refs.branch ?? refs.base;
  const now = { theirs, base: refs.base };
  const before = await interrupted(git, now);
  const here = before ? null : await headHere(git, job);
  const known = here && ((await knownBranch(git)) ?? refs.base);
  // Nothing was dropped from a branch that is gone: it comes back whole when a person says to go on.
  const moved = (was: string): Moved => ({ ...now, known: refs.branch ? was : refs.base });
  if (here && known && (await fits(git, here, moved(known))))
    return { restored: 'directory', aside: await workAside(git) };
  const inPlace = before ?? (here && known ? await inDirectory(git, here, known) : null);
  const left = inPlace ?? (refs.checkpoint && (await readUnfinished(git, refs.checkpoint, now)));
  if (!left) {
    await git(['checkout', '-q', '-f', '-B', job.branch, theirs]);
    return { restored: 'nothing', aside: await workAside(git) };
  }
  const isOut = await layOut(git, job, left, moved(left.known));
  const aside = isOut ? left.aside : left.commit;
  const isLeft = (await git(['rev-parse', 'HEAD'])) !== theirs || (await git(['status', '--porcelain'])) !== '';
  return { restored: isLeft ? (inPlace ? 'directory' : 'checkpoint') : 'nothing', aside };
}

async function nameOrigin(git: Git, url: string): Promise<void> {
  const known = await git.maybe(['remote', 'get-url', 'origin']);
  if (known === null) await git(['remote', 'add', 'origin', url]);
  else if (known !== url) await git(['remote', 'set-url', 'origin', url]);
}

/** Fetches base, branch and checkpoint with one command and answers their commits; null for those that aren't there. */
async function fetchRefs(git: Git, url: string, job: Job) {
  const base = `refs/remotes/origin/${job.base}`;
  const branch = `refs/remotes/origin/${job.branch}`;
  const specs = [
    `+refs/heads/${job.base}:${base}`,
    ...[`+refs/heads/${job.branch}*:${branch}*`, `+${job.checkpointRef}*:${wip}*`],
  ];
  try {
    // Patterns, since a name that isn't there would be an error; pruned, since it may have been there an attempt ago.
    await git(['fetch', '-q', '--no-tags', '--prune', url, ...specs]);
  } catch (cause) {
    throw await unfetched(git, url, job, cause);
  }
  const listed = await git(['for-each-ref', '--format=%(refname) %(objectname)', base, branch, wip]);
  const refs = new Map(listed.split('\n').map((line) => line.split(' ') as [string, string]));
  return { base: refs.get(base) ?? '', branch: refs.get(branch) ?? null, checkpoint: refs.get(wip) ?? null };
}

/** Why a fetch failed: most often there is nothing to begin from, which no repetition mends. */
async function unfetched(git: Git, url: string, job: Job, cause: unknown): Promise<unknown> {
  if (!(cause instanceof GitError)) return cause;
  const listed = await git.maybe(['ls-remote', '-q', url]);
  if (listed === '') return new WorkspaceError('empty_repository', `${job.repo} has no commits yet.`, false);
  if (listed !== null && !listed.split('\n').some((line) => line.endsWith(`\trefs/heads/${job.base}`))) {
    return new WorkspaceError('base_not_found', `${job.repo} has no branch ${job.base}.`, false);
  }
  return new WorkspaceError('clone_failed', cause.message, true);
}

/** The commit that an earlier attempt left in the directory, if it is on the task's branch: the newest there is. */
async function headHere(git: Git, job: Job): Promise<string | null> {
  const branch = await git.maybe(['symbolic-ref', '-q', '--short', 'HEAD']);
  return branch === job.branch ? git.maybe(['rev-parse', '-q', '--verify', 'HEAD^{commit}']) : null;
}

async function inDirectory(git: Git, head: string, known: string): Promise<Unfinished> {
  await git(['add', '-A']);
  const left = { head, known, aside: await workAside(git) };
  return { ...left, commit: await writeUnfinished(git, await git(['write-tree']), left) };
}
