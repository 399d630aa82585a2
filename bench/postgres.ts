import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '../bot/postgres/server.ts';

export interface BenchPostgres {
  /** A new empty database. */
  database(name: string): Promise<string>;
}

/** A throw-away Postgres that is as durable as the program's own: every commit reaches the disk. */
export async function openPostgres(
  scope: AsyncDisposableStack,
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchPostgres> {
  const home = await temporaryDirectory(scope, 'postgres');
  let server = await startPostgres({ home });
  scope.defer(() => server.stop());
  if (Object.keys(settings).length > 0) {
    for (const [name, value] of Object.entries(settings)) {
      await execute(server.url('postgres'), `alter system set ${name} = '${value}'`);
    }
    await server.stop();
    server = await startPostgres({ home });
  }
  return {
    async database(name) {
      await execute(server.url('postgres'), `create database ${name}`);
      return server.url(name);
    },
  };
}

/** A directory that goes with the scope. */
export async function temporaryDirectory(scope: AsyncDisposableStack, name: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), `mainloop-bench-${name}-`));
  scope.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  return directory;
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
