import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AnthropicSim, createAnthropicSim } from './index.ts';

const ask = { model: 'claude-sonnet-5-5', max_tokens: 1000, messages: [{ role: 'user' as const, content: 'Hi' }] };
const tools: Anthropic.Tool[] = [{ name: 'go', input_schema: { type: 'object' } }];

let sim: AnthropicSim;
let client: Anthropic;

beforeAll(async () => {
  sim = await createAnthropicSim({ brain: () => ({ say: 'a fairly long answer that takes several chunks to send' }) });
  client = new Anthropic({ apiKey: sim.apiKey, baseURL: sim.url, maxRetries: 0 });
});
beforeEach(() => sim.faults.clear());
afterAll(() => sim.close());

const failureOf = (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    () => undefined,
    (cause: unknown) => cause,
  );

test('429 carries retry-after, and the SDK retries it', async () => {
  sim.faults.add({ kind: '429', retryAfter: 7 });
  const error = await failureOf(client.messages.create(ask));
  expect(error).toBeInstanceOf(Anthropic.RateLimitError);
  expect(error instanceof Anthropic.RateLimitError && error.headers.get('retry-after')).toBe('7');

  sim.faults.add({ kind: '429', retryAfter: 0 });
  const patient = client.withOptions({ maxRetries: 1 });
  expect((await patient.messages.create(ask)).stop_reason).toBe('end_turn');
});

test('529 and 500 are answered with their types, only to the requests that match', async () => {
  sim.faults.add({ kind: '529', match: (request) => request.lastUserText === 'busy' });
  sim.faults.add({ kind: '500', match: (request) => request.lastUserText === 'broken' });
  await client.messages.create(ask);
  const say = (content: string) => failureOf(client.messages.create({ ...ask, messages: [{ role: 'user', content }] }));
  expect(await say('busy')).toMatchObject({ status: 529, type: 'overloaded_error' });
  expect(await say('broken')).toMatchObject({ status: 500, type: 'api_error' });
});

test('overload in the middle of a stream arrives as an error event after the chunks before it', async () => {
  sim.faults.add({ kind: '529', after: 2 });
  const deltas: string[] = [];
  const error = await failureOf(
    client.messages
      .stream(ask)
      .on('text', (text) => deltas.push(text))
      .finalMessage(),
  );
  expect(error).toMatchObject({ type: 'overloaded_error' });
  expect(deltas).toHaveLength(2);
});

test('a cut stream breaks the connection after its chunks', async () => {
  sim.faults.add({ kind: 'cut', after: 1 });
  const deltas: string[] = [];
  const error = await failureOf(
    client.messages
      .stream(ask)
      .on('text', (text) => deltas.push(text))
      .finalMessage(),
  );
  expect(error).toBeInstanceOf(Anthropic.AnthropicError);
  expect(deltas).toHaveLength(1);
});

test('a hanging answer ends by the client’s timeout', async () => {
  sim.faults.add({ kind: 'hang' });
  expect(await failureOf(client.messages.create(ask, { timeout: 100 }))).toBeInstanceOf(
    Anthropic.APIConnectionTimeoutError,
  );
});

test('a refusal stops with its reason and no content', async () => {
  sim.faults.add({ kind: 'refusal' });
  const message = await client.messages.stream(ask).finalMessage();
  expect(message).toMatchObject({ stop_reason: 'refusal', stop_details: { type: 'refusal' }, content: [] });
});

test('max_tokens stops half way', async () => {
  sim.faults.add({ kind: 'max_tokens' });
  const message = await client.messages.create(ask);
  expect(message.stop_reason).toBe('max_tokens');
  expect(message.content).toMatchObject([{ text: 'a fairly long answer that ta' }]);
});

test('invalid tool input waits for a reply that uses a tool', async () => {
  sim.faults.add({ kind: 'invalid_tool_input' });
  await client.messages.create(ask);
  const before = sim.brain;
  sim.brain = () => ({ use: [{ name: 'go', input: { where: 'north' } }] });
  const message = await client.messages.stream({ ...ask, tools }).finalMessage();
  sim.brain = before;
  expect(message.content).toMatchObject([{ type: 'tool_use', input: { unexpected: true } }]);
});

test('a client that goes away in the middle harms nothing', async () => {
  const slow = sim.brain;
  sim.brain = () => ({ say: 'a fairly long answer that takes several chunks to send', chunkDelayMs: 20 });
  for (const fault of [undefined, { kind: '529' as const, after: 2 }, { kind: 'cut' as const, after: 2 }]) {
    if (fault) sim.faults.add(fault);
    const controller = new AbortController();
    const stream = client.messages.stream(ask, { signal: controller.signal }).on('text', () => controller.abort());
    expect(await failureOf(stream.finalMessage())).toBeInstanceOf(Anthropic.APIUserAbortError);
    await sim.waitFor((request) => request === sim.requests.at(-1) && request.endedAt !== undefined);
  }
  sim.brain = slow;
  sim.faults.clear();
  expect((await client.messages.create(ask)).stop_reason).toBe('end_turn');
});
