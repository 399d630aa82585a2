import { existsSync, lstatSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Git } from './git.ts';

/** A file that is there now and differs from a commit; `before`: its name there, null when it was not there. */
export interface ChangedFile {
  readonly file: string;
  readonly before: string | null;
}

/** Files of HEAD that a commit has not, or has otherwise. Renames are found as git finds them. */
export async function changedFiles(git: Git, commit: string): Promise<ChangedFile[]> {
  const filter = ['--diff-filter=AMRT', '--no-ext-diff', '--find-renames'];
  const fields = (await git(['diff', '--name-status', '-z', ...filter, commit, 'HEAD'])).split('\0');
  const changed: ChangedFile[] = [];
  for (let at = 0; fields[at]; ) {
    const isRename = fields[at]?.startsWith('R');
    const [status, name = '', renamed = ''] = fields.slice(at, at + 3);
    if (isRename) changed.push({ file: renamed, before: name });
    else changed.push({ file: name, before: status === 'A' ? null : name });
    at += isRename ? 3 : 2;
  }
  return changed;
}

/** What package managers lay beside the files, which no commit has. */
const packages = ['node_modules', '.venv'];

/**
 * A commit's files in a directory of their own, laid out when they are first wanted, with links to the packages of the work
 * tree, so that imports are found.
 */
export function createTreeOf(git: Git, directory: string, commit: string) {
  let parent: string | undefined;
  let laid: Promise<string> | undefined;

  async function lay(): Promise<string> {
    parent = realpathSync(mkdtempSync(join(tmpdir(), 'mainloop-base-')));
    const tree = join(parent, 'tree');
    const index = { GIT_INDEX_FILE: join(parent, 'index') };
    await git(['read-tree', commit], index);
    await git(['checkout-index', '--all', '--quiet', `--prefix=${tree}/`], index);
    const manifests = (await git(['ls-files', '-z', '*package.json'], index)).split('\0').filter(Boolean);
    for (const place of new Set(['.', ...manifests.map((name) => dirname(name))])) {
      for (const name of packages) {
        const [from, to] = [join(directory, place, name), join(tree, place, name)];
        const isThere = lstatSync(to, { throwIfNoEntry: false }) !== undefined;
        if (existsSync(from) && !isThere) symlinkSync(from, to);
      }
    }
    return tree;
  }

  return {
    path(): Promise<string> {
      laid ??= lay();
      return laid;
    },
    async remove(): Promise<void> {
      await laid?.catch(() => undefined);
      if (parent !== undefined) await rm(parent, { recursive: true, force: true });
    },
  };
}
