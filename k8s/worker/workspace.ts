import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from '../../core/protocol.ts';
import { paths } from '../../core/protocol-paths.ts';
import { type Git, GitError } from './git.ts';

/** The run can't begin; `code` and `retryable` go into its result. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, retryable: boolean) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}

export interface Workspace {
  /** The remote branch as it was when the run began; null when it isn't there yet. */
  readonly remoteHead: string | null;
  /** Commit of the base branch. */
  readonly base: string;
  /** The commit that is checked out. */
  readonly head: string;
  /** What became of unfinished work of an earlier attempt. */
  readonly restored: 'nothing' | 'checkpoint' | 'directory';
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
}

/**
 * Brings the task's branch into the directory: what an earlier attempt left there, else the remote branch, else a new
 * branch from the base; then the checkpoint, if work went on after the branch was pushed. `origin` becomes the
 * repository behind the broker. @throws WorkspaceError
 */
export async function prepare(git: Git, broker: string, job: Job): Promise<Workspace> {
  const url = `${broker}${paths.git}/${job.repo}.git`;
  // By the address, so that the fetch doesn't wait for the name.
  const [refs] = await Promise.all([fetchRefs(git, url, job), nameOrigin(git, url)]);
  const start = refs.branch ?? refs.base;
  const workspace = { remoteHead: refs.branch, base: refs.base };
  if (await isAhead(git, job, start)) {
    return { ...workspace, head: await git(['rev-parse', 'HEAD']), restored: 'directory' };
  }
  await git(['checkout', '-q', '-f', '-B', job.branch, start]);
  const restored = refs.checkpoint && (await restore(git, job, start, refs.checkpoint));
  if (restored) return { ...workspace, head: restored, restored: 'checkpoint' };
  return { ...workspace, head: start, restored: 'nothing' };
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

/** The directory is on the task's branch and lacks nothing of the remote one: what is in it is the newest there is. */
async function isAhead(git: Git, job: Job, start: string): Promise<boolean> {
  const head = await git.maybe(['symbolic-ref', '-q', '--short', 'HEAD']);
  if (head !== job.branch || (await git.maybe(['rev-parse', '-q', '--verify', 'HEAD^{commit}'])) === null) return false;
  return (await git.maybe(['merge-base', '--is-ancestor', start, 'HEAD'])) !== null;
}

/**
 * A checkpoint is a commit of the working tree on top of the HEAD it was taken at; it is stale unless that contains
 * `start`. Answers that HEAD, checked out with the tree in the directory, or null for a stale one.
 */
async function restore(git: Git, job: Job, start: string, checkpoint: string): Promise<string | null> {
  const head = await git.maybe(['rev-parse', '-q', '--verify', `${checkpoint}^1`]);
  if (head === null || (await git.maybe(['merge-base', '--is-ancestor', start, head])) === null) return null;
  if (head === start && (await git.maybe(['diff', '--quiet', start, checkpoint])) !== null) return null;
  await git(['checkout', '-q', '-f', '-B', job.branch, head]);
  await git(['read-tree', '-u', '--reset', checkpoint]);
  await git(['reset', '-q', '--mixed', head]);
  return head;
}
