import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../core/errors.ts';
import type { Binaries } from './binaries.ts';
import type { Identity } from './identity.ts';
import { worksOn } from './postmaster.ts';

export const user = 'mainloop';

/** A cluster on disk, complete. */
export interface Cluster {
  /** Postgres's data directory. */
  readonly directory: string;
  readonly password: string;
}

/**
 * The cluster under `home`, made on the first call. It is made beside its place and moved there when complete, so that one
 * that was cut off half-way is never taken for a whole one.
 */
export async function ensureCluster(home: string, { initdb }: Binaries, identity: Identity): Promise<Cluster> {
  const directory = join(home, 'cluster');
  const passwordFile = join(home, 'password');
  for (const name of leftovers(home)) await discard(join(home, name));
  if (existsSync(directory)) return readCluster(home);

  const password = randomBytes(24).toString('base64url');
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  identity.own(passwordFile);
  const unfinished = join(home, `unfinished-${randomBytes(6).toString('hex')}`);
  mkdirSync(unfinished, { mode: 0o700 });
  identity.own(unfinished);
  const command = identity.command(initdb, [`--pgdata=${unfinished}`, `--pwfile=${passwordFile}`, ...flags]);
  await initialise(command, `${unfinished}.pid`);
  renameSync(unfinished, directory);
  rmSync(`${unfinished}.pid`);
  return { directory, password };
}

/** The cluster that is there. */
export const readCluster = (home: string): Cluster => ({
  directory: join(home, 'cluster'),
  password: readFileSync(join(home, 'password'), 'utf8'),
});

/** The notes of the processes first, so that each is ended before its directory goes. */
const leftovers = (home: string) =>
  readdirSync(home)
    .filter((name) => name.startsWith('unfinished-'))
    .sort((a, b) => Number(b.endsWith('.pid')) - Number(a.endsWith('.pid')));

/** Removes what a setup left that was cut off; its initdb may still be writing there. */
async function discard(path: string): Promise<void> {
  if (path.endsWith('.pid')) {
    const pid = Number(readFileSync(path, 'utf8'));
    const directory = path.slice(0, -'.pid'.length);
    if (pid && worksOn(pid, directory)) process.kill(pid, 'SIGKILL');
    for (let look = 0; pid && look < 500 && worksOn(pid, directory); look += 1) await sleep(10);
    rmSync(directory, { recursive: true, force: true, maxRetries: 20 });
  }
  rmSync(path, { recursive: true, force: true, maxRetries: 20 });
}

/** Sorting and case rules come with Postgres, so that an index means the same on every machine. */
const flags = [
  `--username=${user}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
];

async function initialise({ file, args, ...ids }: ReturnType<Identity['command']>, pidFile: string): Promise<void> {
  const child = spawn(file, args, { ...ids, stdio: ['ignore', 'ignore', 'pipe'] });
  if (child.pid) writeFileSync(pidFile, String(child.pid));
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  if (code === 0) return;
  throw new Failure(`The embedded Postgres could not be set up: ${said.trim() || `initdb ended with ${code}`}`, {
    code: 'postgres_setup_failed',
    remedy: 'never',
    advice: 'Make room and rights under DATA_DIR, run npm ci again, or set DATABASE_URL to a Postgres of yours.',
  });
}
