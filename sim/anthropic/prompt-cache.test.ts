import { expect, test } from 'vitest';
import { countPrompt, PromptCache } from './prompt-cache.ts';
import type { Block, MessagesBody } from './types.ts';

const mark = { type: 'ephemeral' as const };
/** About `tokens` tokens of text. */
const block = (tokens: number, cached = false, letter = 'a'): Block => ({
  type: 'text',
  text: letter.repeat(tokens * 4),
  ...(cached ? { cache_control: mark } : {}),
});
const body = (system: Block[], content: Block[] = [block(10)]): MessagesBody => ({
  model: 'claude-sonnet-5-5',
  max_tokens: 100,
  system,
  messages: [{ role: 'user', content }],
});
const sum = (usage: ReturnType<PromptCache['charge']>) =>
  usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens;

test('a prefix is written once and read by the next request that shares it', () => {
  const cache = new PromptCache();
  const first = cache.charge(body([block(2000, true)]));
  expect(first.cache_read_input_tokens).toBe(0);
  expect(first.cache_creation_input_tokens).toBeGreaterThan(2000);
  expect(first.input_tokens).toBeLessThan(50);
  const second = cache.charge(body([block(2000, true)], [block(30, false, 'b')]));
  expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
  expect(second.cache_creation_input_tokens).toBe(0);
});

test('the three input counts add up to the whole prompt, cached or not', () => {
  const cache = new PromptCache();
  const bare = sum(cache.charge(body([block(2000)])));
  expect(sum(cache.charge(body([block(2000, true)])))).toBe(bare);
  expect(sum(cache.charge(body([block(2000, true)])))).toBe(bare);
});

test('a growing conversation reads what the last turn wrote and writes only what is new', () => {
  const cache = new PromptCache();
  const turns = Array.from({ length: 8 }, (_, index) => block(400, false, String(index)));
  cache.charge(body([block(1500, true)], [...turns.slice(0, 4), block(20, true, 'x')]));
  const next = cache.charge(
    body([block(1500, true)], [...turns.slice(0, 4), block(20, false, 'x'), block(400, true, 'y')]),
  );
  expect(next.cache_read_input_tokens).toBeGreaterThan(1500 + 4 * 400);
  expect(next.cache_creation_input_tokens).toBeLessThan(450);
  expect(next.input_tokens).toBe(0);
});

test('a change before the breakpoint misses the cache', () => {
  const cache = new PromptCache();
  cache.charge(body([block(2000, true)]));
  expect(cache.charge(body([block(2000, true, 'z')])).cache_read_input_tokens).toBe(0);
  const withTool = { ...body([block(2000, true)]), tools: [{ name: 'go', input_schema: { type: 'object' } }] };
  expect(cache.charge(withTool).cache_read_input_tokens).toBe(0);
  expect(cache.charge({ ...body([block(2000, true)]), model: 'claude-opus-5-5' }).cache_read_input_tokens).toBe(0);
});

test('fewer than 1024 tokens are not cached', () => {
  const cache = new PromptCache();
  cache.charge(body([block(900, true)]));
  expect(cache.charge(body([block(900, true)]))).toMatchObject({
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  });
});

test('an entry lives five minutes after its last use, an hour when asked for', () => {
  let now = 0;
  const cache = new PromptCache(() => now);
  const read = (system: Block[]) => cache.charge(body(system)).cache_read_input_tokens;
  const short = [block(2000, true)];
  const long = [{ ...block(2000, false, 'l'), cache_control: { ...mark, ttl: '1h' as const } }];
  expect(read(short)).toBe(0);
  expect(cache.charge(body(long)).cache_creation.ephemeral_1h_input_tokens).toBeGreaterThan(2000);
  now = 4 * 60_000;
  expect(read(short)).toBeGreaterThan(0);
  now = 8 * 60_000;
  expect(read(short)).toBeGreaterThan(0);
  now = 14 * 60_000;
  expect(read(short)).toBe(0);
  expect(read(long)).toBeGreaterThan(0);
});

test('an entry more than 20 blocks before the breakpoint is not found', () => {
  const cache = new PromptCache();
  const tail = Array.from({ length: 25 }, (_, index) => block(5, index === 24, String(index % 10)));
  cache.charge(body([block(2000, true)]));
  const marked = body([block(2000)], tail);
  expect(cache.charge(marked).cache_read_input_tokens).toBe(0);
});

test('a breakpoint on the whole request caches its last block', () => {
  const cache = new PromptCache();
  const request = { ...body([block(2000)]), cache_control: mark };
  expect(cache.charge(request).input_tokens).toBe(0);
  expect(cache.charge(request).cache_read_input_tokens).toBeGreaterThan(2000);
});

test('an image costs what an image costs, whatever its bytes', () => {
  const shown = (bytes: number) => {
    const data = 'A'.repeat(bytes);
    const source = { type: 'base64', media_type: 'image/png', data };
    return countPrompt({
      model: 'm',
      max_tokens: 1,
      messages: [{ role: 'user', content: [{ type: 'image', source }] }],
    });
  };
  expect(shown(1_000_000)).toBe(shown(100));
  expect(shown(100)).toBeGreaterThan(1_000);
});
