import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createKube, type Kube } from './client.ts';
import { authenticateBroker, identifyWorkers } from './token-review.ts';

/** An API that answers nothing but TokenReview, and counts what it was asked. */
let asked: string[] = [];
let answer: (token: string) => { status: number; body: unknown } | Promise<{ status: number; body: unknown }>;
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { token } = JSON.parse(Buffer.concat(chunks).toString()).spec;
  asked.push(token);
  const { status, body } = await answer(token);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
let kube: Kube;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const kubeConfig = new KubeConfig();
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  kubeConfig.loadFromClusterAndUser({ name: 'c', server: address, skipTLSVerify: true }, { name: 'u' });
  kube = createKube(kubeConfig);
});
afterAll(async () => {
  vi.useRealTimers();
  await kube.close();
  server.close();
});
beforeEach(() => {
  vi.useRealTimers();
  asked = [];
  answer = () => ({ status: 201, body: review({}) });
});

const review = (status: object) => ({
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenReview',
  spec: {},
  status: {
    authenticated: true,
    audiences: ['mainloop-egress'],
    user: {
      username: 'system:serviceaccount:ml-task-3f2a1-41-2-1:worker',
      extra: { 'authentication.kubernetes.io/pod-name': ['run-41-2-1-x7k2p'] },
    },
    ...status,
  },
});

const namespace = 'ml-task-3f2a1-41-2-1';
const claims = {
  ...{ aud: ['mainloop-egress'], sub: `system:serviceaccount:${namespace}:worker` },
  'kubernetes.io': { namespace, pod: { name: 'run-41-2-1-x7k2p', uid: 'u' } },
};
const jwt = (seconds: number, change: object = {}): string => {
  const body = { ...claims, ...change, exp: Math.floor(Date.now() / 1000) + seconds, jti: Math.random() };
  return `e30.${Buffer.from(JSON.stringify(body)).toString('base64url')}.c2ln`;
};
const later = (ms: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
const worker = { attempt: '41.2.1', instance: '3f2a1' };

test('what was found out holds for a minute, never beyond the token’s end, and is asked for once by many at once', async () => {
  const identify = identifyWorkers(kube);
  const [long, short] = [jwt(3_600), jwt(30)];
  expect(await Promise.all([identify(long), identify(long), identify(short)])).toEqual([worker, worker, worker]);
  expect(asked).toHaveLength(2);
  later(31_000);
  expect(await identify(long)).toEqual(worker);
  expect(await identify(short)).toBeNull();
  expect(asked).toHaveLength(2);
  later(30_000);
  expect(await identify(long)).toEqual(worker);
  expect(asked).toHaveLength(3);
});

test('the cluster is not asked about what is no token for this door', async () => {
  const identify = identifyWorkers(kube);
  for (const token of ['', 'x', 'a.b.c', jwt(-1), jwt(60, { aud: ['other'] }), jwt(60, { aud: undefined })]) {
    expect(await identify(token)).toBeNull();
  }
  expect(asked).toEqual([]);
});

test.each([
  ['not authenticated', { authenticated: false }],
  ['of another audience', { audiences: ['https://kubernetes.default.svc'] }],
  ['of another account', { user: { username: 'system:serviceaccount:ml-task-3f2a1-41-2-1:default' } }],
])('a token that is %s is no worker’s, and that is remembered for a while', async (_what, status) => {
  answer = () => ({ status: 201, body: review(status) });
  const identify = identifyWorkers(kube);
  const token = jwt(3_600);
  expect([await identify(token), await identify(token)]).toEqual([null, null]);
  expect(asked).toHaveLength(1);
});

test('a cluster that can’t say is worth another try, at once', async () => {
  answer = () => ({ status: 500, body: { kind: 'Status', message: 'etcd is away' } });
  const identify = identifyWorkers(kube);
  const token = jwt(3_600);
  await expect(identify(token)).rejects.toMatchObject({ code: 'unavailable', remedy: 'retry' });
  answer = () => ({ status: 201, body: review({}) });
  expect(await identify(token)).toEqual(worker);
});

test.each([
  ['no holder', { sub: undefined }],
  ['another account', { sub: `system:serviceaccount:${namespace}:default` }],
  ['a namespace that is no task’s', { sub: 'system:serviceaccount:kube-system:worker' }],
  ['no pod', { 'kubernetes.io': { namespace } }],
  ['a pod that is no worker’s', { 'kubernetes.io': { namespace, pod: { name: 'other' } } }],
  ['a pod of another task', { 'kubernetes.io': { namespace, pod: { name: 'run-42-2-1-x7k2p' } } }],
])('the cluster is not asked about a token that names %s', async (_what, change) => {
  expect(await identifyWorkers(kube)(jwt(60, change))).toBeNull();
  expect(asked).toEqual([]);
});

test('only the broker’s own name is worth a question at the door', async () => {
  const is = authenticateBroker(kube, 'mainloop');
  const user = { username: 'system:serviceaccount:mainloop:broker' };
  answer = () => ({ status: 201, body: review({ audiences: ['mainloop-orchestrator'], user }) });
  const aud = ['mainloop-orchestrator'];
  expect(await is(jwt(60, { aud, sub: 'system:serviceaccount:other:broker' }))).toBe(false);
  expect(await is(jwt(60, { aud }))).toBe(false);
  expect(asked).toEqual([]);
  expect(await is(jwt(60, { aud, sub: user.username }))).toBe(true);
});

test('a flood of forged tokens asks eight questions at once, and whoever was known is not kept waiting', async () => {
  const identify = identifyWorkers(kube);
  const good = jwt(3_600);
  await identify(good);
  const held = Promise.withResolvers<void>();
  answer = async (token) => {
    if (token !== good) await held.promise;
    return { status: 201, body: review({ authenticated: token === good }) };
  };
  const forged = Array.from({ length: 40 }, () => identify(jwt(3_600)).catch((error: Error) => error));
  await expect.poll(() => asked.length).toBe(9);
  expect(await identify(good)).toEqual(worker);
  later(61_000);
  expect(await identify(good)).toEqual(worker);
  expect(asked).toHaveLength(10);
  vi.useRealTimers();
  // Those that waited too long are told to come back.
  await expect(forged.at(-1)).resolves.toMatchObject({ code: 'unavailable', remedy: 'retry' });
  expect(asked).toHaveLength(10);
  held.resolve();
  expect((await Promise.all(forged)).filter((said) => said === null)).toHaveLength(8);
});

test('a flood that ends is answered, each in its turn', async () => {
  answer = () => ({ status: 201, body: review({ authenticated: false }) });
  const identify = identifyWorkers(kube);
  const said = await Promise.all(Array.from({ length: 40 }, () => identify(jwt(3_600))));
  expect(said.every((one) => one === null)).toBe(true);
  expect(asked).toHaveLength(40);
});

test('while the cluster is away, who was good stays so until the token’s own end; who is denied does not', async () => {
  const identify = identifyWorkers(kube);
  const token = jwt(600);
  await identify(token);
  answer = () => ({ status: 503, body: { kind: 'Status', message: 'away' } });
  later(61_000);
  expect(await identify(token)).toEqual(worker);
  expect(await identify(token)).toEqual(worker);
  expect(asked).toHaveLength(2);
  // Asked again, but not waited for.
  later(11_000);
  expect(await identify(token)).toEqual(worker);
  await expect.poll(() => asked.length).toBe(3);
  await expect(identify(jwt(600))).rejects.toMatchObject({ code: 'unavailable' });
  later(600_000);
  expect(await identify(token)).toBeNull();

  answer = () => ({ status: 201, body: review({}) });
  const other = jwt(600);
  await identify(other);
  answer = () => ({ status: 201, body: review({ authenticated: false }) });
  later(61_000);
  expect(await identify(other)).toBeNull();
});
