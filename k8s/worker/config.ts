import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the program is started with: where its one door is, and the attempt's token, the only credential it ever holds. */
export interface WorkerConfig {
  /** The broker's root, without a slash at the end. */
  readonly broker: string;
  readonly token: string;
  /** The repository's working tree: the current directory, the same for every attempt of a task. */
  readonly work: string;
  readonly home: string;
  readonly path: string;
  readonly lang: string;
  readonly tmp: string;
  /** What people sent, and what is handed over to them: outside of the repository, where every sandbox can write. */
  readonly received: string;
  readonly out: string;
  /** The way out for what runs here, e.g. `http://broker:8080`; undefined: whatever the machine itself has. */
  readonly proxy: string | undefined;
  /** By which the sandbox finds everything that was started for the attempt; handed down to all of it. */
  readonly attempt: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings from the environment; the token itself or, in a pod, the file that holds it. By hand: the broker is
 * asked before there is a library to parse with.
 */
export function readConfig(env: Environment, work: string): WorkerConfig {
  const broker = address(env, 'MAINLOOP_BROKER');
  const token = env.MAINLOOP_TOKEN_FILE ? readFileSync(env.MAINLOOP_TOKEN_FILE, 'utf8') : env.MAINLOOP_TOKEN;
  if (!token?.trim()) throw new Error('MAINLOOP_TOKEN or MAINLOOP_TOKEN_FILE must give the attempt its token');
  const home = required(env, 'HOME');
  return {
    broker,
    token: token.trim(),
    work,
    home,
    received: join(home, 'received'),
    out: join(home, 'out'),
    path: required(env, 'PATH'),
    lang: env.LANG ?? 'C.UTF-8',
    tmp: env.TMPDIR ?? '/tmp',
    proxy: env.MAINLOOP_PROXY ? address(env, 'MAINLOOP_PROXY') : undefined,
    attempt: env.MAINLOOP_ATTEMPT,
  };
}

/** Without a slash at the end. */
function address(env: Environment, name: string): string {
  const value = required(env, name);
  if (!URL.canParse(value)) throw new Error(`${name} must be the address of the broker`);
  return value.replace(/\/$/, '');
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`${name} is missing`);
  return value;
}
