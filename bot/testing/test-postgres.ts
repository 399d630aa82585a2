/**
 * Vitest's global setup: one throw-away Postgres for all test files of a run. It starts when the first file asks for its
 * address (`core/testing/postgres.ts`) and is gone with the run, so tests without a database pay nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type PostgresServer, startPostgres } from '../postgres/server.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = mkdtempSync(join(tmpdir(), 'mainloop-tests-'));
  let starting: Promise<PostgresServer> | undefined;
  const desk = createServer((_request, response) => {
    starting ??= startPostgres({ home, durable: false });
    starting.then(
      (server) => response.end(server.url('postgres')),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  project.provide('testPostgres', `http://127.0.0.1:${(desk.address() as AddressInfo).port}`);
  return async () => {
    desk.close();
    desk.closeAllConnections();
    try {
      await (await starting)?.stop();
    } finally {
      rmSync(home, { recursive: true, force: true, maxRetries: 20 });
    }
  };
}
