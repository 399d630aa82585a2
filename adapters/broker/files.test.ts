import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBroker } from './index.ts';
import { createMemoryDoor, openAttempt, serveBroker } from './testing.ts';

const door = createMemoryDoor();
let server: Awaited<ReturnType<typeof serveBroker>>;

beforeAll(async () => {
  const git = async () => ({ url: 'http://127.0.0.1:9', username: 'x', password: 'x' });
  const log = pino({ level: 'silent' });
  server = await serveBroker(
    createBroker({ door, anthropic: { baseUrl: 'http://127.0.0.1:9' }, git, prefix: '/broker', log }),
  );
  door.state.attempts.set('good-token', openAttempt());
  door.state.files.set(12, Buffer.from([0, 255, 1]));
});
afterAll(() => server.close());

const call = (path: string, body?: Uint8Array | string, token = 'good-token') =>
  fetch(`${server.url}/v1/files${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: body === undefined ? null : Buffer.from(body),
  });

const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

test('a file of the task is read byte by byte, any other is not there', async () => {
  expect(Buffer.from(await (await call('/12')).arrayBuffer())).toEqual(Buffer.from([0, 255, 1]));
  for (const path of ['/13', '/', '/12x', '/9999999999']) expect((await call(path)).status, path).toBe(404);
});

test('a closed attempt neither reads nor hands over', async () => {
  expect((await call('/12', undefined, 'old')).status).toBe(401);
  expect((await call('?name=a.txt', 'words', 'old')).status).toBe(401);
  expect(door.state.handed).toEqual([]);
});

test('what is handed over arrives with its name', async () => {
  expect((await call('?name=two%20words.txt', 'words')).status).toBe(200);
  expect(door.state.handed).toEqual([{ name: 'two words.txt', bytes: Buffer.from('words') }]);
});

test('a file with the attempt’s token, or larger than 10 MB, or that the door refuses, is not taken', async () => {
  door.state.handed.length = 0;
  const secret = await call('?name=env.txt', `KEY=good-token\n`);
  expect([secret.status, await codeOf(secret)]).toEqual([400, 'secret']);
  expect((await call('?name=big.txt', Buffer.alloc(10 * 1024 * 1024 + 1))).status).toBe(413);
  door.state.takes = 'too_many';
  const sixth = await call('?name=6.txt', 'x');
  expect([sixth.status, await codeOf(sixth)]).toEqual([400, 'too_many']);
  expect(door.state.handed).toEqual([]);
});
