import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type OpenDatabase } from '../core/store/database.ts';
import { createStore, type Store } from '../core/store/index.ts';
import { type TestDatabase, testDatabase } from '../core/testing/postgres.ts';
import type { HttpServer } from './http.ts';
import { serveMetrics } from './metrics.ts';

let database: TestDatabase;
let open: OpenDatabase;
let store: Store;
let server: HttpServer;

beforeAll(async () => {
  database = await testDatabase();
  open = await connect(database.url, () => undefined);
  store = createStore(open.db);
  server = await serveMetrics({ store, listen: { host: '127.0.0.1', port: 0 }, log: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await server.stop();
  await open.close();
  await database.drop();
});

async function read(): Promise<{ status: number; type: string | null; lines: string[] }> {
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  const lines = (await response.text()).split('\n');
  return { status: response.status, type: response.headers.get('content-type'), lines };
}

async function task(origin: string): Promise<number> {
  const place = { platform: 'slack', space: 'T1', channel: 'C1', thread: '1.1', dm: false } as const;
  const { id } = await store.proposals.create({
    ...{ origin, conversation: 'slack:T1:C1:1.1', place, repo: 'acme/web', base: 'main', model: 'm', title: 'Fix it' },
    ...{ brief: 'Fix it.', planFirst: true, budgetUsd: 5, deadlineMinutes: 90 },
    ...{ createdAt: Date.now(), expiresAt: Date.now() + 60_000 },
  });
  const { proposal } = await store.proposals.confirm(id, { person: 1, name: 'Ana' }, Date.now());
  return proposal.task ?? 0;
}

test('tasks are counted by phase and holder, and open asks, as they are at that moment', async () => {
  const first = await task('one');
  await task('two');
  const body = { kind: 'review', summary: 'One line.' } as const;
  await store.asks.open({ origin: 'ask', task: first, kind: 'review', body, at: Date.now() });
  const before = await read();
  expect(before.status).toBe(200);
  expect(before.type).toContain('text/plain; version=0.0.4');
  expect(before.lines).toContain('mainloop_tasks{phase="planning",holder="queue"} 2');
  expect(before.lines).toContain('mainloop_asks_open 1');
  expect(before.lines.some((line) => line.startsWith('process_resident_memory_bytes '))).toBe(true);

  await store.tasks.advance(first, { type: 'cancelled', detail: 'by Ana' }, 'cancelled', Date.now());
  const after = await read();
  expect(after.lines).toContain('mainloop_tasks{phase="planning",holder="queue"} 1');
});

test('counts that cannot be read are an error, not zero', async () => {
  const away = await serveMetrics({
    store: { ...store, asks: { ...store.asks, countOpen: () => Promise.reject(new Error('the database is away')) } },
    listen: { host: '127.0.0.1', port: 0 },
    log: pino({ level: 'silent' }),
  });
  try {
    expect((await fetch(`http://127.0.0.1:${away.port}/metrics`)).status).toBe(500);
  } finally {
    await away.stop();
  }
});
