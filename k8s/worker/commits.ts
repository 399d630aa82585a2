import type { Git } from './git.ts';

/** Notices commits as they are made. Calls wait for each other. */
export function watchCommits(git: Git, from: string, made: (commit: { sha: string; title: string }) => void) {
  let seen = from;
  let looking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const head = await git.maybe(['rev-parse', '-q', '--verify', 'HEAD']);
    if (head === null || head === seen) return;
    const log = await git.maybe(['log', '--reverse', '--format=%H %s', '-n', '50', `${seen}..HEAD`]);
    seen = head;
    for (const line of (log ?? '').split('\n').filter(Boolean)) {
      made({ sha: line.slice(0, 40), title: line.slice(41) });
    }
  }

  return (): Promise<void> => {
    looking = looking.then(look);
    return looking;
  };
}
