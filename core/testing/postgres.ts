import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the run's global setup tells the address of its Postgres. */
    testPostgres: string;
  }
}

export interface TestDatabase {
  readonly url: string;
  /** Removes the database, even with connections open. */
  drop(): Promise<void>;
}

/** A fresh, empty database on the test run's own Postgres, which starts with the first call. Drop it in `afterAll`. */
export async function testDatabase(): Promise<TestDatabase> {
  const response = await fetch(inject('testPostgres'));
  const server = await response.text();
  if (!response.ok) throw new Error(`no Postgres for the tests: ${server}`);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await execute(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const drop = () => execute(server, `drop database if exists ${name} with (force)`);
  return { url: url.href, drop };
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
