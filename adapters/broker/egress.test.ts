import { once } from 'node:events';
import { createServer as createHttp, request as httpRequest } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createBroker } from './index.ts';
import { createMemoryDoor, openAttempt } from './testing.ts';

const door = createMemoryDoor();
const sockets = new Set<Socket>();
let outside: Server;
let outsidePort: number;
let proxy: ReturnType<typeof createHttp>;
let proxyPort: number;

/** A host in the world that says everything back. */
beforeAll(async () => {
  outside = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).pipe(socket);
  });
  outsidePort = await listen(outside);
  const broker = createBroker({
    ...{ door, anthropic: { baseUrl: 'http://127.0.0.1:9' }, log: pino({ level: 'silent' }) },
    git: async () => ({ url: '', username: '', password: '' }),
    egressHosts: [
      `127.0.0.1:${outsidePort}`,
      `localhost:${outsidePort + 1}`,
      '127.0.0.1',
      'localhost',
      'registry.npmjs.org',
    ],
    tunnelCheckMs: 50,
  });
  proxy = createHttp((request, response) => void broker.handler(request, response));
  proxy.on('connect', (request, socket, head) => void broker.connect(request, socket, head));
  proxyPort = await listen(proxy);
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  proxy.closeAllConnections();
  proxy.close();
  outside.close();
});
beforeEach(() => {
  door.state.attempts.clear();
  door.state.attempts.set('good-token', openAttempt());
  door.state.refused.length = 0;
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const basic = (token: string) => `Basic ${Buffer.from(`mainloop:${token}`).toString('base64')}`;

/** Asks for a tunnel; the socket is open when the status is 200. */
function tunnel(target: string, authorization: string | null = basic('good-token')) {
  const headers = authorization ? { 'proxy-authorization': authorization } : {};
  const asked = httpRequest({ host: '127.0.0.1', port: proxyPort, method: 'CONNECT', path: target, headers });
  return new Promise<{ status: number; socket: Socket; text: string }>((resolve, reject) => {
    asked.once('error', reject);
    asked.once('connect', (answer, socket, head) => {
      resolve({ status: answer.statusCode ?? 0, socket: socket as Socket, text: head.toString() });
    });
    asked.end();
  });
}

test.each([
  ['as a password', basic('good-token')],
  ['as a bearer', 'Bearer good-token'],
])('a tunnel carries bytes both ways; the token is shown %s', async (_how, authorization) => {
  const { status, socket } = await tunnel(`127.0.0.1:${outsidePort}`, authorization);
  expect(status).toBe(200);
  socket.write('hello');
  expect(String((await once(socket, 'data'))[0])).toBe('hello');
  socket.end();
  await once(socket.resume(), 'close');
  expect(door.state.refused).toEqual([]);
});

test.each([
  ['evil.example:443', 403, 'evil.example:443 is not among the hosts that a sandbox may reach.'],
  ['registry.npmjs.org:80', 403, 'registry.npmjs.org:80 is not among the hosts that a sandbox may reach.'],
  ['169.254.169.254:80', 403, '169.254.169.254:80 is not among the hosts that a sandbox may reach.'],
  ['127.0.0.1:443', 403, '127.0.0.1:443 is in a private network.'],
  ['localhost:443', 403, 'localhost:443 is in a private network.'],
])('a tunnel to %s is refused, and people see it once', async (target, status, words) => {
  for (let n = 0; n < 2; n += 1) expect(await tunnel(target)).toMatchObject({ status });
  expect(door.state.refused).toEqual([words]);
});

test('a host that is allowed and does not answer is no fault of the worker', async () => {
  expect((await tunnel(`localhost:${outsidePort + 1}`)).status).toBe(502);
  expect((await tunnel('no-port')).status).toBe(400);
  expect(door.state.refused).toEqual([]);
});

test('without a token, or with one that is no good, there is no tunnel', async () => {
  const target = `127.0.0.1:${outsidePort}`;
  expect((await tunnel(target, null)).status).toBe(407);
  expect((await tunnel(target, basic('old-token'))).status).toBe(401);
});

test('tunnels end when the attempt is closed', async () => {
  const { socket } = await tunnel(`127.0.0.1:${outsidePort}`);
  socket.write('a');
  await once(socket, 'data');
  door.state.attempts.clear();
  const ended = once(socket, 'close');
  socket.on('error', () => undefined).resume();
  await ended;
  expect((await tunnel(`127.0.0.1:${outsidePort}`)).status).toBe(401);
});

test('an attempt has so many tunnels at once, and a place is free again when one ends', async () => {
  const open = await Promise.all(Array.from({ length: 64 }, () => tunnel(`127.0.0.1:${outsidePort}`)));
  expect(open.every(({ status }) => status === 200)).toBe(true);
  let late: number | undefined;
  const waiting = tunnel(`127.0.0.1:${outsidePort}`).then((found) => {
    late = found.status;
    return found;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(late).toBeUndefined();
  open[0]?.socket.destroy();
  expect((await waiting).status).toBe(200);
  for (const { socket } of [...open, await waiting]) socket.destroy();
});

test('plain http through the proxy is refused in words', async () => {
  const asked = httpRequest({
    ...{ host: '127.0.0.1', port: proxyPort, path: 'http://deb.debian.org/debian' },
    headers: { 'proxy-authorization': basic('good-token'), host: 'deb.debian.org' },
  });
  asked.end();
  const [answer] = await once(asked, 'response');
  expect(answer.statusCode).toBe(405);
  const text = 'Plain http to deb.debian.org is not carried; only https is, by CONNECT.';
  expect(String((await once(answer, 'data'))[0])).toContain(text);
  expect(door.state.refused).toEqual([text]);
});
