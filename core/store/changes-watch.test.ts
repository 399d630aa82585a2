import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../testing/core.ts';
import { sql } from './drizzle.ts';
import { type OpenStore, openStore } from './testing.ts';

let open: OpenStore;
beforeAll(async () => {
  open = await openStore();
});
afterAll(() => open.close());

const change = (topic: string) => open.db.execute(sql`insert into mainloop.changes (topic) values (${topic})`);

/** Reads all that is told from now on, the way that pages do. */
async function follow() {
  const { changes } = open.store;
  let cursor = await changes.now();
  const told: string[] = [];
  const lost: string[] = [];
  let [calls, reading] = [0, Promise.resolve()];
  const stop = changes.watch(
    () => {
      calls += 1;
      reading = reading.then(async () => {
        const found = await changes.since(cursor, 100);
        cursor = found.cursor;
        told.push(...found.changes.map(({ topic }) => topic));
      });
    },
    (error) => void lost.push(error.message),
  );
  onTestFinished(async () => {
    await stop();
    await reading;
  });
  await eventually('the first call', async () => calls > 0);
  return { told, lost, calls: () => calls, stop };
}

/** The connections that are idle after asking whether anything is held back. */
const listeners = sql`select pid from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and query like 'select exists(%changes_end%'`;

test('a change is heard at once', async () => {
  const { told } = await follow();
  const begun = Date.now();
  await change('one');
  await eventually('the change', async () => told.includes('one'));
  expect(Date.now() - begun).toBeLessThan(1_000);
});

test('what an older transaction held back is told soon after it has ended, whoever notified', async () => {
  const { told, calls } = await follow();
  const older = new pg.Client(open.db.$client.options);
  await older.connect();
  onTestFinished(() => older.end());
  await older.query('begin');
  await older.query('select pg_current_xact_id()');
  await change('held');
  const seen = calls();
  await eventually('a call that finds it held', async () => calls() > seen + 1);
  expect(told).toEqual([]);
  await older.query('commit');
  await eventually('the change', async () => told.includes('held'));
});

test('a listener whose connection is ended listens again, and hears of what changed meanwhile', async () => {
  const { told, lost } = await follow();
  const { rows } = await open.db.execute<{ pid: number }>(listeners);
  expect(rows).toHaveLength(1);
  await open.db.execute(sql`select pg_terminate_backend(${rows[0]?.pid})`);
  await change('meanwhile');
  await eventually('the change', async () => told.includes('meanwhile'));
  expect(lost.length).toBeGreaterThan(0);
  await change('afterwards');
  await eventually('the next change', async () => told.includes('afterwards'));
  expect(told).toEqual(['meanwhile', 'afterwards']);
});

test('after a stop nothing is called, and the connection is gone', async () => {
  const { stop, calls } = await follow();
  await stop();
  const before = calls();
  await change('late');
  await eventually('no listener', async () => (await open.db.execute(listeners)).rows.length === 0);
  expect(calls()).toBe(before);
});
