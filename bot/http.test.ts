import { once } from 'node:events';
import { Agent, get, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { type HttpOptions, type HttpServer, startHttp } from './http.ts';

let server: HttpServer | undefined;
afterEach(() => server?.stop());

async function start(options: Partial<HttpOptions> = {}): Promise<string> {
  const log = pino({ level: 'silent' });
  server = await startHttp({
    port: 0,
    host: '127.0.0.1',
    log,
    parts: () => ({}),
    mounts: [],
    graceMs: 500,
    ...options,
  });
  return `http://127.0.0.1:${server.port}`;
}

test('the process says that it lives even when a part does not', async () => {
  const url = await start({ parts: () => ({ database: { ok: false } }) });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test('ready is 200 when every part is ok and 503 when one is not, and each part is named', async () => {
  let slack = { ok: true, detail: 'Socket Mode' };
  const url = await start({ parts: async () => ({ database: { ok: true }, slack }) });
  const ready = await fetch(`${url}/readyz`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toEqual({ ok: true, parts: { database: { ok: true }, slack } });

  slack = { ok: false, detail: 'reconnecting' };
  const unready = await fetch(`${url}/readyz`);
  expect(unready.status).toBe(503);
  expect(await unready.json()).toEqual({ ok: false, parts: { database: { ok: true }, slack } });
});

test('a mount gets the raw body of its own path and nothing else', async () => {
  const url = await start({
    mounts: [
      { path: '/slack/events', handler: async (incoming, response) => void response.end(await text(incoming)) },
      { path: '/broker/', handler: (incoming, response) => void response.end(`broker ${incoming.url}`) },
    ],
  });
  const raw = '{ "a" :\u00a0"ä" }';
  expect(await (await fetch(`${url}/slack/events?x=1`, { method: 'POST', body: raw })).text()).toBe(raw);
  expect(await (await fetch(`${url}/broker/git/info?x=1`)).text()).toBe('broker /broker/git/info?x=1');
  for (const path of ['/slack/eventsx', '/slack/events/x', '/broker', '/']) {
    expect((await fetch(url + path)).status, path).toBe(404);
  }
});

test('a body over the limit is refused before the handler sees it', async () => {
  let handled = 0;
  const handler = () => {
    handled += 1;
  };
  const url = await start({ mounts: [{ path: '/hook', maxBytes: 10, handler }] });
  expect((await fetch(`${url}/hook`, { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413);
  const chunked = request(`${url}/hook`, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } }).end('x');
  const [response] = await once(chunked, 'response');
  expect(response.statusCode).toBe(411);
  expect(handled).toBe(0);
});

test('a handler that throws answers 500 and the server goes on', async () => {
  const handler = async () => {
    throw new Error('secret detail');
  };
  const url = await start({ mounts: [{ path: '/hook', handler }] });
  const response = await fetch(`${url}/hook`);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('secret detail');
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test('a port in use names PORT', async () => {
  await start();
  const log = pino({ level: 'silent' });
  await expect(
    startHttp({ port: server?.port ?? 0, host: '127.0.0.1', log, parts: () => ({}), mounts: [] }),
  ).rejects.toMatchObject({ code: 'port_in_use', remedy: 'never', message: /^PORT \d+ is in use/ });
});

test('a stop lets the running request finish and refuses new ones', async () => {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const url = await start({
    graceMs: 20_000,
    mounts: [
      {
        path: '/slow',
        handler: async (_, response) => {
          arrive();
          await sleep(300);
          response.end('done');
        },
      },
    ],
  });
  const agent = new Agent({ keepAlive: true });
  const answer = once(get(`${url}/slow`, { agent }), 'response');
  await arrived;
  const stopped = server?.stop();
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  const [response] = await answer;
  expect(await text(response)).toBe('done');
  await stopped;
  agent.destroy();
});

test('a stop cuts idle connections and long polls at once, and what hangs after the grace', async () => {
  const hang = () => undefined;
  const url = await start({
    graceMs: 200,
    mounts: [
      { path: '/poll', handler: hang, interruptible: () => true },
      { path: '/hang', handler: hang },
    ],
  });
  const idle = connect(server?.port ?? 0, '127.0.0.1');
  await once(idle, 'connect');
  const order: string[] = [];
  const failed = (name: string) => fetch(`${url}/${name}`).catch(() => void order.push(name));
  const both = [failed('hang'), failed('poll')];
  await sleep(50);
  await server?.stop();
  await Promise.all(both);
  expect(order).toEqual(['poll', 'hang']);
  idle.destroy();
});
