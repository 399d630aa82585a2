import { afterEach, beforeEach, expect, test } from 'vitest';
import { Failure } from '../../core/errors.ts';
import { createMemoryDoor, openAttempt } from '../broker/testing.ts';
import { brokerToken, farAway } from './testing.ts';

let door: ReturnType<typeof createMemoryDoor>;
let far: Awaited<ReturnType<typeof farAway>>;
const attempt = openAttempt();
beforeEach(async () => {
  door = createMemoryDoor();
  door.state.attempts.set('t', attempt);
  far = await farAway(door);
});
afterEach(() => far.close());

const charge = (id: string) => ({
  ...{
    id: `charge-number-${id}`,
    model: 'm',
    inputTokens: 1,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 1,
    usd: 1,
  },
});
const post = (
  path: string,
  body: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${brokerToken}` },
) => fetch(`${far.url}${path}`, { method: 'POST', body: JSON.stringify(body), headers });

test('every method but the count of money is refused for an attempt that is closed, whatever the broker believes', async () => {
  door.state.attempts.clear();
  const never = new AbortController().signal;
  const calls: Record<string, () => unknown> = {
    job: () => far.door.job(attempt),
    events: () => far.door.events(attempt, { events: [] }),
    steering: () => far.door.steering(attempt, 1_000, never),
    loadSession: () => far.door.loadSession(attempt)[Symbol.asyncIterator]().next(),
    appendSession: () => far.door.appendSession(attempt, []),
    file: () => far.door.file(attempt, 1),
    handOver: () => far.door.handOver(attempt, 'a', Buffer.from('a')),
    result: () => far.door.result(attempt, { type: 'nothing', summary: '', session: '' }),
    modelAnswered: () => far.door.modelAnswered(attempt, 200, null),
    refused: () => far.door.refused(attempt, 'x'),
    mayPush: () => far.door.mayPush(attempt, 'a'.repeat(40)),
    gitAccess: () => far.door.gitAccess(attempt),
  };
  for (const [name, call] of Object.entries(calls)) {
    await expect(Promise.resolve().then(call), name).rejects.toMatchObject({ code: 'closed', remedy: 'never' });
  }
  expect((await post('/door/job', { attempt: attempt.id })).status).toBe(401);
  await far.door.spend(attempt, charge('a'));
  expect(door.state.spent).toHaveLength(1);
});

test('who is not the broker is not let in, and nothing but the door’s methods is there', async () => {
  for (const headers of [{}, { authorization: 'Bearer other' }, { authorization: 'Basic eDp4' }]) {
    expect((await post('/door/admit', { attempt: attempt.id }, headers as Record<string, string>)).status).toBe(403);
  }
  for (const path of [
    '/door/constructor',
    '/door/close',
    '/door/toString',
    '/door/',
    '/',
    '/door/job/../x',
    '/door/admit/x',
  ])
    expect((await post(path, { attempt: attempt.id })).status, path).toBe(404);
  const got = await fetch(`${far.url}/door/job`, { headers: { authorization: `Bearer ${brokerToken}` } });
  expect(got.status).toBe(404);
});

test('what has another form than the method’s is refused: another repository, random tokens, money given back', async () => {
  const wrong: [string, unknown][] = [
    ['admit', { token: 't' }],
    ['admit', { attempt: "1.2.1' or 1=1" }],
    ['gitAccess', { attempt: attempt.id, repo: 'acme/secret' }],
    ['spend', { attempt: attempt.id, spend: { ...charge('a'), usd: -5 } }],
    ['spend', { attempt: attempt.id, spend: charge('a'), task: 7 }],
    ['result', { attempt: attempt.id, result: { type: 'merged' } }],
    ['job', 'text'],
  ];
  for (const [name, body] of wrong) expect((await post(`/door/${name}`, body)).status, name).toBe(400);
  expect(door.state.spent).toEqual([]);
  expect(await far.door.gitAccess(attempt)).toMatchObject({ url: 'https://host.example/acme/web.git' });
});

test('a body that would take many times its size is refused before it is parsed', async () => {
  const x = JSON.parse(`[${'[],'.repeat(1_000_000)}1]`) as unknown;
  const answer = await post('/door/appendSession', { attempt: attempt.id, entries: [{ uuid: 'a', x }] });
  expect(answer.status).toBe(413);
  expect(await answer.text()).toMatch(/more than 1000000 objects/);
  expect(door.state.session).toEqual([]);
});

test('a Failure of the door arrives as it was; what broke inside stays there', async () => {
  door.job = () =>
    Promise.reject(new Failure('Wait.', { code: 'rate_limited', remedy: 'retry', advice: 'Later.', retryAfterMs: 5 }));
  await expect(far.door.job(attempt)).rejects.toMatchObject({
    ...{ message: 'Wait.', code: 'rate_limited', remedy: 'retry', advice: 'Later.', retryAfterMs: 5 },
  });
  door.job = () => Promise.reject(new Error('password=1234'));
  const failed = await far.door.job(attempt).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 'unavailable', remedy: 'retry' });
  expect(String(failed)).not.toContain('1234');
});

test('while the program is away everything may be tried again, and is served as soon as it is back', async () => {
  await far.goAway();
  await expect(far.door.admit({ attempt: attempt.id })).rejects.toMatchObject({ code: 'unavailable', remedy: 'retry' });
  await far.comeBack();
  expect(await far.door.admit({ attempt: attempt.id })).toMatchObject({ id: attempt.id });
});

test('money spent while the program restarts is told when it is back, once, and before the budget is asked for', async () => {
  await far.goAway();
  const told = far.door.spend(attempt, charge('a'));
  await new Promise((resolve) => setTimeout(resolve, 300));
  await far.comeBack();
  expect(await far.door.admit({ attempt: attempt.id })).toMatchObject({ budgetLeft: 9 });
  await told;
  expect(door.state.spent).toMatchObject([{ id: 'charge-number-a', usd: 1 }]);
});

test('a charge whose answer was lost is told again and counted once', async () => {
  const { spend } = door;
  let lose = true;
  door.spend = async (...said) => {
    await spend(...said);
    if (lose) {
      lose = false;
      throw new Error('the answer is lost');
    }
  };
  await far.door.spend(attempt, charge('b'));
  expect(door.state.spent).toHaveLength(1);
  expect(await far.door.admit({ attempt: attempt.id })).toMatchObject({ budgetLeft: 9 });
});

test('a session that breaks off in the middle is no session', async () => {
  door.loadSession = async function* () {
    yield { uuid: 'a' };
    throw new Error('the database is away');
  };
  const read = async () => {
    for await (const _entry of far.door.loadSession(attempt));
  };
  await expect(read()).rejects.toMatchObject({ code: 'unavailable', remedy: 'retry' });
});

test('a long poll that is given up is given up on the other side too', async () => {
  let aborted = false;
  door.steering = (_attempt, _waitMs, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        aborted = true;
        resolve({ items: [], stop: null });
      });
    });
  const left = new AbortController();
  const waiting = far.door.steering(attempt, 20_000, left.signal).catch(() => undefined);
  setTimeout(() => left.abort(), 100);
  await waiting;
  await expect.poll(() => aborted).toBe(true);
});
