import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Failure } from '../../core/errors.ts';
import type { Check } from '../check.ts';
import type { Config } from '../config.ts';
import { checkDatabase } from '../external-database.ts';
import { readPostmaster } from '../postgres/postmaster.ts';
import { findPostgres, startPostgres } from '../postgres/server.ts';

/** The database as it is or would be, without touching the data directory: a program may run on it, or be about to. */
export const databaseCheck = ({ databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>): Check => ({
  name: 'Database',
  part: 'DATABASE',
  async run() {
    if (databaseUrl) {
      await checkDatabase(databaseUrl);
      return 'DATABASE_URL answers';
    }
    const home = join(dataDir, 'postgres');
    const under = `under ${relative('', dataDir) || dataDir}`;
    const postmaster = readPostmaster(join(home, 'cluster'));
    if (postmaster !== null && postmaster !== 'foreign') {
      await findPostgres(home, 'postgres');
      return `embedded Postgres answers ${under}`;
    }
    const version = await tryPostgres();
    const versionFile = join(home, 'cluster', 'PG_VERSION');
    if (!existsSync(versionFile)) return `embedded Postgres ${version} runs here; the first start makes one ${under}`;
    const theirs = readFileSync(versionFile, 'utf8').trim();
    if (theirs === version) return `embedded Postgres ${version} runs here; the one ${under} is stopped`;
    throw new Failure(`The database ${under} is Postgres ${theirs}, and this release has ${version}.`, {
      code: 'other_version',
      remedy: 'never',
      advice: `Move it with pg_dump and pg_restore, or set DATABASE_URL to a Postgres of yours.`,
    });
  },
});

/** Starts one in a directory that goes away with it; answers its major version. */
async function tryPostgres(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'mainloop-doctor-'));
  try {
    const server = await startPostgres({ home, durable: false });
    const version = readFileSync(join(home, 'cluster', 'PG_VERSION'), 'utf8').trim();
    await server.stop();
    return version;
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
