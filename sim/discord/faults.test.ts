import { Routes } from 'discord.js';
import { expect, test } from 'vitest';
import { restClient, startSim } from './testing.ts';

const SEND = 'POST /channels/:channel/messages';

test.each([
  ['ratelimited', 0, { name: /^RateLimitError/ }],
  ['error500', 0, { status: 500 }],
  ['error502', 0, { status: 502 }],
  ['drop_before', 0, {}],
  ['timeout', 0, { name: 'AbortError' }],
  ['drop_after', 1, {}],
  ['error500_after', 1, { status: 500 }],
  ['timeout_after', 1, { name: 'AbortError' }],
] as const)('%s hits one call, and leaves %i message behind', async (kind, left, error) => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const rest = restClient(sim, { timeout: 100 });
  sim.faults.add({ kind, route: SEND, retryAfter: 7 });
  const failed: unknown = await rest
    .post(Routes.channelMessages(channel), { body: { content: 'x' } })
    .catch((e: unknown) => e);
  expect(failed).toBeInstanceOf(Error);
  for (const [key, value] of Object.entries(error)) {
    const given = (failed as Record<string, unknown>)[key];
    if (value instanceof RegExp) expect(given).toMatch(value);
    else expect(given).toBe(value);
  }
  expect(sim.messages(channel)).toHaveLength(left);
  expect(sim.calls.at(-1)).toMatchObject({ route: SEND, fault: kind });
  await restClient(sim).post(Routes.channelMessages(channel), { body: { content: 'y' } });
  expect(sim.messages(channel)).toHaveLength(left + 1);
});

test('discord.js sends again after a 502 or a timeout: twice without a nonce, once with', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const rest = restClient(sim, { retries: 1, timeout: 100 });
  const post = (body: object): Promise<unknown> => rest.post(Routes.channelMessages(channel), { body });
  sim.faults.add({ kind: 'error502', route: SEND });
  await post({ content: 'after 502' });
  expect(sim.messages(channel)).toHaveLength(1);
  sim.faults.add({ kind: 'timeout_after', route: SEND });
  await post({ content: 'twice' });
  expect(sim.messages(channel)).toHaveLength(3);
  sim.faults.add({ kind: 'timeout_after', route: SEND });
  await post({ content: 'once', nonce: 'n1', enforce_nonce: true });
  expect(sim.messages(channel)).toHaveLength(4);
});

test('discord.js waits out a 429 that was asked for, by channel or global', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const rest = restClient(sim, { rejectOnRateLimit: null, offset: 0 });
  sim.faults.add({ kind: 'ratelimited', retryAfter: 0.05, route: new RegExp(`^POST /channels/${channel}/`) });
  sim.faults.add({ kind: 'ratelimited', retryAfter: 0.05, isGlobal: true, route: SEND });
  await rest.post(Routes.channelMessages(channel), { body: { content: 'x' } });
  expect(sim.calls.map(({ status }) => status)).toEqual([429, 429, 200]);
  expect(sim.limits.violations).toBe(0);
});
