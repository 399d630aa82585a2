import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createAnthropicSim } from '../../sim/anthropic/index.ts';
import { ask, brain, createModelHarness } from './model-testing.ts';
import { serveBroker } from './testing.ts';

const sim = await createAnthropicSim({ brain });
const { client, close, door, raw, reset, serve, url } = await createModelHarness(sim);
afterAll(close);
beforeEach(reset);

test.each([
  ['the budget', () => Object.assign(door.state, { budget: 0 }), 402],
  ['the end of its attempt', () => door.state.attempts.clear(), 401],
])('a call whose body came slowly meets %s as it is then', async (_what, happens, status) => {
  const body = JSON.stringify(ask);
  const slow = request(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'good-token', 'content-length': body.length },
  });
  slow.write(body.slice(0, 10));
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  happens();
  slow.end(body.slice(10));
  const [answer] = await once(slow, 'response');
  answer.resume();
  expect(answer.statusCode).toBe(status);
});

test('what an answer’s iterations cost is charged, where its own numbers leave it out', async () => {
  const iteration = { input_tokens: 450_000, output_tokens: 2_000, cache_read_input_tokens: 0 };
  const iterations = [
    { type: 'compaction', ...iteration },
    { type: 'message', ...iteration },
  ];
  sim.brain = () => ({ say: 'Hi', usage: { input_tokens: 450_000, iterations } as object });
  for (const stream of [true, false]) {
    door.state.spent.length = 0;
    await (await raw({ ...ask, stream })).text();
    expect(door.state.spent).toMatchObject([{ inputTokens: 900_000, outputTokens: 4_000 }]);
  }
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
  sim.brain = async () => {
    thinking += 1;
    await thought.promise;
    return brain();
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
    sim.brain = async () => {
      await thought.promise;
      return brain();
    };
    const before = sim.requests.length;
    const gone = new AbortController();
    const failed = raw({ ...ask, stream }, { signal: gone.signal }).catch((error: Error) => error.name);
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
  const anthropic = { baseUrl: new URL(upstream.url).origin, apiKey: 'k' };
  const other = await serve(anthropic);
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
