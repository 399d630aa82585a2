import { createHash } from 'node:crypto';
import type { Target } from './api.ts';
import { isAmbiguous, statusOf } from './errors.ts';

/** Labels of repositories; those known to exist are remembered, so that most writes cost no extra request. */
export function createLabels(): {
  ensure(target: Target, names: readonly string[]): Promise<void>;
  remove(target: Target, issue: number, name: string): Promise<void>;
} {
  const known = new Set<string>();
  return {
    ensure: async ({ octokit, at }, names) => {
      for (const name of names) {
        const key = `${at.owner}/${at.repo} ${name.toLowerCase()}`;
        if (known.has(key)) continue;
        try {
          await octokit.rest.issues.createLabel({ ...at, name, color: colour(name) });
        } catch (error) {
          // Already there. Of an unknown fate it is as good: GitHub adds a missing label itself when it is put on an issue.
          if (statusOf(error) !== 422 && !isAmbiguous(error)) throw error;
        }
        known.add(key);
      }
    },
    remove: async ({ octokit, at }, issue, name) => {
      try {
        await octokit.rest.issues.removeLabel({ ...at, issue_number: issue, name });
      } catch (error) {
        if (statusOf(error) !== 404) throw error;
      }
    },
  };
}

/** Six hex digits, the same for a name everywhere, never too dark for black text. */
function colour(name: string): string {
  const bytes = createHash('sha256').update(name).digest().subarray(0, 3);
  return Buffer.from(bytes.map((byte) => 128 + (byte >> 1))).toString('hex');
}
