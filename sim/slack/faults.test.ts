import { expect, test } from 'vitest';
import { startSim, webClient } from './testing.ts';

test.each([
  ['ratelimited', 0, 'slack_webapi_rate_limited_error'],
  ['error500', 0, 'slack_webapi_http_error'],
  ['drop_before', 0, 'slack_webapi_request_error'],
  ['error', 0, 'slack_webapi_platform_error'],
  ['drop_after', 1, 'slack_webapi_request_error'],
  ['error500_after', 1, 'slack_webapi_http_error'],
  ['timeout_after', 1, 'slack_webapi_request_error'],
] as const)('%s hits one call, and leaves %i message behind', async (kind, left, code) => {
  const sim = await startSim();
  const client = webClient(sim);
  const channel = sim.createChannel('general');
  sim.faults.add({ kind, method: 'chat.postMessage', retryAfter: 7, error: 'fatal_error' });
  await client.auth.test();
  await expect(client.chat.postMessage({ channel, text: 'x' })).rejects.toMatchObject({ code });
  expect(sim.messages(channel)).toHaveLength(left);
  expect(sim.calls.map((call) => call.method)).toEqual(['auth.test', 'chat.postMessage']);
  expect(sim.calls[1]?.error).toBe(kind === 'error' ? 'fatal_error' : kind);
  await client.chat.postMessage({ channel, text: 'y' });
  expect(sim.messages(channel)).toHaveLength(left + 1);
});

test('a pattern with a count hits that many calls, and clear ends it', async () => {
  const sim = await startSim();
  const client = webClient(sim);
  sim.faults.add({ kind: 'error500', method: /^auth\./, times: 2 });
  await expect(client.auth.test()).rejects.toThrow();
  await expect(client.auth.test()).rejects.toThrow();
  expect((await client.auth.test()).ok).toBe(true);
  sim.faults.add({ kind: 'error500', times: Number.POSITIVE_INFINITY });
  await expect(client.auth.test()).rejects.toThrow();
  sim.faults.clear();
  expect((await client.auth.test()).ok).toBe(true);
});

test('a limited method is refused over its budget, with the seconds to wait, until time has passed', async () => {
  let now = Date.now();
  const sim = await startSim({ clock: () => now });
  const client = webClient(sim);
  const channel = sim.createChannel('general');
  const { ts = '' } = await client.chat.postMessage({ channel, text: '0' });
  sim.limit('chat.update', { perMinute: 50, burst: 2 });
  const update = (text: string) => client.chat.update({ channel, ts, text });
  await update('1');
  await update('2');
  await expect(update('3')).rejects.toMatchObject({ retryAfter: 2 });
  await client.chat.postMessage({ channel, text: 'others pass' });
  now += 2_000;
  await update('4');
  sim.limit('chat.update', undefined);
  for (const text of ['5', '6', '7']) await update(text);
  expect(sim.messages(channel)[0]).toMatchObject({ text: '7', edits: 6 });
});
