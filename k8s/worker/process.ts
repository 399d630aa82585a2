import { spawn } from 'node:child_process';

export interface Ran {
  /** Null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Characters kept of each stream, counted from its end. */
  readonly keep: number;
  readonly signal?: AbortSignal;
}

/** Runs a command in a process group of its own, which is killed whole when time is up. Rejects only if it can't be started. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const output = { stdout: '', stderr: '' };
    const collect = (stream: 'stdout' | 'stderr') => (text: string) => {
      output[stream] = (output[stream] + text).slice(-options.keep);
    };
    child.stdout.setEncoding('utf8').on('data', collect('stdout'));
    child.stderr.setEncoding('utf8').on('data', collect('stderr'));
    let timedOut = false;
    const kill = () => killGroup(child.pid);
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, options.timeoutMs);
    options.signal?.addEventListener('abort', kill, { once: true });
    const done = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', kill);
    };
    child.once('error', (error) => {
      done();
      reject(error);
    });
    // A process left in the background may hold the pipes open for ever, so `close` is waited for only a moment.
    child.once('exit', (code) => {
      done();
      const settle = () => {
        clearTimeout(linger);
        child.stdout.destroy();
        child.stderr.destroy();
        kill();
        resolve({ code, ...output, timedOut });
      };
      const linger = setTimeout(settle, 500);
      child.once('close', settle);
    });
  });
}

/** Ends a process and all that it started in its group. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: nobody is left in the group.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
