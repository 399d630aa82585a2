import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ModelEvent, ModelMessage, ModelRequest } from '../../core/ports.ts';
import { png } from '../../core/testing/image.ts';
import { type AnthropicSim, createAnthropicSim } from '../../sim/anthropic/index.ts';
import { type AnthropicModel, createAnthropic } from './index.ts';

const log = pino({ level: 'silent' });
const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] });
const tool = (name: string) => ({ name, description: name, input: { type: 'object', properties: {} } });
const request = (messages: readonly ModelMessage[] = [user('Hi')]): ModelRequest => ({
  model: 'claude-sonnet-5-5',
  system: ['You are Mainloop.', 'Projects: acme/web.'],
  tools: [tool('spawn_task'), tool('list_tasks')],
  messages,
  maxTokens: 1000,
});

let sim: AnthropicSim;
let model: AnthropicModel;
beforeAll(async () => {
  sim = await createAnthropicSim({ brain: () => ({ say: 'unset' }) });
  model = createAnthropic({ apiKey: sim.apiKey, baseUrl: sim.url, log });
});
beforeEach(() => sim.faults.clear());
afterAll(() => sim.close());

async function all(events: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const list: ModelEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}

/** What was answered before the failure, and the failure. */
async function failing(events: AsyncIterable<ModelEvent>): Promise<{ text: string; failure: unknown }> {
  let text = '';
  try {
    for await (const event of events) if (event.type === 'text') text += event.text;
  } catch (failure) {
    return { text, failure };
  }
  throw new Error(`did not fail, said ${text}`);
}

describe('an answer', () => {
  test('streams its text, then its tool uses, then the end with usage', async () => {
    sim.brain = () => ({ say: ['Let ', 'me.'], use: [{ name: 'spawn_task', input: { title: 'Zürich' } }] });
    const events = await all(model.stream(request()));
    expect(events).toEqual([
      { type: 'text', text: 'Let ' },
      { type: 'text', text: 'me.' },
      { type: 'tool_use', id: expect.any(String), name: 'spawn_task', input: { title: 'Zürich' } },
      { type: 'end', stop: 'tool_use', usage: expect.any(Object) },
    ]);
  });

  test.each([
    ['end_turn', 'end_turn'],
    ['pause_turn', 'end_turn'],
    ['stop_sequence', 'end_turn'],
    ['max_tokens', 'max_tokens'],
    ['refusal', 'refusal'],
  ] as const)('that stops with %s ends with %s', async (stopReason, stop) => {
    sim.brain = () => ({ say: 'So.', stopReason });
    expect((await all(model.stream(request()))).at(-1)).toMatchObject({ type: 'end', stop });
  });

  test('sends back the tool use and its result as the API wants them', async () => {
    sim.brain = ({ toolResults }) => ({ say: `${toolResults[0]?.name}: ${toolResults[0]?.isError}` });
    const messages: ModelMessage[] = [
      user('Go'),
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'list_tasks', input: 'not JSON' }] },
      { role: 'user', content: [{ type: 'tool_result', id: 'toolu_1', content: 'bad input', isError: true }] },
    ];
    expect((await all(model.stream(request(messages))))[0]).toEqual({ type: 'text', text: 'list_tasks: true' });
  });

  test('to an image shows it to the model; one that the API would refuse becomes words', async () => {
    sim.brain = () => ({ say: 'ok' });
    const data = png(20, 10).toString('base64');
    const large = 'A'.repeat(5 * 1024 * 1024 + 4);
    const content = [
      { type: 'text', text: 'See' },
      { type: 'image', mediaType: 'image/png', data },
      { type: 'image', mediaType: 'image/png', data: large },
      { type: 'image', mediaType: 'image/svg+xml', data },
    ] as const;
    await all(model.stream(request([{ role: 'user', content }])));
    const sent = sim.requests.at(-1)?.view?.messages[0]?.content;
    expect(sent).toMatchObject([
      { type: 'text', text: 'See' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
      { type: 'text', text: '(an image that cannot be shown)' },
      { type: 'text', text: '(an image that cannot be shown)', cache_control: { type: 'ephemeral' } },
    ]);
  });

  test('to a message without words is no error', async () => {
    sim.brain = () => ({ say: 'Yes?' });
    expect((await all(model.stream(request([user(' \n')]))))[0]).toEqual({ type: 'text', text: 'Yes?' });
  });

  test('needs no system prompt and no tools', async () => {
    sim.brain = () => ({ say: 'Plain.' });
    expect(await all(model.stream({ ...request(), system: [], tools: [] }))).toHaveLength(2);
  });
});

test('the prompt is cached up to the last tool, each system block and the last message', async () => {
  sim.brain = () => ({ say: 'Ok.' });
  const long = 'A sentence that fills the prompt so that it is worth caching. '.repeat(400);
  const first = { ...request([user(long)]), system: [long, long] };
  await all(model.stream(first));
  const body = JSON.stringify(sim.requests.at(-1)?.body);
  expect(body.match(/"cache_control"/g)).toHaveLength(4);

  const next = {
    ...first,
    messages: [...first.messages, { role: 'assistant', content: [{ type: 'text', text: 'Ok.' }] }, user('And?')],
  };
  const end = (await all(model.stream(next as ModelRequest))).at(-1);
  if (end?.type !== 'end') throw new Error('no end');
  const { inputTokens, cachedTokens, cacheWriteTokens, outputTokens } = end.usage;
  expect(cachedTokens / (inputTokens + cachedTokens + cacheWriteTokens)).toBeGreaterThan(0.9);
  expect(outputTokens).toBeGreaterThan(0);
});

describe('a failure', () => {
  beforeAll(() => {
    sim.brain = () => ({ say: 'a fairly long answer that takes several chunks to send' });
  });

  test('of the key names ANTHROPIC_API_KEY', async () => {
    const stranger = createAnthropic({ apiKey: 'wrong', baseUrl: sim.url, log });
    const { failure } = await failing(stranger.stream(request()));
    expect(failure).toMatchObject({ code: 'invalid_credentials', remedy: 'never', message: /^ANTHROPIC_API_KEY/ });
  });

  test('of the model’s name names CHAT_MODEL', async () => {
    const { failure } = await failing(model.stream({ ...request(), model: 'claude-2' }));
    expect(failure).toMatchObject({ code: 'model_not_found', remedy: 'never', message: /^CHAT_MODEL.*claude-2/ });
  });

  test('of the rate carries the wait that was asked for', async () => {
    sim.faults.add({ kind: '429', retryAfter: 7 });
    const { failure } = await failing(model.stream(request()));
    expect(failure).toMatchObject({ code: 'rate_limited', remedy: 'retry', retryAfterMs: 7000 });
  });

  test.each(['529', '500'] as const)('%s is overload, asked once and left to the caller to repeat', async (kind) => {
    sim.faults.add({ kind });
    const before = sim.requests.length;
    const { failure } = await failing(model.stream(request()));
    expect(failure).toMatchObject({ code: 'overloaded', remedy: 'retry' });
    expect(sim.requests.length).toBe(before + 1);
  });

  test('by overload in the middle comes after the text before it', async () => {
    sim.faults.add({ kind: '529', after: 2 });
    const { text, failure } = await failing(model.stream(request()));
    expect(failure).toMatchObject({ code: 'overloaded', remedy: 'retry' });
    expect(text).not.toBe('');
  });

  test('by a cut line is `cut`, after the text before it', async () => {
    sim.faults.add({ kind: 'cut', after: 2 });
    const { text, failure } = await failing(model.stream(request()));
    expect(failure).toMatchObject({ code: 'cut', remedy: 'retry' });
    expect(text).not.toBe('');
  });

  test.each([0, 2])('by silence after %i chunks is `cut`', async (after) => {
    sim.faults.add({ kind: 'hang', after });
    const impatient = createAnthropic({ apiKey: sim.apiKey, baseUrl: sim.url, log, silenceMs: 300 });
    const { failure } = await failing(impatient.stream(request()));
    expect(failure).toMatchObject({ code: 'cut', remedy: 'retry' });
  });

  test('of the request itself is never repeated', async () => {
    const { failure } = await failing(model.stream({ ...request(), maxTokens: 0 }));
    expect(failure).toMatchObject({ code: 'invalid_request', remedy: 'never', message: /max_tokens/ });
  });

  test('to connect names ANTHROPIC_BASE_URL', async () => {
    const lost = createAnthropic({ apiKey: 'k', baseUrl: 'http://127.0.0.1:1', log });
    const { failure } = await failing(lost.stream(request()));
    expect(failure).toMatchObject({ code: 'unreachable', remedy: 'retry', advice: /ANTHROPIC_BASE_URL/ });
    expect(failure).toMatchObject({ message: /ECONNREFUSED/ });
  });
});

test('an abort ends the answer with a failure of its own', async () => {
  sim.brain = () => ({ say: ['One ', 'two ', 'three'] });
  sim.faults.add({ kind: 'hang', after: 1 });
  const abort = new AbortController();
  const events = model.stream(request(), abort.signal)[Symbol.asyncIterator]();
  expect((await events.next()).value).toEqual({ type: 'text', text: 'One ' });
  abort.abort();
  await expect(events.next()).rejects.toMatchObject({ code: 'aborted', remedy: 'never' });
});

describe('tool input that is not JSON', () => {
  /** The sim's faults break schemas, not JSON, so this answer is written by hand. */
  async function answer(stop: string): Promise<ModelEvent[]> {
    const block = { type: 'tool_use', id: 'toolu_1', name: 'spawn_task', input: {} };
    const usage = { input_tokens: 1, output_tokens: 1 };
    const events = [
      { type: 'message_start', message: { id: 'msg_1', role: 'assistant', content: [], usage } },
      { type: 'content_block_start', index: 0, content_block: block },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"title": "Fi' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: stop }, usage },
      { type: 'message_stop' },
    ];
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const result = await all(
      createAnthropic({ apiKey: 'k', baseUrl: `http://127.0.0.1:${port}`, log }).stream(request()),
    );
    server.closeAllConnections();
    server.close();
    return result;
  }

  test('arrives as the text the model wrote', async () => {
    expect((await answer('tool_use'))[0]).toMatchObject({ type: 'tool_use', input: '{"title": "Fi' });
  });

  test('is left out when the token limit cut it off', async () => {
    expect(await answer('max_tokens')).toMatchObject([{ type: 'end', stop: 'max_tokens' }]);
  });
});

describe('check', () => {
  const models = { CHAT_MODEL: 'claude-sonnet-5-5', WORKER_MODEL: 'claude-opus-5-5' };

  test('a good key and known models pass', async () => {
    await expect(model.check(models)).resolves.toBeUndefined();
  });

  test('an unknown model is named with its variable', async () => {
    await expect(model.check({ ...models, WORKER_MODEL: 'claude-2' })).rejects.toMatchObject({
      code: 'model_not_found',
      message: /^WORKER_MODEL/,
    });
  });

  test('a wrong key is named', async () => {
    const stranger = createAnthropic({ apiKey: 'wrong', baseUrl: sim.url, log });
    await expect(stranger.check(models)).rejects.toMatchObject({ message: /^ANTHROPIC_API_KEY/ });
  });

  test('a gateway without a list of models is let pass', async () => {
    const server = createServer((_, response) => response.writeHead(404).end('not here')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const gateway = createAnthropic({ apiKey: 'k', baseUrl: `http://127.0.0.1:${port}`, log });
    await expect(gateway.check(models)).resolves.toBeUndefined();
    server.close();
  });
});
