import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const everyMs = 500;

export interface Weight {
  /** Resolves when it was weighed once. */
  readonly first: Promise<void>;
  /** The most it weighed so far, MB of resident memory. */
  most(): number;
}

/** Weighs a process again and again. */
export function watchWeight(scope: AsyncDisposableStack, pid: number): Weight {
  let most = 0;
  const weigh = async () => {
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
    most = Math.max(most, Number(stdout) / 1024);
  };
  const first = weigh();
  // A process that is gone weighs nothing.
  const timer = setInterval(() => void weigh().catch(() => undefined), everyMs);
  scope.defer(() => clearInterval(timer));
  return { first, most: () => most };
}
