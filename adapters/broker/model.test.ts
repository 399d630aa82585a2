import { afterAll, beforeEach, expect, test } from 'vitest';
import { createAnthropicSim } from '../../sim/anthropic/index.ts';
import { ask, brain, createModelHarness } from './model-testing.ts';
import { serveBroker } from './testing.ts';

const sim = await createAnthropicSim({ brain });
const { close, client, door, raw, reset, serve } = await createModelHarness(sim);
afterAll(close);
beforeEach(reset);

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
  const seen: Record<string, unknown>[] = [];
  const upstream = await serveBroker({
    async handler(request, response) {
      seen.push(request.headers);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[]}');
    },
  });
  const baseUrl = new URL(upstream.url).origin;
  const other = await serve({ baseUrl, oauthToken: 'oauth' });
  await fetch(`${other.url}/anthropic/v1/models?limit=1`, {
    headers: { 'x-api-key': 'good-token', 'anthropic-beta': 'some-beta' },
  });
  expect(seen[0]).toMatchObject({ authorization: 'Bearer oauth', 'anthropic-beta': 'some-beta,oauth-2025-04-20' });
  expect(seen[0]).not.toHaveProperty('x-api-key');
  await other.close();
  await upstream.close();
});

test('at the end of the budget the call is refused as a billing error that is not repeated', async () => {
  door.state.budget = 0;
  const response = await raw(ask);
  expect(response.status).toBe(402);
  expect(response.headers.get('x-should-retry')).toBe('false');
  expect(await response.json()).toMatchObject({ error: { type: 'billing_error' } });
});

test('other endpoints are not there', async () => {
  expect((await raw({}, { path: '/v1/messages/batches' })).status).toBe(404);
  expect((await raw({}, { path: '/v1/../v1/files' })).status).toBe(404);
  expect((await raw(ask, { path: '/v1/messages/count_tokens' })).status).toBe(200);
});

test('an overloaded upstream is passed on, and its answer charged nothing', async () => {
  sim.faults.add({ kind: '529', retryAfter: 2 });
  const response = await raw(ask);
  expect(response.status).toBe(529);
  expect(response.headers.get('retry-after')).toBe('2');
  expect(door.state.spent).toEqual([]);
});

test("a bad credential of ours is not taken for the attempt's", async () => {
  const anthropic = { baseUrl: sim.url, apiKey: 'wrong' };
  const other = await serve(anthropic);
  const response = await fetch(`${other.url}/anthropic/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'good-token' },
    body: JSON.stringify(ask),
  });
  expect(response.status).toBe(403);
  await other.close();
});

test('an upstream that is away is a 502 in the shape of the API', async () => {
  const anthropic = { baseUrl: 'http://127.0.0.1:9', apiKey: 'k' };
  const other = await serve(anthropic);
  const response = await fetch(`${other.url}/anthropic/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'good-token' },
    body: JSON.stringify(ask),
  });
  expect(response.status).toBe(502);
  expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'api_error' } });
  await other.close();
});
