import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const hasProc = existsSync('/proc/self/stat');

/** When a process started, in the system's own terms; null when there is no such process or it is a zombie. */
export async function startTimeOf(pid: number): Promise<string | null> {
  if (hasProc) return procStat(pid);
  const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  const [, state, started] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout) ?? [];
  return started && !state?.startsWith('Z') ? started : null;
}

/**
 * Processes that carry `marker` (`NAME=value`) in their environment: what a worker has started in process groups of its
 * own, and what outlived it. Linux only; elsewhere the list is empty and the process group must do.
 */
export function processesMarked(marker: string): number[] {
  if (!hasProc) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && environmentOf(pid).includes(marker));
}

/** Sends a signal to a process, or with a negative id to its group; nobody there any more is fine. */
export function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function procStat(pid: number): string | null {
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The name in parentheses may hold spaces; state is the first field after it, the start time the twentieth.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : (fields[19] ?? null);
}

function environmentOf(pid: number): string[] {
  return readProc(`/proc/${pid}/environ`)?.split('\0') ?? [];
}

/** Null when the process has gone, or is somebody else's. */
function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
