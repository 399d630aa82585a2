import { expect, test } from 'vitest';
import { png } from '../../core/testing/image.ts';
import { validateBody } from './validate.ts';

const user = { role: 'user', content: 'Hi' };
const good = { model: 'claude-sonnet-5-5', max_tokens: 10, messages: [user] };
const use = (id: string) => ({ role: 'assistant', content: [{ type: 'tool_use', id, name: 'go', input: {} }] });
const result = (id: string) => ({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'ok' }] });
const text = (content: string) => ({ type: 'text', text: content, cache_control: { type: 'ephemeral' } });
const tool = (name: string) => ({ name, input_schema: { type: 'object' } });

const check = (body: unknown) => validateBody(body, 'messages', '2026-10-21');
const { max_tokens: _, ...withoutMaxTokens } = good;

test.each<[string, unknown, string]>([
  ['no model', { max_tokens: 1, messages: [user] }, 'model: Field required'],
  ['no max_tokens', withoutMaxTokens, 'max_tokens: Field required'],
  ['max_tokens of zero', { ...good, max_tokens: 0 }, 'max_tokens: Input should be greater than or equal to 1'],
  [
    'max_tokens beyond the model',
    { ...good, max_tokens: 128_001 },
    'max_tokens: 128001 > 128000, which is the maximum',
  ],
  ['no messages', { ...good, messages: [] }, 'messages: at least one message is required'],
  ['an unknown role', { ...good, messages: [{ role: 'robot', content: 'x' }] }, 'messages: Unexpected role "robot"'],
  [
    'an empty message',
    { ...good, messages: [{ role: 'user', content: '' }] },
    'messages.0: all messages must have non-empty',
  ],
  [
    'an empty text block',
    { ...good, messages: [{ role: 'user', content: [text('')] }] },
    'text content blocks must be non-empty',
  ],
  [
    'an assistant message first',
    { ...good, messages: [use('t'), result('t')] },
    'first message must use the "user" role',
  ],
  [
    'a prefilled answer',
    { ...good, messages: [user, { role: 'assistant', content: 'I' }] },
    'does not support assistant message prefill',
  ],
  [
    'an unanswered tool use',
    { ...good, messages: [user, use('toolu_1'), user] },
    'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1',
  ],
  [
    'an unknown tool result',
    {
      ...good,
      messages: [
        user,
        use('toolu_1'),
        result('toolu_1'),
        use('a'),
        { role: 'user', content: [...result('a').content, ...result('toolu_1').content] },
      ],
    },
    'messages.4.content.1: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1',
  ],
  [
    'a bad tool name',
    { ...good, tools: [tool('two words')] },
    "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
  ],
  ['a tool without schema', { ...good, tools: [{ name: 'go' }] }, 'tools.0.custom.input_schema: Field required'],
  ['two tools of one name', { ...good, tools: [tool('go'), tool('go')] }, 'tools: Tool names must be unique.'],
  [
    'an unknown tool choice',
    { ...good, tool_choice: { type: 'tool', name: 'x' } },
    "Tool 'x' not found in provided tools",
  ],
  [
    'five breakpoints',
    { ...good, system: [text('a'), text('b'), text('c'), text('d'), text('e')] },
    'A maximum of 4 blocks with cache_control may be provided. Found 5.',
  ],
  ['sampling parameters', { ...good, temperature: 1 }, 'temperature: Extra inputs are not permitted'],
])('%s is refused in the words of the API', (_name, body, message) => {
  expect(() => check(body)).toThrow(message);
});

test('tool results are found behind system notes and across neighbouring user messages', () => {
  const two = { role: 'assistant', content: [...use('a').content, ...use('b').content] };
  const note = { role: 'system', content: 'A note' };
  expect(() => check({ ...good, messages: [user, two, note, result('a'), note, result('b'), user] })).not.toThrow();
});

test('the older version still takes sampling parameters, and count_tokens needs no max_tokens', () => {
  expect(() => validateBody({ ...good, temperature: 1 }, 'messages', '2023-06-01')).not.toThrow();
  expect(() => validateBody(withoutMaxTokens, 'count_tokens', '2026-10-21')).not.toThrow();
});

const image = (data: Buffer, media_type = 'image/png') => ({
  ...{ type: 'image', source: { type: 'base64', media_type, data: data.toString('base64') } },
});
const shown = (block: unknown) => ({ ...good, messages: [{ role: 'user', content: [text('See'), block] }] });

test.each<[string, unknown, string]>([
  ['an image of another type than it says', shown(image(png(2, 2), 'image/jpeg')), 'does not appear to be one'],
  ['an image of a type that is not taken', shown(image(png(2, 2), 'image/svg+xml')), "Input should be 'image/jpeg'"],
  ['an image that was cut off', shown(image(png(2, 2).subarray(0, 30))), 'Could not process image'],
  ['an image that is too wide', shown(image(png(8_001, 1))), 'exceed max allowed size: 8000 pixels'],
  [
    'an image of more than 5 MB',
    shown(image(Buffer.concat([png(2, 2), Buffer.alloc(4 * 1024 * 1024)]))),
    'image exceeds 5 MB maximum',
  ],
  [
    'such an image in a tool result',
    {
      ...good,
      messages: [
        user,
        use('t'),
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: [image(Buffer.from('no'))] }] },
      ],
    },
    'messages.2.content.0.tool_result.content.0.image.source.base64.data',
  ],
])('%s is refused', (_, body, message) => {
  expect(() => check(body)).toThrow(message);
});

test('an image within the limits is taken', () => {
  expect(() => check(shown(image(png(8_000, 1))))).not.toThrow();
});
