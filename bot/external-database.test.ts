import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../core/testing/postgres.ts';
import { openDatabase } from './database.ts';
import { checkDatabase } from './external-database.ts';

let good: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  good = await testDatabase();
});
afterAll(() => good.drop());

const changed = (change: (url: URL) => void) => {
  const url = new URL(good.url);
  change(url);
  return url.href;
};

test('a good DATABASE_URL is taken as it is, and the data directory is locked all the same', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'mainloop-external-'));
  const options = { url: good.url, dataDir, log: pino({ level: 'silent' }) };
  const database = await openDatabase(options);
  expect(database).toMatchObject({ url: good.url, embedded: false });
  await expect(openDatabase(options)).rejects.toMatchObject({ code: 'data_dir_in_use' });
  await database.stop();
  await (await openDatabase(options)).stop();
  rmSync(dataDir, { recursive: true });
});

test('a wrong password is named', async () => {
  const url = changed((url) => {
    url.password = 'wrong';
  });
  await expect(checkDatabase(url)).rejects.toMatchObject({
    code: 'invalid_credentials',
    remedy: 'never',
    message: expect.stringMatching(/^DATABASE_URL: wrong password for user mainloop at 127.0.0.1:\d+\.$/),
  });
});

test('an unknown database is named', async () => {
  const url = changed((url) => {
    url.pathname = '/nowhere';
  });
  await expect(checkDatabase(url)).rejects.toMatchObject({ code: 'unknown_database', message: /"nowhere"/ });
});

test('a port where nothing listens is named and worth another try', async () => {
  await expect(checkDatabase('postgres://u:p@127.0.0.1:1/d')).rejects.toMatchObject({
    code: 'unreachable',
    remedy: 'retry',
    message: 'DATABASE_URL: nothing listens at 127.0.0.1:1.',
  });
});

test('a server that is no Postgres is said so, not waited for', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await expect(checkDatabase(`postgres://u:p@127.0.0.1:${port}/d`)).rejects.toMatchObject({ code: 'unreachable' });
  server.close();
});

test('a user who may not create schemas is named', async () => {
  const admin = new pg.Client({ connectionString: good.url });
  await admin.connect();
  const role = `reader_${process.pid}`;
  await admin.query(`create role ${role} login password 'r'`);
  const url = changed((url) => {
    url.username = role;
    url.password = 'r';
  });
  await expect(checkDatabase(url)).rejects.toMatchObject({ code: 'forbidden', message: new RegExp(role) });
  await admin.query(`drop role ${role}`);
  await admin.end();
});
