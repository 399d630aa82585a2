import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../core/errors.ts';
import type { SandboxSpec } from '../../core/ports.ts';
import { type AttemptFiles, readNumber, readRecord, writeRecord } from './attempt-files.ts';
import { hostEnvironment } from './config.ts';
import { startTimeOf } from './process-table.ts';

/**
 * The shell is there to say who the process is and how it ended, when this program may be gone. Its id is written with
 * noclobber: a second shell of the same attempt ends at once. It outlives SIGTERM, which is for the worker.
 */
const script = 'set -C; echo $$ > "$2" || exit 0; trap : TERM; "$0" "$1"; echo $? > "$3"';

const pidTimeoutMs = 10_000;

/** Starts an attempt's process group unless it was started before, and records it. */
export async function launch(
  files: AttemptFiles,
  spec: SandboxSpec,
  worker: { entry: string; brokerUrl: string },
): Promise<void> {
  if (readRecord(files)) return;
  const [work, home, tmp] = [join(files.task, 'work'), join(files.task, 'home'), join(files.task, 'tmp')];
  for (const directory of [work, home, tmp, files.directory]) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const output = openSync(files.log, 'a', 0o600);
  const child = spawn('/bin/sh', ['-c', script, process.execPath, worker.entry, files.pid, files.exit], {
    cwd: work,
    detached: true,
    // A file, not a pipe: the worker goes on when this program is killed.
    stdio: ['ignore', output, output],
    env: {
      ...hostEnvironment(),
      HOME: home,
      TMPDIR: tmp,
      MAINLOOP_BROKER: worker.brokerUrl,
      MAINLOOP_TOKEN: spec.token,
      MAINLOOP_ATTEMPT: files.mark,
      // The worker's own modules, compiled once for all attempts: 0.1 s sooner at the model.
      NODE_COMPILE_CACHE: files.compileCache,
    },
  });
  closeSync(output);
  child.unref();
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(unavailable(cause)));
  });
  const pid = await pidOf(files);
  writeRecord(files, { pid, startedAt: (await startTimeOf(pid)) ?? 'ended before it was recorded' });
}

async function pidOf(files: AttemptFiles): Promise<number> {
  for (const until = Date.now() + pidTimeoutMs; Date.now() < until; await sleep(5)) {
    const pid = readNumber(files.pid);
    if (pid !== null) return pid;
  }
  throw unavailable(undefined);
}

function unavailable(cause: unknown): Failure {
  return new Failure('The worker could not be started.', { code: 'unavailable', remedy: 'retry', cause });
}
