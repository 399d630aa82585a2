import pino from 'pino';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { Failure } from '../../core/errors.ts';
import { createBroker } from './index.ts';
import { createMemoryDoor, openAttempt, serveBroker } from './testing.ts';

const door = createMemoryDoor();
const lines: string[] = [];
const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
let server: Awaited<ReturnType<typeof serveBroker>>;

beforeAll(async () => {
  const git = async () => ({ url: 'http://127.0.0.1:9', username: 'x', password: 'x' });
  server = await serveBroker(
    createBroker({ door, anthropic: { baseUrl: 'http://127.0.0.1:9', apiKey: 'k' }, git, prefix: '/broker', log }),
  );
});
afterAll(() => server.close());
beforeEach(() => {
  door.state.attempts.clear();
  door.state.attempts.set('good-token', openAttempt());
});

const call = (path: string, init: { body?: unknown; token?: string } = {}) =>
  fetch(`${server.url}${path}`, {
    method: init.body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${init.token ?? 'good-token'}` },
    body: init.body === undefined ? null : typeof init.body === 'string' ? init.body : JSON.stringify(init.body),
  });

const errorOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string; message: string } }).error;

test('a closed attempt is told so on every route', async () => {
  for (const path of [
    '/v1/job',
    '/v1/steering',
    '/v1/session',
    '/anthropic/v1/models',
    '/git/acme/web.git/info/refs',
  ]) {
    const response = await call(path, { token: 'old-token' });
    expect(response.status, path).toBe(401);
    expect(await response.text(), path).toContain('closed');
  }
  expect((await fetch(`${server.url}/v1/job`)).status).toBe(401);
});

test('an event batch is stored and answered with what the worker must know', async () => {
  door.state.steering = { items: [{ id: 1, text: 'faster', by: 'Ana', files: [] }], stop: null };
  const events = [{ seq: 1, at: 1, event: { type: 'says', text: 'hello' } }];
  const response = await call('/v1/events', { body: { events } });
  expect(await response.json()).toEqual(door.state.steering);
  await call('/v1/events', { body: { events } });
  expect(door.state.events).toEqual([{ type: 'says', text: 'hello' }]);
  expect(await (await call('/v1/steering?wait=5')).json()).toEqual(door.state.steering);
});

test('a wrong body is answered with the field that is wrong', async () => {
  const wrong = await call('/v1/events', {
    body: { events: [{ seq: 1, at: 'now', event: { type: 'log', text: '' } }] },
  });
  expect(wrong.status).toBe(400);
  expect((await errorOf(wrong)).message).toMatch(/^events\.0\.at: /);
  expect((await errorOf(await call('/v1/result', { body: '{"type":' }))).code).toBe('invalid_json');
  const head = { type: 'work', head: 'main', title: '', summary: '', checks: [], replies: [], session: '' };
  expect((await errorOf(await call('/v1/result', { body: head }))).message).toMatch(/^head: /);
});

test('a body above the limit is refused with 413', async () => {
  const response = await call('/v1/result', { body: 'x'.repeat(5 * 1024 * 1024) });
  expect(response.status).toBe(413);
});

test('a body that would take many times its size is refused before it is parsed, for the model too', async () => {
  const many = '[],'.repeat(1_000_000);
  const session = await call('/v1/session', { body: `[{"uuid":"a","x":[${many}1]}]` });
  expect(session.status).toBe(413);
  expect((await errorOf(session)).message).toMatch(/more than 1000000 objects/);
  const model = await call('/anthropic/v1/messages', { body: `{"model":"claude-opus-5-5","x":[${many}1]}` });
  expect(model.status).toBe(413);
  expect(door.state.session).toEqual([]);
});

/** A session of 30 MB, which is parsed and sent on: three times that is held. */
const largeSession = JSON.stringify([{ uuid: 'large', text: ',[{ '.repeat(7.5 * 1024 * 1024) }]);

/** The door takes its time with sessions, until they are let go. */
function holdSessions() {
  const free = Promise.withResolvers<void>();
  const { appendSession } = door;
  const held = { count: 0 };
  door.appendSession = () => {
    held.count += 1;
    return free.promise;
  };
  onTestFinished(() => {
    free.resolve();
    door.appendSession = appendSession;
  });
  return {
    free: free.resolve,
    held: (count: number) => expect.poll(() => held.count, { timeout: 10_000 }).toBe(count),
  };
}

const sendLarge = (n: number) => call('/v1/session', { body: largeSession, token: `token-${n}` });

test('while others send as much as can be held, more is told to come back, and what is small passes', async () => {
  const { held, free } = holdSessions();
  for (const n of [1, 2, 3]) door.state.attempts.set(`token-${n}`, openAttempt({ id: `${n}.2.1` }));
  const first = [1, 2].map(sendLarge);
  await held(2);
  const refused = await sendLarge(3);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  expect((await call('/v1/events', { body: { events: [] }, token: 'token-3' })).status).toBe(200);
  free();
  expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
  expect((await sendLarge(3)).status).toBe(200);
});

test('an attempt that sends all it may leaves room for the large bodies of others', async () => {
  const { held, free } = holdSessions();
  for (const n of [1, 2]) door.state.attempts.set(`token-${n}`, openAttempt({ id: `${n}.3.1` }));
  const first = sendLarge(1);
  await held(1);
  expect((await sendLarge(1)).status).toBe(503);
  const other = sendLarge(2);
  await held(2);
  free();
  expect([(await first).status, (await other).status]).toEqual([200, 200]);
});

test('session entries come back in order, repeated ones once', async () => {
  await call('/v1/session', {
    body: [
      { uuid: 'a', n: 1 },
      { uuid: 'b', n: 2 },
    ],
  });
  await call('/v1/session', {
    body: [
      { uuid: 'b', n: 2 },
      { uuid: 'c', n: 3 },
    ],
  });
  const text = await (await call('/v1/session')).text();
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).uuid),
  ).toEqual(['a', 'b', 'c']);
});

test('a door that fails is a 503 that may be tried again', async () => {
  const failing = {
    ...door,
    job: () => Promise.reject(new Failure('The database is away.', { code: 'unavailable', remedy: 'retry' })),
  };
  const git = async () => ({ url: '', username: '', password: '' });
  const other = await serveBroker(
    createBroker({ door: failing, anthropic: { baseUrl: 'http://x' }, git, prefix: '/broker', log }),
  );
  const response = await fetch(`${other.url}/v1/job`, { headers: { authorization: 'Bearer good-token' } });
  expect(response.status).toBe(503);
  expect((await errorOf(response)).message).toContain('The database is away.');
  await other.close();
});

test('no token is ever logged', async () => {
  expect((await call('/v1/nothing')).status).toBe(404);
  expect(lines.join('')).not.toContain('good-token');
  expect(lines.join('')).not.toContain('old-token');
});
