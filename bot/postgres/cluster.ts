import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Failure } from '../../core/errors.ts';
import type { Binaries } from './binaries.ts';
import type { Identity } from './identity.ts';

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
  if (existsSync(directory)) return { directory, password: readFileSync(passwordFile, 'utf8') };

  for (const name of readdirSync(home).filter((name) => name.startsWith('unfinished-'))) {
    rmSync(join(home, name), { recursive: true, force: true, maxRetries: 20 });
  }
  const password = randomBytes(24).toString('base64url');
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  identity.own(passwordFile);
  const unfinished = join(home, `unfinished-${randomBytes(6).toString('hex')}`);
  mkdirSync(unfinished, { mode: 0o700 });
  identity.own(unfinished);
  await initialise(identity.command(initdb, [`--pgdata=${unfinished}`, `--pwfile=${passwordFile}`, ...flags]));
  renameSync(unfinished, directory);
  return { directory, password };
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

async function initialise({ file, args, ...ids }: ReturnType<Identity['command']>): Promise<void> {
  const child = spawn(file, args, { ...ids, stdio: ['ignore', 'ignore', 'pipe'] });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  if (code === 0) return;
  throw new Failure(`The embedded Postgres could not be set up: ${said.trim() || `initdb ended with ${code}`}`, {
    code: 'postgres_setup_failed',
    remedy: 'never',
    advice: 'Make room and rights under DATA_DIR, run npm ci again, or set DATABASE_URL to a Postgres of yours.',
  });
}
