import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMemoryDoor, openAttempt } from '../adapters/broker/testing.ts';
import { type AnthropicSim, createAnthropicSim } from '../sim/anthropic/index.ts';
import { readBrokerConfig } from './broker-config.ts';
import { startBroker } from './broker-process.ts';
import { createDoorServer } from './broker-server.ts';
import type { HttpServer } from './http.ts';

const lines: string[] = [];
const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
const directory = mkdtempSync(join(tmpdir(), 'mainloop-broker-'));
const attempt = openAttempt();
let door: ReturnType<typeof createMemoryDoor>;
let sim: AnthropicSim;
let doorServer: HttpServer;
let broker: HttpServer;
let url: string;

const openDoor = (port = 0) =>
  createDoorServer({
    ...{ door, log, listen: { host: '127.0.0.1', port }, authenticate: async (token) => token === 'token-of-broker' },
    gitAccess: async () => ({ url: 'http://127.0.0.1:9', username: 'x', password: 'x' }),
  });

beforeEach(async () => {
  door = createMemoryDoor();
  door.state.attempts.set('unused', attempt);
  sim = await createAnthropicSim({ brain: () => ({ say: ['one ', 'two ', 'three'], chunkDelayMs: 200 }) });
  doorServer = await openDoor();
  writeFileSync(join(directory, 'token'), 'token-of-broker\n');
  const config = readBrokerConfig({
    ...{ DOOR_URL: `http://127.0.0.1:${doorServer.port}`, DOOR_TOKEN_FILE: join(directory, 'token') },
    ...{ BROKER_LISTEN: '127.0.0.1:0', ANTHROPIC_API_KEY: sim.apiKey, ANTHROPIC_BASE_URL: sim.url },
  });
  const identify = async (token: string) => (token === 'pod-token' ? { attempt: attempt.id } : null);
  broker = await startBroker(config, identify, log);
  url = `http://127.0.0.1:${broker.port}`;
});
afterEach(async () => {
  await broker.stop();
  await doorServer.stop();
  await sim.close();
  rmSync(join(directory, 'token'), { force: true });
});

const headers = {
  ...{ authorization: 'Bearer pod-token', 'content-type': 'application/json' },
  'anthropic-version': '2023-06-01',
};
const ask = (signal: AbortSignal | null = null) =>
  fetch(`${url}/anthropic/v1/messages`, {
    ...{ method: 'POST', headers, signal },
    body: JSON.stringify({
      ...{ model: attempt.model, max_tokens: 100, stream: true },
      messages: [{ role: 'user', content: 'Hi' }],
    }),
  });

test('a worker is served by the program behind the door, and its money is counted there', async () => {
  expect(await (await ask()).text()).toContain('message_stop');
  expect(door.state.spent).toHaveLength(1);
  const posted = await fetch(`${url}/v1/events`, {
    ...{ method: 'POST', headers },
    body: JSON.stringify({ events: [{ seq: 1, at: 1, event: { type: 'says', text: 'hello' } }] }),
  });
  expect(posted.status).toBe(200);
  expect(door.state.events).toEqual([{ type: 'says', text: 'hello' }]);
  door.state.attempts.clear();
  expect((await ask()).status).toBe(401);
  expect((await fetch(`${url}/v1/job`, { headers: { authorization: 'Bearer other' } })).status).toBe(401);
  for (const secret of ['pod-token', 'token-of-broker', sim.apiKey]) expect(lines.join('')).not.toContain(secret);
});

test('it is alive by itself, and ready with the program', async () => {
  const status = async (path: string) => (await fetch(`${url}${path}`)).status;
  expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 200]);
  const { port } = doorServer;
  await doorServer.stop();
  expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 503]);
  expect((await ask()).status).toBe(503);
  doorServer = await openDoor(port);
  expect([await status('/readyz'), (await ask()).status]).toEqual([200, 200]);
});

test('a stop lets a stream come to its end, and its charge arrive', async () => {
  const answer = await ask();
  const whole = answer.text();
  const stopped = broker.stop();
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  expect(await whole).toContain('message_stop');
  await stopped;
  expect(door.state.spent).toHaveLength(1);
});

test('a stop charges what came of a call whose client has gone', async () => {
  const gone = new AbortController();
  const answer = await ask(gone.signal);
  await answer.body?.getReader().read();
  gone.abort();
  await broker.stop();
  expect(door.state.spent).toHaveLength(1);
  expect(door.state.spent[0]?.inputTokens).toBeGreaterThan(0);
});
