import { once } from 'node:events';
import { type AddressInfo, createServer, connect as plainConnect, type Server, type Socket } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { passNamedTls } from './named-tls.ts';

const host = 'registry.example';
let server: Server;
let port: number;
let heard: PromiseWithResolvers<{ wrong: string | null; passed: Buffer }>;

/** Hears one client, until it is clear that it names the host, and passes on to nobody. */
beforeAll(async () => {
  server = createServer({ allowHalfOpen: true }, async (socket: Socket) => {
    socket.on('error', () => undefined);
    const passed: Buffer[] = [];
    const wrong = await passNamedTls(socket, Buffer.alloc(0), host, (bytes) => passed.push(bytes));
    socket.destroy();
    heard.resolve({ wrong, passed: Buffer.concat(passed) });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

/** What is made of a client that sends these pieces, each by itself, and then ends. */
async function ofPieces(...pieces: Buffer[]) {
  heard = Promise.withResolvers();
  const client = plainConnect({ host: '127.0.0.1', port, noDelay: true }).on('error', () => undefined);
  for (const piece of pieces) {
    client.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  client.end();
  return heard.promise;
}

/** The first that a client which Node makes says, taken from the wire. */
async function helloOf(options: ConnectionOptions): Promise<Buffer> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const client = connect({ host: '127.0.0.1', port: (listener.address() as AddressInfo).port, ...options });
  client.on('error', () => undefined);
  const [socket] = (await once(listener, 'connection')) as [Socket];
  const [hello] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  listener.close();
  return hello;
}

const clients: [string, ConnectionOptions][] = [
  ['of TLS 1.3', {}],
  ['of TLS 1.2', { maxVersion: 'TLSv1.2' }],
  ['of many words', { ciphers: 'ALL', ALPNProtocols: ['h2', 'http/1.1'], minVersion: 'TLSv1' }],
  ['that writes the name otherwise', { servername: 'Registry.Example.' }],
];

test.each(clients)('a client %s is passed on as it speaks', async (_what, options) => {
  const hello = await helloOf({ servername: host, ...options });
  expect(await ofPieces(hello)).toEqual({ wrong: null, passed: hello });
});

test('a client that names another host, or none, is not', async () => {
  const other = await helloOf({ servername: 'evil.example' });
  expect(await ofPieces(other)).toEqual({ wrong: 'The TLS names "evil.example"', passed: Buffer.alloc(0) });
  const none = await helloOf({ servername: '' });
  expect(await ofPieces(none)).toMatchObject({ wrong: 'The TLS does not name its server' });
});

test('what comes byte by byte is judged alike', async () => {
  const hello = await helloOf({ servername: host });
  const bytes = Array.from(hello.subarray(0, 150), (byte) => Buffer.from([byte]));
  expect(await ofPieces(...bytes, hello.subarray(150))).toEqual({ wrong: null, passed: hello });
});

test('the alert of a client that gives up is passed on', async () => {
  const all = Buffer.concat([right, record(21, bytes(2, 40))]);
  expect(await ofPieces(all)).toEqual({ wrong: null, passed: all });
});

test.each(['SSH-2.0-x\r\n', 'GET / HTTP/1.1\r\n\r\n'])('%j is no TLS', async (text) => {
  expect(await ofPieces(Buffer.from(text))).toEqual({ wrong: 'No TLS is spoken', passed: Buffer.alloc(0) });
});

test('who ends before saying whom it means has done nothing wrong, and nothing of it is passed on', async () => {
  const hello = await helloOf({ servername: host });
  for (const part of [Buffer.alloc(0), hello.subarray(0, 3), hello.subarray(0, -1)]) {
    expect(await ofPieces(part)).toEqual({ wrong: null, passed: Buffer.alloc(0) });
  }
});

const vector = (size: 1 | 2 | 3, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(size);
  length.writeUIntBE(body.length, 0, size);
  return Buffer.concat([length, body]);
};
const bytes = (...values: number[]) => Buffer.from(values);
const extension = (type: number, data: Buffer) => Buffer.concat([bytes(type >> 8, type & 255), vector(2, data)]);
const named = (...names: string[]) =>
  extension(0, vector(2, ...names.flatMap((name) => [bytes(0), vector(2, Buffer.from(name))])));
const record = (type: number, ...parts: Buffer[]) => Buffer.concat([bytes(type, 3, 3), vector(2, ...parts)]);
const body = (...extensions: Buffer[]) =>
  Buffer.concat([
    ...[bytes(3, 3), Buffer.alloc(32), vector(1), vector(2, bytes(0x13, 1)), vector(1, bytes(0))],
    vector(2, ...extensions),
  ]);
const message = (type: number, ...parts: Buffer[]) => Buffer.concat([bytes(type), vector(3, ...parts)]);
const hello = (...extensions: Buffer[]) => record(22, message(1, body(...extensions)));
const right = hello(named(host));

const unnamed = 'The TLS does not name its server';
test.each([
  ['with two names in a list', hello(named(host, 'b.example')), unnamed],
  ['that names a server twice', hello(named(host), named('b.example')), unnamed],
  [
    'that hides another',
    hello(named(host), extension(0xfe0d, bytes(0))),
    'The TLS may name another host under cover (ECH)',
  ],
  ['with early data', hello(named(host), extension(42, bytes())), 'The TLS sends early data'],
  ['with more behind its end', record(22, message(1, body(named(host)), bytes(9))), unnamed],
  ['with another message behind it', record(22, message(1, body(named(host))), message(1, body())), unnamed],
  ['whose message ends early', record(22, message(1, body(named(host))).subarray(0, -3)), unnamed],
  ['in two records', Buffer.concat([record(22, bytes(1, 0)), record(22, bytes(0, 9))]), unnamed],
  ['behind an empty record', Buffer.concat([record(22), right]), unnamed],
  ['that names it in brackets', hello(named(`[${host}]`)), `The TLS names "[${host}]"`],
  ['that is another message', record(22, message(2, body(named(host)))), unnamed],
  ['longer than a record may be', Buffer.concat([bytes(22, 3, 3, 255, 255), right]), unnamed],
])('a hello %s is not passed on', async (_what, first, wrong) => {
  expect(await ofPieces(first)).toEqual({ wrong, passed: Buffer.alloc(0) });
});

const changeCipherSpec = record(20, bytes(1));
const sealed = record(23, Buffer.from('sealed'));
/** An alert that servers of TLS 1.3 ignore (RFC 8446, 6.1). */
const userCanceled = record(21, bytes(1, 90));

test.each([
  ['names another host', hello(named('evil.example')), 'The TLS names "evil.example"'],
  ['names none', hello(), unnamed],
  ['comes in pieces', record(22, bytes(1, 0)), unnamed],
  ['hides behind an empty record', Buffer.concat([record(22), hello(named('evil.example'))]), unnamed],
])('a second hello, for which a server may ask, is not passed on when it %s', async (_what, second, wrong) => {
  expect(await ofPieces(right, second)).toEqual({ wrong, passed: right });
  const before = Buffer.concat([right, changeCipherSpec]);
  expect(await ofPieces(Buffer.concat([before, second]))).toEqual({ wrong, passed: before });
  const ignored = Buffer.concat([before, userCanceled, userCanceled]);
  expect(await ofPieces(ignored, second)).toEqual({ wrong, passed: ignored });
});

test.each([
  ['a record of an unknown kind', record(24, bytes(1)), 'The TLS can not be read'],
  ['a record longer than one may be', bytes(20, 3, 3, 255, 255, 1), 'The TLS can not be read'],
  ['no TLS', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'The TLS can not be read'],
])('behind its hello, before there are keys, %s is not passed on', async (_what, more, wrong) => {
  expect(await ofPieces(right, more)).toEqual({ wrong, passed: right });
});

test('who never comes to the point is not heard for ever', async () => {
  const records = [right, ...Array.from({ length: 20 }, () => changeCipherSpec)];
  const passed = Buffer.concat(records.slice(0, 8));
  expect(await ofPieces(...records)).toEqual({ wrong: 'The TLS does not come to its point', passed });
});

test.each([
  ['of TLS 1.3', [changeCipherSpec, sealed]],
  ['of TLS 1.3 after a second hello', [changeCipherSpec, right, sealed]],
  ['of TLS 1.2', [record(22, message(16, bytes(1, 2))), changeCipherSpec, record(22, Buffer.from('sealed'))]],
  ['with an alert in it', [changeCipherSpec, userCanceled, sealed]],
])('all of a handshake %s is passed on, and what follows it', async (_what, records) => {
  const all = Buffer.concat([right, ...records, Buffer.from('whatever')]);
  expect(await ofPieces(all)).toEqual({ wrong: null, passed: all });
});
