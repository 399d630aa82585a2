import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, expect, test } from 'vitest';
import { describe, Failure } from '../core/errors.ts';
import { createKube, type Kube } from './client.ts';
import { orNull } from './kube-error.ts';

let server: Server | undefined;
let kube: Kube | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await kube?.close();
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
  server = undefined;
});

const token = 'the-token-of-the-program';

/** An API server that answers `listener`; tells how often somebody connected. */
async function api(
  listener: RequestListener,
  deadlineMs = 2_000,
): Promise<{ connections: number; port: number; kube: Kube }> {
  const seen = { connections: 0 };
  server = createServer(listener).on('connection', () => {
    seen.connections += 1;
  });
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  kube = clientOf(port, deadlineMs);
  return Object.assign(seen, { port, kube });
}

function clientOf(port: number, deadlineMs: number): Kube {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'test', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'test', token },
  );
  return createKube(config, { deadlineMs });
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}): RequestListener => {
  return (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
const failed = async (promise: Promise<unknown>): Promise<Failure> => {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof Failure) return error;
  throw new Error(`expected a Failure, got ${error}`);
};
const podList = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [] };

test('calls share their connections: two at most for twenty in a row, no more than sixteen for fifty at once', async () => {
  const own = await api((request, response) => {
    expect(request.headers.authorization).toBe(`Bearer ${token}`);
    setTimeout(() => json(200, podList)(request, response), 5);
  });
  for (let n = 0; n < 20; n += 1) await own.kube.core.listNamespacedPod({ namespace: 'a' });
  expect(own.connections).toBeLessThanOrEqual(2);
  await Promise.all(Array.from({ length: 50 }, () => own.kube.core.listNamespacedPod({ namespace: 'a' })));
  expect(own.connections).toBeLessThanOrEqual(16);
});

test.each([
  ['says nothing', () => undefined],
  ['stops in the middle of its answer', (_, response) => response.writeHead(200).write('{"kind":')],
] satisfies [string, RequestListener][])('a server that %s is given up after the deadline', async (_, listener) => {
  const own = await api(listener, 200);
  const began = Date.now();
  const failure = await failed(own.kube.core.listNamespacedPod({ namespace: 'a' }));
  expect(Date.now() - began).toBeLessThan(1_500);
  expect(failure).toMatchObject({ code: 'cluster_unreachable', remedy: 'retry' });
  expect(failure.message).toBe('The cluster does not answer: it took too long.');
});

test('a refusal tells the reason and the message of the API, and nothing of the headers or the rest of the body', async () => {
  const own = await api(
    json(
      403,
      { kind: 'Status', reason: 'Forbidden', message: 'pods is forbidden', details: { secret: 'in the body' } },
      { 'audit-id': 'in the header' },
    ),
  );
  const failure = await failed(own.kube.core.listNamespacedPod({ namespace: 'a' }));
  expect(failure).toMatchObject({ code: 'cluster_forbidden', remedy: 'never' });
  expect(describe(failure)).toBe('The cluster refused: pods is forbidden');
  expect(JSON.stringify([failure, failure.cause, failure.stack])).not.toMatch(/in the (body|header)|the-token/);
});

test.each([
  [409, { reason: 'AlreadyExists', message: 'it is there' }, { code: 'cluster_already_exists', remedy: 'never' }],
  [409, { reason: 'Conflict', message: 'changed meanwhile' }, { code: 'cluster_conflict', remedy: 'retry' }],
  [422, { reason: 'Invalid', message: 'no such field' }, { code: 'cluster_invalid', remedy: 'never' }],
  [500, { reason: 'InternalError', message: 'etcd' }, { code: 'cluster_internal_error', remedy: 'retry' }],
  [503, 'upstream connect error', { code: 'cluster_http_503', remedy: 'retry' }],
])('%s with %j is %j', async (status, body, wanted) => {
  const own = await api(json(status, body));
  expect(await failed(own.kube.core.listNamespacedPod({ namespace: 'a' }))).toMatchObject(wanted);
});

test('a server that has too much to do says when to come back', async () => {
  const own = await api(json(429, { reason: 'TooManyRequests', message: 'later' }, { 'retry-after': '3' }));
  const failure = await failed(own.kube.core.listNamespacedPod({ namespace: 'a' }));
  expect(failure).toMatchObject({ code: 'cluster_too_many_requests', remedy: 'retry', retryAfterMs: 3_000 });
});

test('a server that is not there is told by its code', async () => {
  const { port } = await api(json(200, podList));
  await new Promise((done) => server?.close(done));
  const failure = await failed(clientOf(port, 2_000).core.listNamespacedPod({ namespace: 'a' }));
  expect(failure).toMatchObject({ code: 'cluster_unreachable', remedy: 'retry' });
  expect(failure.message).toBe('The cluster does not answer: ECONNREFUSED.');
});

test('what is not there is null, any other refusal stays one', async () => {
  const own = await api((request, response) =>
    json(request.url?.endsWith('/gone') ? 404 : 403, {
      reason: request.url?.endsWith('/gone') ? 'NotFound' : 'Forbidden',
    })(request, response),
  );
  expect(await orNull(own.kube.core.readNamespacedPod({ namespace: 'a', name: 'gone' }))).toBeNull();
  expect(await failed(orNull(own.kube.core.readNamespacedPod({ namespace: 'a', name: 'secret' })))).toMatchObject({
    code: 'cluster_forbidden',
  });
});

test('a plain answer comes with its status and its body unread', async () => {
  const own = await api((request, response) => response.writeHead(400).end(`no log at ${request.url}`));
  const answer = await own.kube.get('/api/v1/namespaces/a/pods/b/log?tailLines=2', AbortSignal.timeout(2_000));
  expect(answer.status).toBe(400);
  expect(await answer.text()).toBe('no log at /api/v1/namespaces/a/pods/b/log?tailLines=2');
});
