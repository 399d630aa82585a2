import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from '../../core/protocol.ts';
import type { Git } from './git.ts';
import { rebased } from './rebase.ts';
import { knownBranch, workAside, writeUnfinished } from './unfinished.ts';

/**
 * Saves the working tree, uncommitted and untracked files included, as a commit on top of HEAD and pushes it to the
 * task's checkpoint ref. Branch, index and files stay untouched. Calls wait for each other.
 */
export function createCheckpoint(git: Git, directory: string, job: Job, saved: (sha: string) => void) {
  let last = '';
  let running: Promise<unknown> = Promise.resolve();

  async function save(): Promise<void> {
    // In the middle of a rebase what counts is what it set out from: the next attempt begins there.
    const before = rebased(directory);
    const head = before ?? (await git(['rev-parse', 'HEAD']));
    const tree = before === null ? await writeTree(git, directory) : await git(['rev-parse', `${before}^{tree}`]);
    const state = `${head} ${tree}`;
    if (state === last) return;
    const known = (await knownBranch(git)) ?? (await git(['rev-parse', `refs/remotes/origin/${job.base}`]));
    const sha = await writeUnfinished(git, tree, { head, known, aside: await workAside(git) });
    await git(['push', '-q', '--force', 'origin', `${sha}:${job.checkpointRef}`]);
    last = state;
    saved(sha);
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = running.catch(() => undefined).then(work);
    running = turn;
    return turn;
  }

  return {
    /** Takes what is there now as known, so that nothing is saved until something changes. */
    async mark(): Promise<void> {
      last = `${await git(['rev-parse', 'HEAD'])} ${await writeTree(git, directory)}`;
    },
    save: (): Promise<void> => inTurn(save),
    /** What writes the checkpoint too, while no save is on its way. */
    inTurn,
  };
}

/** The tree of everything that is not ignored, by an index of its own (a copy, which spares reading unchanged files). */
async function writeTree(git: Git, directory: string): Promise<string> {
  const index = join(directory, '.git', 'mainloop-index');
  const own = join(directory, '.git', 'index');
  if (existsSync(own)) copyFileSync(own, index);
  try {
    await git(['add', '-A'], { GIT_INDEX_FILE: index });
    return await git(['write-tree'], { GIT_INDEX_FILE: index });
  } finally {
    rmSync(index, { force: true });
  }
}
