import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../main.ts', import.meta.url));

/** The real program as a process of its own, so that it can be killed and started again like in life. */
export interface BotProcess {
  start(): Promise<void>;
  /** kill -9: no chance to say goodbye. */
  kill(): Promise<void>;
  /** SIGTERM, and waits. */
  stop(): Promise<void>;
  readonly running: boolean;
}

const startTimeoutMs = 60_000;

export function createBotProcess(options: {
  port: number;
  env: Record<string, string>;
  dataDir: string;
  path: string;
}): BotProcess {
  const { port, env, dataDir, path } = options;
  let child: ChildProcess | null = null;

  const end = async (signal: NodeJS.Signals) => {
    if (!child || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    child = null;
  };

  return {
    get running() {
      return child !== null && child.exitCode === null;
    },
    async start() {
      const log = createWriteStream(join(dataDir, 'mainloop.log'), { flags: 'a' });
      const started = spawn(process.execPath, [entry, 'start'], {
        cwd: dataDir,
        env: { PATH: path, HOME: dataDir, DATA_DIR: dataDir, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      let complaint = '';
      started.stdout.pipe(log, { end: false });
      started.stderr.on('data', (chunk: Buffer) => {
        complaint += chunk.toString();
      });
      await untilReady(port, started, () => complaint);
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

async function untilReady(port: number, child: ChildProcess, complaint: () => string): Promise<void> {
  for (const until = Date.now() + startTimeoutMs; Date.now() < until; ) {
    if (child.exitCode !== null) throw new Error(`the program did not start: ${complaint()}`);
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the program was not ready within ${startTimeoutMs / 1000} s: ${complaint()}`);
}
