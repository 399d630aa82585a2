import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { Failure } from '../core/errors.ts';
import { lockDataDir } from './data-lock.ts';
import { checkDatabase } from './external-database.ts';
import { findPostgres, type PostgresServer, startPostgres } from './postgres/server.ts';

export interface Database {
  readonly url: string;
  readonly embedded: boolean;
  /** Gives the data directory free and stops the embedded server. Close every connection first. */
  stop(): Promise<void>;
}

export interface DatabaseOptions {
  /** Unset: an embedded server under `dataDir`. */
  readonly url?: string | undefined;
  readonly dataDir: string;
  readonly log: Logger;
}

/** The database that everything is kept in, and the sole right to the data directory. Throws Failure. */
export async function openDatabase({ url, dataDir, log }: DatabaseOptions): Promise<Database> {
  const lock = lockDataDir(dataDir);
  try {
    if (!url) return await embedded(dataDir, log, lock);
    await checkDatabase(url);
    return { url, embedded: false, stop: async () => lock.release() };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * The same database for a moment, whether the program runs or not: beside a running one its server is used, and the
 * directory stays that program's. Throws Failure.
 */
export async function visitDatabase(options: DatabaseOptions): Promise<Pick<Database, 'url' | 'stop'>> {
  const { url, dataDir } = options;
  if (url) {
    await checkDatabase(url);
    return { url, stop: async () => undefined };
  }
  try {
    return await openDatabase(options);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'data_dir_in_use') throw error;
    return { url: await findPostgres(join(dataDir, 'postgres'), name), stop: async () => undefined };
  }
}

const name = 'mainloop';

async function embedded(dataDir: string, log: Logger, lock: { release(): void }): Promise<Database> {
  const server = await startPostgres({ home: join(dataDir, 'postgres') });
  log.info({ port: server.port, adopted: server.adopted }, 'embedded Postgres runs');
  await createDatabase(server.url('postgres'));
  const guard = await guardServer(server, log);
  return {
    url: server.url(name),
    embedded: true,
    async stop() {
      await guard.stop();
      await server.stop();
      lock.release();
    },
  };
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (!rowCount) await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
}

/** Starts the server again when it dies under the running program; one connection of its own tells. */
async function guardServer(server: PostgresServer, log: Logger): Promise<{ stop(): Promise<void> }> {
  let stopped = false;
  let reviving = Promise.resolve();
  let client = await watch();

  async function watch(): Promise<pg.Client> {
    const connection = new pg.Client({ connectionString: server.url('postgres'), keepAlive: true });
    connection.on('error', (error) => log.warn({ err: error }, 'lost the embedded Postgres'));
    await connection.connect();
    connection.once('end', () => {
      reviving = revive();
    });
    return connection;
  }

  async function revive(): Promise<void> {
    while (!stopped) {
      try {
        await server.revive();
        client = await watch();
        log.info('embedded Postgres runs again');
        return;
      } catch (error) {
        log.error({ err: error }, 'embedded Postgres does not start, next try in 1 s');
        await sleep(1000);
      }
    }
  }

  return {
    async stop() {
      stopped = true;
      await reviving;
      await client.end();
    },
  };
}
