import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from './git.ts';

/** Where git notes a rebase that is under way, one for each of its ways to do it. */
const places = ['rebase-merge', 'rebase-apply'];

function noted(directory: string, what: 'orig-head' | 'head-name'): string | null {
  const path = places.map((place) => join(directory, '.git', place, what)).find((each) => existsSync(each));
  return path === undefined ? null : readFileSync(path, 'utf8').trim();
}

/** The commit that is being rebased, null when none is: HEAD is on its way then, and not all of our commits lead to it. */
export const rebased = (directory: string): string | null => noted(directory, 'orig-head');

/** Gives up a rebase that a killed attempt was in. Its branch, which alone still leads to all the commits, is checked out again. */
export async function giveUpRebase(git: Git, directory: string): Promise<void> {
  if (!places.some((place) => existsSync(join(directory, '.git', place)))) return;
  if ((await git.maybe(['rebase', '--abort'])) !== null) return;
  // Half written or half removed, or not a rebase but patches being applied: then HEAD has not left the branch.
  const branch = /^refs\/heads\/(.+)$/.exec(noted(directory, 'head-name') ?? '')?.[1];
  for (const place of places) rmSync(join(directory, '.git', place), { recursive: true, force: true });
  if (branch !== undefined) await git(['checkout', '-q', '-f', branch]);
}
