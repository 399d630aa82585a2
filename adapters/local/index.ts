import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AttemptId } from '../../core/domain/ids.ts';
import type { Sandbox } from '../../core/ports.ts';
import { attemptsIn, filesOf, lastOf, readNumber, readRecord, tasksIn } from './attempt-files.ts';
import { launch } from './launch.ts';
import { processesMarked, signal, startTimeOf } from './process-table.ts';

export interface LocalSandboxOptions {
  /** Where the tasks' directories are made; absolute. */
  readonly dir: string;
  /** Path of k8s/worker/main.ts. */
  readonly workerEntry: string;
  readonly brokerUrl: string;
  readonly log: Logger;
}

/** Time to save work in progress before SIGKILL. */
const gentleMs = 5_000;
const pollMs = 50;

/**
 * A sandbox without a cluster: each attempt is a child process in its task's directory. It isolates nothing: what the
 * worker runs can do whatever this program's user can.
 *
 * A task's directory has `work` (the repository, at the same path for every attempt, so that a Claude session can be
 * resumed), `home`, `tmp`, and in `attempts` each attempt's log and records.
 */
export function createLocalSandbox({ dir, workerEntry, brokerUrl, log }: LocalSandboxOptions): Sandbox {
  const launching = new Map<AttemptId, Promise<void>>();

  const marked = (attempt: AttemptId) => processesMarked(`MAINLOOP_ATTEMPT=${filesOf(dir, attempt).mark}`);

  async function leaderOf(attempt: AttemptId): Promise<number | null> {
    const files = filesOf(dir, attempt);
    const known = readRecord(files);
    if (known) return (await startTimeOf(known.pid)) === known.startedAt ? known.pid : null;
    // The program died between starting and recording it.
    const pid = readNumber(files.pid);
    return pid !== null && marked(attempt).includes(pid) ? pid : null;
  }

  async function stop(attempt: AttemptId): Promise<void> {
    await launching.get(attempt);
    const leader = await leaderOf(attempt);
    if (leader !== null) {
      signal(-leader, 'SIGTERM');
      for (const until = Date.now() + gentleMs; Date.now() < until && (await leaderOf(attempt)) !== null; )
        await sleep(pollMs);
      if ((await leaderOf(attempt)) !== null) signal(-leader, 'SIGKILL');
    }
    for (const pid of marked(attempt)) signal(pid, 'SIGKILL');
  }

  return {
    name: 'local',
    warning: null,
    async start(spec) {
      const running =
        launching.get(spec.attempt) ??
        launch(filesOf(dir, spec.attempt), spec, { entry: workerEntry, brokerUrl }).finally(() =>
          launching.delete(spec.attempt),
        );
      launching.set(spec.attempt, running);
      await running;
      log.info({ attempt: spec.attempt }, 'worker started');
    },
    async status(attempt) {
      const files = filesOf(dir, attempt);
      if (readNumber(files.pid) === null) return { state: 'unknown', detail: 'never started here' };
      const leader = await leaderOf(attempt);
      if (leader !== null) return { state: 'running', detail: `process ${leader}` };
      const code = readNumber(files.exit);
      return { state: 'exited', detail: code === null ? 'killed' : `exit code ${code}` };
    },
    output: async (attempt) => lastOf(filesOf(dir, attempt).log),
    stop,
    async remove(task) {
      const directory = join(dir, String(task));
      await Promise.all(attemptsIn(directory).map(stop));
      rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
    tasks: async () => tasksIn(dir),
  };
}
