import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { isAlive, readPostmaster } from './postgres/postmaster.ts';
import { startPostgres } from './postgres/server.ts';

const log = pino({ level: 'silent' });
const program = fileURLToPath(new URL('testing/database-holder.ts', import.meta.url));
let dataDir: string;
let programs: ChildProcessWithoutNullStreams[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'mainloop-database-'));
  programs = [];
});

afterEach(async () => {
  for (const child of programs) await kill(child);
  if (existsSync(cluster())) await (await startPostgres({ home: join(dataDir, 'postgres') })).stop();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20 });
});

const cluster = () => join(dataDir, 'postgres', 'cluster');
const open = (): Promise<Database> => openDatabase({ dataDir, log });

/** Starts the program in a process of its own and answers the first line it says. */
async function hold(): Promise<{ child: ChildProcessWithoutNullStreams; line: string }> {
  const child = start();
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, line };
}

function start(): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [program, dataDir]);
  programs.push(child);
  return child;
}

async function kill(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

function serverPid(): number {
  const postmaster = readPostmaster(cluster());
  if (postmaster === null || postmaster === 'foreign') throw new Error('no server runs');
  return postmaster.pid;
}

test('what was written is there after a stop and a start, and a stop leaves no process', async () => {
  const first = await open();
  await query(first.url, 'create table kept (n int)');
  const pid = serverPid();
  await first.stop();
  expect(isAlive(pid)).toBe(false);

  const second = await open();
  expect(await query(second.url, 'select * from kept')).toEqual([]);
  await second.stop();
});

test('text is UTF-8 and sorted the same on every machine, and a commit is durable', async () => {
  const database = await open();
  const [row] = await query(
    database.url,
    `select current_setting('server_encoding') encoding, datlocprovider provider, datlocale locale,
            current_setting('synchronous_commit') sync, current_setting('fsync') fsync,
            current_setting('timezone') zone, upper('ärger') upper
     from pg_database where datname = current_database()`,
  );
  expect(row).toEqual({
    encoding: 'UTF8',
    provider: 'b',
    locale: 'C.UTF-8',
    sync: 'on',
    fsync: 'on',
    zone: 'UTC',
    upper: 'ÄRGER',
  });
  await database.stop();
});

test('the server of a killed program is adopted', async () => {
  const { child, line } = await hold();
  await query(line, 'create table kept (n int)');
  const pid = serverPid();
  await kill(child);
  expect(isAlive(pid)).toBe(true);

  const database = await open();
  expect(serverPid()).toBe(pid);
  expect(database.url).toBe(line);
  expect(await query(database.url, 'select * from kept')).toEqual([]);
  await database.stop();
  expect(readPostmaster(cluster())).toBeNull();
});

test('a program and its server killed together start again with all that was committed', async () => {
  const { child, line } = await hold();
  await query(line, 'create table kept as select 7 as n');
  const pid = serverPid();
  await kill(child);
  process.kill(pid, 'SIGKILL');

  const database = await open();
  expect(await query(database.url, 'select n from kept')).toEqual([{ n: 7 }]);
  await database.stop();
});

test('a setup that was cut off is done again', async () => {
  const child = start();
  const home = join(dataDir, 'postgres');
  const unfinished = () => (existsSync(home) ? readdirSync(home).filter((name) => name.startsWith('unfinished-')) : []);
  while (unfinished().length < 2) await sleep(2);
  await kill(child);
  expect(existsSync(cluster())).toBe(false);

  const database = await open();
  expect(await query(database.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(unfinished()).toEqual([]);
  await database.stop();
});

test('a stale postmaster.pid whose number belongs to another process is removed', async () => {
  await (await open()).stop();
  writeFileSync(join(cluster(), 'postmaster.pid'), `${process.pid}\n${cluster()}\n0\n1\n\n127.0.0.1\n1 1\nready\n`);
  const database = await open();
  expect(await query(database.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await database.stop();
});

test('a second program on the directory is refused with one line that names the first', async () => {
  const { child } = await hold();
  const { line } = await hold();
  expect(line).toBe(
    `refused: DATA_DIR ${dataDir} is in use by another Mainloop (process ${child.pid}). Stop that one, or give this one another DATA_DIR.`,
  );
});

test('of programs that start at once one gets the directory', async () => {
  const lines = (await Promise.all([hold(), hold(), hold()])).map(({ line }) => line.split(':')[0]);
  expect(lines.sort()).toEqual(['postgres', 'refused', 'refused']);
});

test('a server that dies under the running program comes back at the same address', async () => {
  const database = await open();
  await query(database.url, 'create table kept as select 7 as n');
  process.kill(serverPid(), 'SIGKILL');
  const answer = async () => query(database.url, 'select n from kept').catch((error: Error) => error.message);
  await expect.poll(answer, { timeout: 20_000 }).toEqual([{ n: 7 }]);
  await database.stop();
});

test.runIf(process.getuid?.() === 0)('root may keep the data in a directory that only root can enter', async () => {
  chmodSync(dataDir, 0o700);
  const database = await open();
  expect(await query(database.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await database.stop();
});

test('a port that is taken when the program starts again is no problem', async () => {
  const first = await open();
  const port = Number(new URL(first.url).port);
  await first.stop();
  const blocker = (await import('node:net')).createServer().listen(port, '127.0.0.1');
  await once(blocker, 'listening');
  const second = await open();
  expect(Number(new URL(second.url).port)).not.toBe(port);
  await second.stop();
  blocker.close();
});
