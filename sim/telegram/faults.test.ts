import { expect, test } from 'vitest';
import { apiOf, botOf, poll, startSim } from './testing.ts';

test.each([
  ['ratelimited', 0, 'Too Many Requests: retry after 7', { error_code: 429, parameters: { retry_after: 7 } }],
  ['error500', 0, 'Internal Server Error', { error_code: 500 }],
  ['error502', 0, 'Bad Gateway', { error_code: 502 }],
  ['unauthorized', 0, 'Unauthorized', { error_code: 401 }],
  ['conflict', 0, /^Conflict: terminated by other getUpdates request/, { error_code: 409 }],
  ['error', 0, 'Bad Request: PEER_ID_INVALID', { error_code: 400 }],
  ['drop_before', 0, 'drop_before', { name: 'HttpError' }],
  ['timeout', 0, 'timeout', { name: 'HttpError' }],
  ['drop_after', 1, 'drop_after', { name: 'HttpError' }],
  ['error500_after', 1, 'error500_after', { error_code: 500 }],
  ['timeout_after', 1, 'timeout_after', { name: 'HttpError' }],
] as const)('%s hits one call, and leaves %i message behind', async (kind, left, recorded, error) => {
  const { sim, api, ana } = await withAna();
  const impatient = apiOf(sim, { timeoutSeconds: kind.startsWith('timeout') ? 0.3 : 5 });
  const description = 'Bad Request: PEER_ID_INVALID';
  sim.faults.add({ kind, method: 'sendMessage', retryAfter: 7, code: 400, description });
  await expect(impatient.sendMessage(ana.id, 'x')).rejects.toMatchObject(error);
  expect(ana.sees(ana.id)).toHaveLength(1 + left);
  expect(sim.calls.at(-1)?.error).toMatch(recorded);
  await api.sendMessage(ana.id, 'y');
  expect(ana.sees(ana.id)).toHaveLength(2 + left);
});

test('a pattern with a count hits that many calls, and clear ends it', async () => {
  const { sim, api, ana } = await withAna();
  sim.faults.add({ kind: 'error500', method: /^send/, times: 2 });
  await expect(api.sendMessage(ana.id, 'x')).rejects.toThrow();
  await api.getMe();
  await expect(api.sendChatAction(ana.id, 'typing')).rejects.toThrow();
  await api.sendMessage(ana.id, 'x');
  sim.faults.add({ kind: 'error500', times: Number.POSITIVE_INFINITY });
  await expect(api.getMe()).rejects.toThrow();
  sim.faults.clear();
  await api.getMe();
});

test('an outage cuts everything, and what was said meanwhile comes after it', async () => {
  const { sim, api, ana } = await withAna();
  const open = api.getUpdates({ offset: 999_999_999, timeout: 30 });
  const cut = expect(open).rejects.toMatchObject({ name: 'HttpError' });
  await sim.waitFor(() => sim.calls.find(({ method }) => method === 'getUpdates'));
  sim.faults.outage(true);
  await cut;
  await expect(api.getMe()).rejects.toMatchObject({ name: 'HttpError' });
  await ana.say(ana.id, 'anybody?');
  sim.faults.outage(false);
  expect((await api.getUpdates({ offset: -1 }))[0]?.message?.text).toBe('anybody?');
});

test('a polling bot survives a dropped poll and hears each message once', async () => {
  const { sim, ana } = await withAna();
  const bot = botOf(sim);
  const heard: string[] = [];
  bot.on('message:text', (ctx) => void heard.push(ctx.msg.text));
  await poll(bot);
  await sim.waitFor(() => (sim.pending() === 0 ? true : undefined));
  sim.faults.add({ kind: 'drop_after', method: 'getUpdates' });
  await ana.say(ana.id, 'one');
  await ana.say(ana.id, 'two');
  await sim.waitFor(() => (heard.includes('two') ? true : undefined), { timeoutMs: 15_000 });
  expect(heard).toEqual(['/start', 'one', 'two']);
});

async function withAna() {
  const sim = await startSim({ limits: 'none' });
  const ana = sim.person('Ana');
  await ana.start();
  return { sim, api: apiOf(sim), ana };
}
