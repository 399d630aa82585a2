import { afterAll, beforeEach, expect, test } from 'vitest';
import { createAnthropicSim } from '../../sim/anthropic/index.ts';
import { ask, brain, createModelHarness } from './model-testing.ts';

const sim = await createAnthropicSim({ brain });
const { close, raw, reset } = await createModelHarness(sim);
afterAll(close);
beforeEach(reset);

test.each([
  ['another model', { model: 'claude-fable-5-1' }, 'not allowed for this task'],
  ['a server-side tool', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'web_search_20250305'],
  [
    'a server-side tool that a message adds',
    {
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'system',
          content: [
            {
              type: 'tool_addition',
              tool: { type: 'tool_definition', definition: { type: 'web_fetch_20260318', name: 'web_fetch' } },
            },
          ],
        },
      ],
    },
    'web_fetch_20260318',
  ],
  ['another service tier', { service_tier: 'auto' }, 'The field service_tier'],
  ['another place of inference', { inference_geo: 'us' }, 'The field inference_geo'],
  ['a fallback to another model', { fallbacks: [{ model: 'claude-fable-5-1' }] }, 'The field fallbacks'],
  ['a thread kept at the model’s side', { thread: { type: 'create' } }, 'The field thread'],
  ['a field that nobody knows', { next_year: 1 }, 'The field next_year'],
  ['a summary of what was said', { context_management: { edits: [{ type: 'compact_20260112' }] } }, 'compact_20260112'],
  [
    'an uploaded file',
    { messages: [{ role: 'user', content: [{ type: 'container_upload', file_id: 'f' }] }] },
    'file id',
  ],
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

test('what Claude Code sends passes', async () => {
  const sent = {
    ...ask,
    ...{ system: 'Be brief.', metadata: { user_id: 'u' }, thinking: { type: 'adaptive', display: 'updates' } },
    ...{ context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] }, stop_sequences: ['END'] },
    ...{
      output_config: { effort: 'medium' },
      diagnostics: { previous_message_id: null },
      stream: true,
      container: null,
    },
  };
  expect((await raw(sent)).status).toBe(200);
  expect(sim.requests.at(-1)?.body).toEqual(sent);
});

test('of a field that comes twice, what was checked is sent', async () => {
  const twice = JSON.stringify(ask).replace('{', '{"model":"claude-fable-5-1","max_tokens":1,');
  expect((await raw(twice)).status).toBe(200);
  const { headers, bytes } = sim.requests.at(-1) ?? {};
  expect(bytes).toBe(Buffer.byteLength(JSON.stringify(ask)));
  expect(headers?.['content-length']).toBe(String(bytes));
});
