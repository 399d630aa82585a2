import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AnthropicSim, createAnthropicSim } from './index.ts';

const tools: Anthropic.Tool[] = [
  {
    name: 'get_weather',
    input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
];
const ask = { model: 'claude-sonnet-5-5', max_tokens: 1000, messages: [{ role: 'user' as const, content: 'Hi' }] };

let sim: AnthropicSim;
let client: Anthropic;

beforeAll(async () => {
  sim = await createAnthropicSim({ brain: () => ({ say: 'unset' }) });
  client = new Anthropic({ apiKey: sim.apiKey, baseURL: sim.url, maxRetries: 0 });
});
beforeEach(() => sim.faults.clear());
afterAll(() => sim.close());

test('the SDK streams thinking, text and a tool use, and sends the result back', async () => {
  sim.brain = (request) =>
    request.toolResults.length > 0
      ? { say: `It is ${request.toolResults[0]?.content} (${request.toolResults[0]?.name}).` }
      : {
          thinking: 'They ask for the weather.',
          say: 'Let me look. 🌦',
          use: [{ name: 'get_weather', input: { city: 'Zürich' } }],
        };
  const deltas: string[] = [];
  const stream = client.messages.stream({ ...ask, tools }).on('text', (text) => deltas.push(text));
  const first = await stream.finalMessage();
  expect(first.content).toMatchObject([
    { type: 'thinking', thinking: 'They ask for the weather.', signature: expect.stringMatching(/.+/) },
    { type: 'text', text: 'Let me look. 🌦' },
    { type: 'tool_use', name: 'get_weather', input: { city: 'Zürich' } },
  ]);
  expect(deltas.join('')).toBe('Let me look. 🌦');
  expect(first.stop_reason).toBe('tool_use');
  expect(first.usage.output_tokens).toBeGreaterThan(5);

  const use = first.content.find((block) => block.type === 'tool_use');
  const second = await client.messages.create({
    ...ask,
    tools,
    messages: [
      ...ask.messages,
      { role: 'assistant', content: first.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: use?.id ?? '', content: 'sunny' }] },
    ],
  });
  expect(second.content).toMatchObject([{ type: 'text', text: 'It is sunny (get_weather).' }]);
  expect(second.stop_reason).toBe('end_turn');
});

test('an answer longer than max_tokens is cut there', async () => {
  sim.brain = () => ({ say: 'word '.repeat(200) });
  const message = await client.messages.create({ ...ask, max_tokens: 10 });
  expect(message.stop_reason).toBe('max_tokens');
  expect(message.usage.output_tokens).toBe(10);
});

test('keys are checked in both headers', async () => {
  sim.brain = () => ({ say: 'in' });
  const wrong = new Anthropic({ apiKey: 'nope', baseURL: sim.url, maxRetries: 0 });
  const error = await wrong.messages.create(ask).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(Anthropic.AuthenticationError);
  expect(error).toMatchObject({ requestID: expect.stringMatching(/^req_/), type: 'authentication_error' });
  const post = async (headers: Record<string, string>) =>
    (await fetch(`${sim.url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(ask) })).json();
  const version = { 'anthropic-version': '2023-06-01' };
  expect(await post({ ...version, 'x-api-key': sim.apiKey })).toMatchObject({ type: 'message' });
  expect(await post({ ...version, 'x-api-key': 'nope' })).toMatchObject({ error: { message: 'invalid x-api-key' } });
  expect(await post(version)).toMatchObject({ error: { message: 'x-api-key header is required' } });
  expect(await post({ 'x-api-key': sim.apiKey })).toMatchObject({
    type: 'error',
    error: { type: 'invalid_request_error', message: 'anthropic-version: header is required' },
  });
});

test('models are listed, and an unknown one is not found', async () => {
  const ids = (await client.models.list()).data.map((model) => model.id);
  expect(ids).toEqual(['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5']);
  expect(await client.models.retrieve('claude-haiku-5-5')).toMatchObject({ type: 'model' });
  await expect(client.models.retrieve('claude-2')).rejects.toBeInstanceOf(Anthropic.NotFoundError);
  await expect(client.messages.create({ ...ask, model: 'claude-2' })).rejects.toThrow('model: claude-2');
});

test('count_tokens agrees with the usage of the message', async () => {
  sim.brain = () => ({ say: 'x' });
  const { input_tokens } = await client.messages.countTokens({ model: ask.model, messages: ask.messages });
  expect((await client.messages.create(ask)).usage.input_tokens).toBe(input_tokens);
});

test('a brain that throws shows at once as a 400 that names it', async () => {
  sim.brain = () => {
    throw new Error('step 3 is missing');
  };
  await expect(client.messages.create(ask)).rejects.toThrow('step 3 is missing');
});

test('requests are recorded with headers, body and outcome, and can be waited for', async () => {
  sim.brain = () => ({ say: 'seen' });
  const waiting = sim.waitFor((request) => request.view?.lastUserText === 'find me' && request.endedAt !== undefined);
  await client.messages.create({ ...ask, messages: [{ role: 'user', content: 'find me' }] });
  expect(await waiting).toMatchObject({
    status: 200,
    stopReason: 'end_turn',
    headers: { authorization: `Bearer ${sim.apiKey}` },
  });
});

test('a list of words is streamed as exactly these chunks, at the pace asked for', async () => {
  sim.brain = () => ({ say: ['One ', 'two ', 'three'], chunkDelayMs: 15 });
  const deltas: string[] = [];
  await client.messages
    .stream(ask)
    .on('text', (text) => deltas.push(text))
    .finalMessage();
  expect(deltas).toEqual(['One ', 'two ', 'three']);
  const { firstTokenAt, lastTokenAt } = sim.requests.at(-1) ?? {};
  expect(Number(lastTokenAt) - Number(firstTokenAt)).toBeGreaterThan(25);
});

test('a brain may be slow, or a promise', async () => {
  sim.brain = async () => ({ say: 'at last', delayMs: 30, tokensPerSecond: 1000, usage: { output_tokens: 77 } });
  const message = await client.messages.stream(ask).finalMessage();
  expect(message).toMatchObject({ content: [{ text: 'at last' }], usage: { output_tokens: 77 } });
});

test('cache use is reported in the usage the client sees', async () => {
  sim.brain = () => ({ say: 'x' });
  const system = [{ type: 'text' as const, text: 'rule '.repeat(2000), cache_control: { type: 'ephemeral' as const } }];
  const first = await client.messages.create({ ...ask, system });
  const second = await client.messages.stream({ ...ask, system }).finalMessage();
  expect(first.usage.cache_creation_input_tokens).toBeGreaterThan(2000);
  expect(second.usage.cache_read_input_tokens).toBe(first.usage.cache_creation_input_tokens);
});
