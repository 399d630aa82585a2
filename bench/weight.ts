import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const everyMs = 500;

/** Weighs a process again and again; answers the most it weighed so far, in MB of resident memory. */
export function watchWeight(scope: AsyncDisposableStack, pid: number): () => number {
  let most = 0;
  const weigh = async () => {
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
    most = Math.max(most, Number(stdout) / 1024);
  };
  // A process that is gone weighs nothing.
  const timer = setInterval(() => void weigh().catch(() => undefined), everyMs);
  scope.defer(() => clearInterval(timer));
  return () => most;
}
