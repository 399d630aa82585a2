import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Job, paths } from '../../core/protocol.ts';
import type { Git } from './git.ts';

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
  /** What became of unfinished work of an earlier attempt. */
  readonly restored: 'nothing' | 'checkpoint' | 'directory';
}

/** What package managers leave behind, kept out of commits and checkpoints where the project forgot to ignore it. */
const leftovers = ['node_modules/', '.venv/', '__pycache__/', '.pytest_cache/'];
const wip = 'refs/mainloop/checkpoint';

/** Makes the directory a repository, empty on the first call; Claude may be started in it while the rest is fetched. */
export async function initialise(git: Git, directory: string, broker: string, job: Job): Promise<void> {
  const url = `${broker}${paths.git}/${job.repo}.git`;
  if (!existsSync(join(directory, '.git'))) await git(['init', '-q', '-b', job.base]);
  mkdirSync(join(directory, '.git', 'info'), { recursive: true });
  writeFileSync(join(directory, '.git', 'info', 'exclude'), `${leftovers.join('\n')}\n`);
  // Left behind by an attempt that was killed; attempts of a task never run at the same time.
  rmSync(join(directory, '.git', 'index.lock'), { force: true });
  const known = await git.maybe(['remote', 'get-url', 'origin']);
  if (known === null) await git(['remote', 'add', 'origin', url]);
  else if (known !== url) await git(['remote', 'set-url', 'origin', url]);
}

/**
 * Brings the task's branch into the directory: what an earlier attempt left there, else the remote branch, else a new
 * branch from the base; then the checkpoint, if work went on after the branch was pushed.
 */
export async function prepare(git: Git, job: Job): Promise<Workspace> {
  const base = `refs/remotes/origin/${job.base}`;
  const branch = `refs/remotes/origin/${job.branch}`;
  const remote = await remoteRefs(git, job);
  if (!remote.base) {
    throw new WorkspaceError(
      remote.empty ? 'empty_repository' : 'base_not_found',
      remote.empty ? `${job.repo} has no commits yet.` : `${job.repo} has no branch ${job.base}.`,
      false,
    );
  }
  const specs = [`+refs/heads/${job.base}:${base}`];
  if (remote.branch) specs.push(`+refs/heads/${job.branch}:${branch}`);
  if (remote.checkpoint) specs.push(`+${job.checkpointRef}:${wip}`);
  await git(['fetch', '-q', '--no-tags', 'origin', ...specs]).catch((cause) => {
    throw new WorkspaceError('clone_failed', cause instanceof Error ? cause.message : String(cause), true);
  });
  const start = remote.branch ?? remote.base;
  const workspace = { remoteHead: remote.branch, base: remote.base };
  if (await isAhead(git, job, start)) return { ...workspace, restored: 'directory' };
  await git(['checkout', '-q', '-f', '-B', job.branch, start]);
  const restored = remote.checkpoint !== null && (await restore(git, job, start, remote.checkpoint));
  return { ...workspace, restored: restored ? 'checkpoint' : 'nothing' };
}

async function remoteRefs(git: Git, job: Job) {
  const wanted = [`refs/heads/${job.base}`, `refs/heads/${job.branch}`, job.checkpointRef];
  const listed = await git(['ls-remote', '-q', 'origin']).catch((cause) => {
    throw new WorkspaceError('clone_failed', cause instanceof Error ? cause.message : String(cause), true);
  });
  const refs = new Map(listed.split('\n').map((line) => line.split('\t').reverse() as [string, string]));
  const [base = null, branch = null, checkpoint = null] = wanted.map((ref) => refs.get(ref) ?? null);
  return { base, branch, checkpoint, empty: listed === '' };
}

/** The directory is on the task's branch and lacks nothing of the remote one: what is in it is the newest there is. */
async function isAhead(git: Git, job: Job, start: string): Promise<boolean> {
  const head = await git.maybe(['symbolic-ref', '-q', '--short', 'HEAD']);
  if (head !== job.branch || (await git.maybe(['rev-parse', '-q', '--verify', 'HEAD^{commit}'])) === null) return false;
  return (await git.maybe(['merge-base', '--is-ancestor', start, 'HEAD'])) !== null;
}

/** A checkpoint is a commit of the working tree on top of the HEAD it was taken at; it is stale unless that contains `start`. */
async function restore(git: Git, job: Job, start: string, checkpoint: string): Promise<boolean> {
  const head = await git.maybe(['rev-parse', '-q', '--verify', `${checkpoint}^1`]);
  if (head === null || (await git.maybe(['merge-base', '--is-ancestor', start, head])) === null) return false;
  if (head === start && (await git.maybe(['diff', '--quiet', start, checkpoint])) !== null) return false;
  await git(['checkout', '-q', '-f', '-B', job.branch, head]);
  await git(['read-tree', '-u', '--reset', checkpoint]);
  await git(['reset', '-q', '--mixed', head]);
  return true;
}
