import { once } from 'node:events';
import { createServer as createHttp, request as httpRequest } from 'node:http';
import { type AddressInfo, connect as plainConnect, type Server, type Socket } from 'node:net';
import { connect, createServer, type TlsOptions } from 'node:tls';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createEgress } from './egress.ts';
import { createShares } from './gates.ts';
import { createMemoryDoor, openAttempt } from './testing.ts';

/** TLS needs no certificate when both sides know a key. */
const key = { psk: Buffer.alloc(32, 7), identity: 'a' };
const host = 'registry.example';
const open: Server[] = [];
const shareOf = createShares();
let proxyPort: number;
let refused: PromiseWithResolvers<string>;
let originPort: number;

async function listening<T extends Server>(server: T): Promise<number> {
  open.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  const egress = createEgress({
    ...{ door: createMemoryDoor(), hosts: [host], checkMs: undefined, log: pino({ level: 'silent' }) },
    connect: async () => {
      const socket = plainConnect(originPort, '127.0.0.1').on('error', () => undefined);
      await once(socket, 'connect');
      return socket;
    },
  });
  const proxy = createHttp().on('connect', (request, socket, head) => {
    const attempt = openAttempt();
    egress.open(request, socket, head, attempt, shareOf(attempt.id)).catch(({ message }) => refused.resolve(message));
  });
  proxyPort = await listening(proxy);
});
beforeEach(() => {
  refused = Promise.withResolvers();
});
afterAll(() => {
  for (const server of open) server.close();
});

/** A host that says back what it hears, and to whom it was said. */
async function origin(options: TlsOptions): Promise<void> {
  const server = createServer({ ...options, ciphers: 'PSK', pskCallback: () => key.psk, pskIdentityHint: 'a' });
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined).on('data', (data) => socket.write(`${socket.servername}: ${data}`));
  });
  server.on('tlsClientError', () => undefined);
  originPort = await listening(server);
}
afterEach(() => open.pop()?.close());

async function tunnel(): Promise<Socket> {
  const asked = httpRequest({ host: '127.0.0.1', port: proxyPort, method: 'CONNECT', path: `${host}:443` }).end();
  const [answer, socket] = await once(asked, 'connect');
  expect(answer.statusCode).toBe(200);
  return socket;
}

const secured = (socket: Socket, servername: string, options = {}) =>
  connect({
    ...{ socket, servername, ciphers: 'PSK', checkServerIdentity: () => undefined, pskCallback: () => key },
    ...options,
  });

test.each([
  ['of TLS 1.3', {}, {}],
  ['of TLS 1.3 for which the server asks twice', { ecdhCurve: 'P-384' }, { ecdhCurve: 'X25519:P-384' }],
  ['of TLS 1.2', { maxVersion: 'TLSv1.2' }, {}],
] as const)('a handshake %s with the host that was asked for goes through', async (_what, there, here) => {
  await origin({ ...there });
  const client = secured(await tunnel(), host, here);
  client.write('hello');
  expect(String((await once(client, 'data'))[0])).toBe(`${host}: hello`);
  client.destroy();
});

test('TLS for another host gets an alert that its client tells, and people read of it', async () => {
  await origin({});
  const client = secured(await tunnel(), 'evil.example');
  const [error] = await once(client, 'error');
  expect(error.code).toBe('ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
  expect(await refused.promise).toBe(`The TLS names "evil.example" in a connection to ${host}:443.`);
});

test('who ends a tunnel without a word is refused nothing', async () => {
  await origin({});
  const ended = Promise.withResolvers<string>();
  refused = ended;
  const socket = await tunnel();
  socket.end();
  await once(socket.resume(), 'close');
  ended.resolve('nothing');
  expect(await refused.promise).toBe('nothing');
});
