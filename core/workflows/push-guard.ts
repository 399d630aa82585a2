import { type Guarded, guardedPaths } from '../code-host.ts';
import type { OpenAttempt } from '../door.ts';
import { cannotChange } from '../words/log.ts';
import type { Deps } from './deps.ts';

/**
 * Whether a commit may become the task's branch: not when it changes what acts before a person has looked. What its base
 * has, or had since the task began, and what the branch has already (a person may push to it) is no change of the worker's.
 * A state from before is: what somebody has mended must not come back.
 */
export function createPushGuard({ store, host }: Pick<Deps, 'store' | 'host'>) {
  return async ({ task, repo, branch }: OpenAttempt, sha: string): Promise<string | null> => {
    const { base } = await store.tasks.get(task);
    const [files, baseHead, head] = await Promise.all([
      host.guarded(repo, sha),
      host.head(repo, base),
      host.head(repo, branch),
    ]);

    /** Where the commit left its base, when that was after the task began. */
    async function fork(): Promise<string | null> {
      const began = await store.tasks.baseHead(task);
      if (baseHead === null || began === null) return null;
      const left = await host.mergeBase(repo, baseHead, sha);
      return left !== null && (await host.contains(repo, left, began)) ? left : null;
    }

    const isNew = (known: Guarded | null) => guardedPaths.filter((path) => files[path] !== (known?.[path] ?? null));
    const guardedAt = async (commit: string | null) => (commit === null ? null : host.guarded(repo, commit));
    let changed = isNew(await guardedAt(baseHead));
    // Rarely needed: most work leaves these files as its base has them.
    for (const other of [() => head, fork]) {
      if (changed.length === 0) return null;
      const commit = await other();
      if (commit === null) continue;
      const there = isNew(await guardedAt(commit));
      changed = changed.filter((path) => there.includes(path));
    }
    return changed.length === 0 ? null : cannotChange(changed);
  };
}
