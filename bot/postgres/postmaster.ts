import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The server that `postmaster.pid` of a cluster names. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** False while it starts or stops. */
  readonly ready: boolean;
}

export const pidFile = (cluster: string) => join(cluster, 'postmaster.pid');

/**
 * Reads `postmaster.pid` (line 1 process, 4 port, 8 state, as in Postgres's `pidfile.h`). Null without one.
 * `foreign`: the number belongs to a process that is no server of this cluster, so the file is stale.
 */
export function readPostmaster(cluster: string): Postmaster | 'foreign' | null {
  const lines = readPidFile(cluster)?.split('\n');
  if (!lines) return null;
  const pid = Number(lines[0]);
  if (!pid || !isAlive(pid)) return null;
  if (!worksOn(pid, cluster)) return 'foreign';
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/** Null without one; a server that stops removes it at any moment. */
function readPidFile(cluster: string): string | null {
  try {
    return readFileSync(pidFile(cluster), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the process is alive and its command line names the directory. */
export const worksOn = (pid: number, directory: string) => isAlive(pid) && commandLine(pid).includes(directory);

/** Empty for a process that has ended and that nobody has waited for, as happens in containers without an init. */
function commandLine(pid: number): string {
  const proc = `/proc/${pid}/cmdline`;
  if (existsSync(proc)) return readFileSync(proc, 'utf8');
  return spawnSync('ps', ['-ww', '-p', String(pid), '-o', 'args='], { encoding: 'utf8' }).stdout ?? '';
}
