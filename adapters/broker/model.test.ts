import Anthropic from '@anthropic-ai/sdk';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AnthropicSim, type Brain, createAnthropicSim } from '../../sim/anthropic/index.ts';
import { createBroker } from './index.ts';
import { createMemoryDoor, openAttempt, serveBroker } from './testing.ts';

const door = createMemoryDoor();
const log = pino({ level: 'silent' });
let sim: AnthropicSim;
let server: Awaited<ReturnType<typeof serveBroker>>;
let client: Anthropic;

const brain: Brain = () => ({ say: 'Hello there, this is a longer answer in several chunks.' });

beforeAll(async () => {
  sim = await createAnthropicSim({ brain });
  const git = async () => ({ url: '', username: '', password: '' });
  const anthropic = { baseUrl: sim.url, apiKey: sim.apiKey };
  server = await serveBroker(createBroker({ door, anthropic, git, prefix: '/broker', log }));
  client = new Anthropic({ baseURL: `${server.url}/anthropic`, apiKey: 'good-token', maxRetries: 0 });
});
afterAll(async () => {
  await server.close();
  await sim.close();
});
beforeEach(() => {
  door.state.attempts.set('good-token', openAttempt());
  door.state.spent.length = 0;
  door.state.budget = 10;
  sim.faults.clear();
  sim.brain = brain;
});

const ask = { model: 'claude-opus-5-5', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] };
const raw = (body: object, path = '/v1/messages', signal?: AbortSignal) =>
  fetch(`${server.url}/anthropic${path}`, {
    method: 'POST',
    ...(signal && { signal }),
    headers: { 'x-api-key': 'good-token', 'anthropic-version': '2023-06-01', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('a streamed answer passes through and is charged by its own usage', async () => {
  const message = await client.messages.stream(ask).finalMessage();
  expect(message.content[0]).toMatchObject({ type: 'text', text: expect.stringContaining('several chunks') });
  const { input_tokens, output_tokens } = message.usage;
  await expect
    .poll(() => door.state.spent)
    .toMatchObject([{ model: 'claude-opus-5-5', inputTokens: input_tokens, outputTokens: output_tokens }]);
  expect(door.state.spent[0]?.usd).toBeCloseTo((input_tokens * 4 + output_tokens * 20) / 1e6, 12);
});

test('a plain answer is charged too, and the upstream sees the real key alone', async () => {
  await client.messages.create(ask);
  expect(door.state.spent).toHaveLength(1);
  const headers = sim.requests.at(-1)?.headers ?? {};
  expect(headers['x-api-key']).toBe(sim.apiKey);
  expect(JSON.stringify(headers)).not.toContain('good-token');
});

test('an OAuth token goes as a bearer with its beta header', async () => {
  const git = async () => ({ url: '', username: '', password: '' });
  const seen: Record<string, unknown>[] = [];
  const upstream = await serveBroker({
    async handler(request, response) {
      seen.push(request.headers);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[]}');
    },
  });
  const baseUrl = new URL(upstream.url).origin;
  const other = await serveBroker(
    createBroker({ door, anthropic: { baseUrl, oauthToken: 'oauth' }, git, prefix: '/broker', log }),
  );
  await fetch(`${other.url}/anthropic/v1/models?limit=1`, {
    headers: { 'x-api-key': 'good-token', 'anthropic-beta': 'some-beta' },
  });
  expect(seen[0]).toMatchObject({ authorization: 'Bearer oauth', 'anthropic-beta': 'some-beta,oauth-2025-04-20' });
  expect(seen[0]).not.toHaveProperty('x-api-key');
  await other.close();
  await upstream.close();
});

test.each([
  ['another model', { model: 'claude-fable-5-1' }, 'not allowed for this task'],
  ['a server-side tool', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'web_search_20250305'],
  ['a remote MCP server', { mcp_servers: [{ type: 'url', url: 'https://x', name: 'x' }] }, 'mcp_servers'],
  [
    'an image by URL',
    { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://x' } }] }] },
    'by URL',
  ],
  [
    'a file inside a tool result',
    {
      messages: [
        {
          role: 'user',
          content: [{ type: 'tool_result', content: [{ type: 'document', source: { type: 'file', file_id: 'f' } }] }],
        },
      ],
    },
    'file id',
  ],
  [
    "an image by URL among a document's own blocks",
    {
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'document',
              source: { type: 'content', content: [{ type: 'image', source: { type: 'url', url: 'https://x' } }] },
            },
          ],
        },
      ],
    },
    'by URL',
  ],
])('%s is refused as a permission error', async (_, change, words) => {
  const before = sim.requests.length;
  const response = await raw({ ...ask, ...change });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({
    type: 'error',
    error: { type: 'permission_error', message: expect.stringContaining(words) },
  });
  expect(sim.requests.length).toBe(before);
});

test("the worker's own tools pass, custom or Anthropic-defined", async () => {
  const tools = [
    { name: 'Edit', input_schema: { type: 'object' } },
    { type: 'bash_20250124', name: 'bash' },
  ];
  expect((await raw({ ...ask, tools })).status).toBe(200);
});

test('at the end of the budget the call is refused as a billing error that is not repeated', async () => {
  door.state.budget = 0;
  const response = await raw(ask);
  expect(response.status).toBe(402);
  expect(response.headers.get('x-should-retry')).toBe('false');
  expect(await response.json()).toMatchObject({ error: { type: 'billing_error' } });
});

test('a call is charged before its answer ends, so that the next one meets what is left', async () => {
  door.state.budget = 0.0000001;
  expect(await (await raw({ ...ask, stream: true })).text()).toContain('message_stop');
  expect((await raw(ask)).status).toBe(402);
});

test.each([
  ['the budget', () => Object.assign(door.state, { budget: 0 }), 402],
  ['the end of its attempt', () => door.state.attempts.clear(), 401],
])('a call that waited for its turn meets %s as it is then', async (_what, happens, status) => {
  const thought = Promise.withResolvers<void>();
  let thinking = 0;
  sim.brain = async (request) => {
    thinking += 1;
    await thought.promise;
    return brain(request);
  };
  const slow = Array.from({ length: 8 }, () => client.messages.stream(ask));
  const ended = Promise.all(slow.map((stream) => stream.finalMessage().catch(() => undefined)));
  await expect.poll(() => thinking).toBe(8);
  const waiting = raw(ask);
  // Calls that nobody waits for any more keep their places until they are paid.
  for (const stream of slow) stream.abort();
  await new Promise((resolve) => setTimeout(resolve, 200));
  happens();
  thought.resolve();
  expect((await waiting).status).toBe(status);
  expect(thinking).toBe(8);
  await ended;
  await expect.poll(() => door.state.spent).toHaveLength(8);
});

test('other endpoints are not there', async () => {
  expect((await raw({}, '/v1/messages/batches')).status).toBe(404);
  expect((await raw({}, '/v1/../v1/files')).status).toBe(404);
  expect((await raw(ask, '/v1/messages/count_tokens')).status).toBe(200);
});

test('a stream that breaks is charged for what came', async () => {
  sim.faults.add({ kind: 'cut', after: 3 });
  await expect(client.messages.stream(ask).finalMessage()).rejects.toThrow();
  await expect.poll(() => door.state.spent).toHaveLength(1);
  expect(door.state.spent[0]?.inputTokens).toBeGreaterThan(0);
  expect(door.state.spent[0]?.outputTokens).toBeGreaterThan(1);
});

test('a client that goes away after the last words pays for what was thought behind them', async () => {
  sim.brain = () => ({ say: ['One', 'Two'], chunkDelayMs: 100, usage: { output_tokens: 60_000 } });
  const stream = client.messages.stream(ask);
  const failed = stream.finalMessage().catch((error: Error) => error.name);
  await new Promise((resolve) => stream.once('text', resolve));
  stream.abort();
  expect(await failed).toBeTruthy();
  await expect.poll(() => door.state.spent, { timeout: 5_000 }).toMatchObject([{ outputTokens: 60_000 }]);
});

test.each([true, false])(
  'a client that goes away before the first byte pays for the whole call, and so when its attempt is closed (stream: %s)',
  async (stream) => {
    const thought = Promise.withResolvers<void>();
    sim.brain = async (request) => {
      await thought.promise;
      return brain(request);
    };
    const before = sim.requests.length;
    const gone = new AbortController();
    const failed = raw({ ...ask, stream }, '/v1/messages', gone.signal).catch((error: Error) => error.name);
    await expect.poll(() => sim.requests.length).toBe(before + 1);
    gone.abort();
    expect(await failed).toBe('AbortError');
    door.state.attempts.clear();
    await new Promise((resolve) => setTimeout(resolve, 100));
    thought.resolve();
    await expect.poll(() => door.state.spent, { timeout: 5_000 }).toHaveLength(1);
    const { input_tokens = 0, output_tokens = 0 } = sim.requests.at(-1)?.usage ?? {};
    expect(door.state.spent[0]).toMatchObject({ inputTokens: input_tokens, outputTokens: output_tokens });
    expect(output_tokens).toBeGreaterThan(1);
  },
);

test('a stream that breaks before it begins costs nothing, a plain answer that breaks what was asked and what came', async () => {
  const upstream = await serveBroker({
    async handler(request, response) {
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000_000 });
      response.write('x'.repeat(80), () => response.destroy());
    },
  });
  const git = async () => ({ url: '', username: '', password: '' });
  const anthropic = { baseUrl: new URL(upstream.url).origin, apiKey: 'k' };
  const other = await serveBroker(createBroker({ door, anthropic, git, prefix: '/broker', log }));
  const call = (body: object) =>
    fetch(`${other.url}/anthropic/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': 'good-token' },
      body: JSON.stringify(body),
    }).then((response) => response.text());
  await expect(call({ ...ask, stream: true })).rejects.toThrow();
  expect(door.state.spent).toEqual([]);
  await expect(call(ask)).rejects.toThrow();
  const inputTokens = Math.ceil(JSON.stringify(ask).length / 4);
  await expect.poll(() => door.state.spent).toMatchObject([{ inputTokens, outputTokens: 20 }]);
  await other.close();
  await upstream.close();
});

test('an overloaded upstream is passed on, and its answer charged nothing', async () => {
  sim.faults.add({ kind: '529', retryAfter: 2 });
  const response = await raw(ask);
  expect(response.status).toBe(529);
  expect(response.headers.get('retry-after')).toBe('2');
  expect(door.state.spent).toEqual([]);
});

test("a bad credential of ours is not taken for the attempt's", async () => {
  const git = async () => ({ url: '', username: '', password: '' });
  const anthropic = { baseUrl: sim.url, apiKey: 'wrong' };
  const other = await serveBroker(createBroker({ door, anthropic, git, prefix: '/broker', log }));
  const response = await fetch(`${other.url}/anthropic/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'good-token' },
    body: JSON.stringify(ask),
  });
  expect(response.status).toBe(403);
  await other.close();
});

test('an upstream that is away is a 502 in the shape of the API', async () => {
  const git = async () => ({ url: '', username: '', password: '' });
  const anthropic = { baseUrl: 'http://127.0.0.1:9', apiKey: 'k' };
  const other = await serveBroker(createBroker({ door, anthropic, git, prefix: '/broker', log }));
  const response = await fetch(`${other.url}/anthropic/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'good-token' },
    body: JSON.stringify(ask),
  });
  expect(response.status).toBe(502);
  expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'api_error' } });
  await other.close();
});
