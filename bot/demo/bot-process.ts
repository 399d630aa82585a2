import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../main.ts', import.meta.url));

/**
 * As `npm start` has it. Half the room for what is young keeps 70 MB from piling up under load (`bench chats`: 407 → 334 MB).
 */
const flags = ['--max-semi-space-size=8'];

/** The real program as a process of its own, so that it can be killed and started again like in life. */
export interface BotProcess {
  start(): Promise<void>;
  /** kill -9: no chance to say goodbye. */
  kill(): Promise<void>;
  /** SIGTERM, and waits. */
  stop(): Promise<void>;
  readonly running: boolean;
  /** Of its latest start. */
  readonly pid: number | undefined;
  /** What it wrote so far, over all its starts. */
  log(): Promise<string>;
}

const startTimeoutMs = 60_000;

export interface BotProcessOptions {
  readonly port: number;
  readonly env: Record<string, string>;
  readonly dataDir: string;
  readonly path: string;
  /** Modules to load first. */
  readonly imports?: readonly string[];
}

export function createBotProcess(options: BotProcessOptions): BotProcess {
  const { port, env, dataDir, path, imports = [] } = options;
  const logFile = join(dataDir, 'mainloop.log');
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
    get pid() {
      return child?.pid;
    },
    async start() {
      const log = createWriteStream(logFile, { flags: 'a' });
      const modules = imports.flatMap((module) => ['--import', module]);
      const started = spawn(process.execPath, [...flags, ...modules, entry, 'start'], {
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
    log: () => readFile(logFile, 'utf8'),
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
