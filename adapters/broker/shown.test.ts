import { afterEach, expect, test, vi } from 'vitest';
import { createAnthropicSim } from '../../sim/anthropic/index.ts';
import { ask, brain, createModelHarness } from './model-testing.ts';
import { createShown } from './shown.ts';

afterEach(() => vi.useRealTimers());

test('what is refused again and again is told to the door once, and cut short', async () => {
  const { close, door, raw, reset } = await createModelHarness(await createAnthropicSim({ brain }));
  reset();
  const told: string[] = [];
  door.refused = async (_attempt, what) => void told.push(what);
  for (let n = 0; n < 3; n += 1) expect((await raw({ ...ask, model: 'claude-none' })).status).toBe(403);
  expect((await raw({ ...ask, [`f${'x'.repeat(5_000)}`]: 1 })).status).toBe(403);
  expect(told).toEqual([expect.stringContaining('claude-none'), expect.stringMatching(/^The field fx{900,}$/)]);
  expect(told[1]).toHaveLength(1_000);
  await close();
});

test('the same words are shown again after some seconds, and of different ones so many', () => {
  vi.useFakeTimers();
  const isNew = createShown();
  expect([isNew('1.1.1', 'a'), isNew('1.1.1', 'a'), isNew('1.1.2', 'a')]).toEqual([true, false, true]);
  const many = Array.from({ length: 100 }, (_, n) => isNew('1.1.1', `b${n}`));
  expect(many.filter(Boolean)).toHaveLength(19);
  vi.advanceTimersByTime(10_000);
  expect([isNew('1.1.1', 'a'), isNew('1.1.1', 'a')]).toEqual([true, false]);
});
