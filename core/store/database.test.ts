import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { connect } from './database.ts';
import { sql } from './drizzle.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test('a connection that is lost in the middle of a transaction fails it, and nothing else', async () => {
  const lost: string[] = [];
  const { db, close } = await connect(database.url, (error) => void lost.push(error.message));
  const transaction = db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    await db.execute(sql`select pg_terminate_backend(${rows[0]?.pid})`);
    // Nothing is under way on it now: only a listener keeps its error from ending the process.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await tx.execute(sql`select 1`);
  });
  await expect(transaction).rejects.toThrow();
  expect(lost.length).toBeGreaterThan(0);
  await db.execute(sql`select 1`);
  await close();
});
