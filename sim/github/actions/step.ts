import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobLog } from './log.ts';

export interface StepProcess {
  /** The text of `run:`. */
  script: string;
  cwd: string;
  /** Where the script itself is written. */
  scratch: string;
  env: Record<string, string>;
  log: JobLog;
  signal: AbortSignal;
}

/** Runs one `run:` step with `bash -e`; gives the exit code. An abort kills the whole process group and gives 143. */
export async function runStep({ script, cwd, scratch, env, log, signal }: StepProcess): Promise<number> {
  const file = join(scratch, 'step.sh');
  await writeFile(file, script);
  log.line(`##[group]Run ${script.split('\n')[0]}`);
  for (const line of script.trimEnd().split('\n')) log.line(`\x1b[36;1m${line}\x1b[0m`);
  log.line('shell: /usr/bin/bash -e {0}');
  log.line('##[endgroup]');
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn('bash', ['-e', file], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const kill = () => {
      if (child.pid) killGroup(child.pid);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => log.write(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => log.write(text));
    child.on('error', reject);
    // What a step leaves running ends with the step, as on a hosted runner at the end of the job.
    child.on('exit', kill);
    child.on('close', (code) => {
      signal.removeEventListener('abort', kill);
      resolve(code ?? 143);
    });
    if (signal.aborted) kill();
    signal.addEventListener('abort', kill, { once: true });
  });
  log.end();
  if (signal.aborted) log.line('##[error]The operation was canceled.');
  else if (code !== 0) log.line(`##[error]Process completed with exit code ${code}.`);
  return code;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // The group is already gone: that is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
