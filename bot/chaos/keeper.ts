/** Keeps the program running the way a supervisor of processes would: whenever it dies, it is started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { environment } from '../config.ts';
import type { House } from '../testing/house.ts';

const entry = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface Keeper {
  /** How often the program was started. */
  readonly starts: number;
  /** Ends that nobody ordered: neither SIGKILL nor the keeper's own stop. */
  readonly crashes: readonly string[];
  /** Kills the program now; it is started again. */
  kill(): void;
  /** Stops the program in order (SIGTERM) and goes on with a build that loads these modules instead. */
  replace(preloads: readonly string[]): Promise<void>;
  /** Stops for good. */
  stop(): Promise<void>;
}

export interface KeeperOptions {
  /** Modules that the program loads first. */
  readonly preloads: readonly string[];
  readonly env?: Record<string, string>;
}

export function keepRunning(house: House, { preloads, env = {} }: KeeperOptions): Keeper {
  const log = createWriteStream(join(house.dataDir, 'mainloop.log'), { flags: 'a' });
  const crashes: string[] = [];
  let starts = 0;
  let stopped = false;
  let replacing = false;
  let loaded = preloads;
  let child: ChildProcess | undefined;

  const live = async () => {
    starts += 1;
    const started = spawn(process.execPath, [...loaded.flatMap((module) => ['--import', module]), entry, 'start'], {
      cwd: house.dataDir,
      env: {
        PATH: environment().PATH ?? '',
        HOME: house.dataDir,
        DATA_DIR: house.dataDir,
        NODE_COMPILE_CACHE: join(house.dataDir, 'compile-cache'),
        ...house.world.environment(house.port),
        DATABASE_URL: house.databaseUrl,
        RECONCILE_SECONDS: '2',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    let complaint = '';
    started.stdout.pipe(log, { end: false });
    started.stderr.pipe(log, { end: false });
    started.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    const [code, signal] = await once(started, 'exit');
    if (stopped || signal === 'SIGKILL' || (replacing && code === 0)) return;
    crashes.push(`exit ${code ?? signal}: ${complaint.slice(-2000)}`);
    await sleep(500);
  };

  const kept = (async () => {
    while (!stopped) await live();
  })();

  return {
    get starts() {
      return starts;
    },
    crashes,
    kill: () => void child?.kill('SIGKILL'),
    async replace(preloads) {
      const old = child;
      [replacing, loaded] = [true, preloads];
      old?.kill('SIGTERM');
      if (old?.exitCode === null) await once(old, 'exit');
      replacing = false;
    },
    async stop() {
      stopped = true;
      child?.kill('SIGKILL');
      await kept;
      log.end();
    },
  };
}
