import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Failure } from '../../core/errors.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { type Cluster, ensureCluster, readCluster, user } from './cluster.ts';
import { type Identity, postgresIdentity } from './identity.ts';
import { isAlive, pidFile, readPostmaster } from './postmaster.ts';

/** A Postgres on loopback, kept in a directory of ours. */
export interface PostgresServer {
  readonly port: number;
  /** Address of one of its databases. */
  url(database: string): string;
  /** True when it was running already, left behind by a program that was killed. */
  readonly adopted: boolean;
  /** Starts it again on the same port, if it has died; else does nothing. */
  revive(): Promise<void>;
  /** Shuts it down in order: open transactions are rolled back, the next start needs no recovery. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Holds the cluster, its password and the server's log. The caller sees to it that no two programs use it at once. */
  readonly home: string;
  /** False for tests: nothing survives a crash of the machine. Default true. */
  readonly durable?: boolean;
}

/** Longest time for a start (with recovery) or a stop. */
const patienceMs = 60_000;

interface Installation {
  readonly home: string;
  readonly binaries: Binaries;
  readonly identity: Identity;
  readonly cluster: Cluster;
  readonly settings: readonly string[];
}

/** Starts the server, or takes over the one that runs on this directory. */
export async function startPostgres({ home, durable = true }: PostgresOptions): Promise<PostgresServer> {
  mkdirSync(home, { recursive: true });
  const binaries = await findBinaries();
  const identity = postgresIdentity(home, binaries.postgres);
  const cluster = await ensureCluster(home, binaries, identity);
  const settings = durable ? ['max_connections=100', 'synchronous_commit=on'] : fleeting;
  const installation = { home, binaries, identity, cluster, settings };
  const { port, adopted } = await run(installation, null);
  return {
    port,
    adopted,
    url: (database) => address(cluster, port, database),
    revive: async () => void (await run(installation, port)),
    stop: () => stop(cluster.directory),
  };
}

/**
 * The address of a database of the server that runs on `home` under another program; waits while it starts. Never starts one.
 * Throws Failure `postgres_not_running`.
 */
export async function findPostgres(home: string, database: string): Promise<string> {
  const directory = join(home, 'cluster');
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(100)) {
    const postmaster = readPostmaster(directory);
    if (postmaster === null || postmaster === 'foreign' || !postmaster.ready) continue;
    const url = address(readCluster(home), postmaster.port, database);
    if (!(await knock(url))) return url;
  }
  throw new Failure(`The embedded Postgres in ${home} does not answer.`, {
    code: 'postgres_not_running',
    remedy: 'retry',
    advice: 'Another Mainloop holds the directory; look at its log.',
  });
}

const fleeting = ['max_connections=400', 'fsync=off', 'full_page_writes=off', 'synchronous_commit=off'];

const address = ({ password }: Cluster, port: number, database: string) =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;

async function run(installation: Installation, wanted: number | null): Promise<{ port: number; adopted: boolean }> {
  const { cluster } = installation;
  const deadline = Date.now() + patienceMs;
  let launched: { exit: number | null } | null = null;
  let complaint: unknown;
  let failures = 0;
  while (Date.now() < deadline && failures < 20) {
    const postmaster = readPostmaster(cluster.directory);
    if (postmaster === 'foreign') rmSync(pidFile(cluster.directory), { force: true });
    else if (postmaster?.ready) {
      complaint = await knock(address(cluster, postmaster.port, 'postgres'));
      if (!complaint) return { port: postmaster.port, adopted: !launched };
    } else if (!postmaster && (!launched || launched.exit !== null)) {
      // A server that was killed leaves processes behind for a moment, and a free port may be taken meanwhile.
      if (launched) {
        failures += 1;
        complaint = lastWords(installation.home);
      }
      launched = launch(installation, wanted ?? (await freePort()));
      await sleep(100);
    }
    await sleep(20);
  }
  throw new Failure(`The embedded Postgres in ${installation.home} does not start: ${describeComplaint(complaint)}`, {
    code: 'postgres_start_failed',
    remedy: 'never',
    advice: `Its log is ${logFile(installation.home)}.`,
    cause: complaint,
  });
}

const describeComplaint = (complaint: unknown) =>
  complaint instanceof Error ? complaint.message : (complaint ?? 'no answer within a minute');

function launch({ home, binaries, identity, cluster, settings }: Installation, port: number) {
  const flags = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', ...steady, ...settings];
  const command = identity.command(binaries.postgres, [
    '-D',
    cluster.directory,
    ...flags.flatMap((flag) => ['-c', flag]),
  ]);
  const log = openSync(logFile(home), 'w');
  // Its own process group: Ctrl-C in a terminal is for the program, which stops its database last.
  const { file, args, ...ids } = command;
  const child = spawn(file, args, { ...ids, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const state: { exit: number | null } = { exit: null };
  child.once('exit', (code) => {
    state.exit = code ?? -1;
  });
  child.once('error', () => {
    state.exit = -1;
  });
  child.unref();
  return state;
}

const steady = ['timezone=UTC', 'log_timezone=UTC', 'log_checkpoints=off', 'jit=off'];

const logFile = (home: string) => join(home, 'server.log');
const lastWords = (home: string) => readFileSync(logFile(home), 'utf8').trim().split('\n').slice(-3).join(' ');

/** Null when the server lets us in. */
async function knock(url: string): Promise<Error | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
    return null;
  } catch (error) {
    return error as Error;
  } finally {
    await client.end();
  }
}

async function stop(directory: string): Promise<void> {
  const postmaster = readPostmaster(directory);
  if (postmaster === null || postmaster === 'foreign') return;
  process.kill(postmaster.pid, 'SIGINT');
  const deadline = Date.now() + patienceMs;
  // It removes its pid file a moment before it is gone, and only then is the port free.
  while (isAlive(postmaster.pid)) {
    if (Date.now() > deadline) {
      process.kill(postmaster.pid, 'SIGQUIT');
      return;
    }
    await sleep(10);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof bound === 'object' && bound ? bound.port : 0;
}
