import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AttemptClosed, createCall, Rejected } from './call.ts';
import { createBrokerClient } from './client.ts';

const bodies: string[] = [];
let answers: [status: number, body: string][];
const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text) => {
    body += text;
  });
  request.on('end', () => {
    bodies.push(body);
    const [status, text] = answers.shift() ?? [500, 'none left'];
    response.writeHead(status).end(text);
  });
});
let url: string;

beforeEach(async () => {
  bodies.length = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const clientOf = () => createBrokerClient(createCall(url, 't0ken'));
const quiet = JSON.stringify({ items: [], stop: null });

test('a call is repeated until the broker answers, with the same body', async () => {
  answers = [
    [503, 'later'],
    [429, 'later'],
    [200, quiet],
  ];
  const events = [{ seq: 1, at: 1, event: { type: 'log' as const, text: 'x' } }];
  expect(await clientOf().events({ events })).toEqual({ items: [], stop: null });
  expect(bodies).toEqual(Array(3).fill(JSON.stringify({ events })));
});

test('a closed attempt and a body that was refused are not repeated', async () => {
  answers = [
    [401, 'closed'],
    [400, 'events.0.at: wrong'],
  ];
  const client = clientOf();
  await expect(client.loadSession()).rejects.toThrow(AttemptClosed);
  await expect(client.events({ events: [] })).rejects.toThrow(Rejected);
  expect(bodies).toHaveLength(2);
});

test('neither the token nor characters that no database takes leave in a body', async () => {
  answers = [[200, '{}']];
  await clientOf().appendSession([{ uuid: 'a', text: 'my t0ken\0 and \ud83d half' }]);
  expect(JSON.parse(bodies[0] ?? '')).toEqual([{ uuid: 'a', text: 'my [token]\uFFFD and \uFFFD half' }]);
});
