import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createKube, type Kube } from './client.ts';
import { identifyWorkers } from './token-review.ts';

/** An API that answers nothing but TokenReview, and counts what it was asked. */
let asked: string[] = [];
let answer: () => { status: number; body: unknown };
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  asked.push(JSON.parse(Buffer.concat(chunks).toString()).spec.token);
  const { status, body } = answer();
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

const jwt = (seconds: number, claims: object = { aud: ['mainloop-egress'] }): string => {
  const body = { ...claims, exp: Math.floor(Date.now() / 1000) + seconds, jti: Math.random() };
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
  for (const token of ['', 'x', 'a.b.c', jwt(-1), jwt(60, { aud: ['other'] }), jwt(60, {})]) {
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
