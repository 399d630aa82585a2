import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig, type V1Pod } from '@kubernetes/client-node';
import { afterEach, expect, test } from 'vitest';
import { createKube } from './client.ts';
import { podLog } from './pod-log.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** What is read of a pod's log when the API answers `listener`; `message` is what its container left behind. */
async function read(listener: RequestListener, message?: string): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'test', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'test' },
  );
  const terminated = { exitCode: 1, ...(message && { message }) };
  return podLog(createKube(config), {
    metadata: { namespace: 'a', name: 'b' },
    status: { containerStatuses: [{ state: { terminated } }] },
  } as V1Pod);
}

const answers =
  (status: number, body: string): RequestListener =>
  (_, response) =>
    response.writeHead(status).end(body);

test('the last 4,000 characters are read, of whole characters', async () => {
  const text = `${'x'.repeat(70_000)}${'é'.repeat(4_000)}`;
  expect(await read(answers(200, text))).toBe('é'.repeat(4_000));
  expect((await read(answers(200, `${'😀'.repeat(4_000)}.`))).isWellFormed()).toBe(true);
});

test.each([
  ['of a container that has not begun', 400, '{"kind":"Status","message":"is waiting to start"}'],
  ['of a pod without a node', 200, ''],
  ['of a pod that is gone', 404, '{"kind":"Status"}'],
  ['of a node that does not answer', 502, 'dial tcp: i/o timeout'],
  ['of an evicted pod', 200, 'unable to retrieve container logs for containerd://4f1e'],
])('%s there is nothing but what its container left behind', async (_, status, body) => {
  expect(await read(answers(status, body))).toBe('');
  expect(await read(answers(status, body), 'its last words')).toBe('its last words');
});

test('what came before the connection broke is kept', async () => {
  const text = await read((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('the beginning');
    setTimeout(() => response.destroy(), 50);
  });
  expect(text).toBe('the beginning');
});

test('that nobody may read it is said', async () => {
  await expect(read(answers(403, '{"reason":"Forbidden","message":"pods/log"}'))).rejects.toMatchObject({
    code: 'cluster_forbidden',
  });
});
