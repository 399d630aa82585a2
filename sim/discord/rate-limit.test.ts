import { type REST, Routes } from 'discord.js';
import { expect, test } from 'vitest';
import type { DiscordSim } from './index.ts';
import { restClient, startSim } from './testing.ts';

/** Discord's own limits, on a clock that the test moves. */
async function limited(): Promise<{ sim: DiscordSim; channel: string; pass: (ms: number) => void }> {
  let now = Date.now();
  const sim = await startSim({ rateLimits: true, clock: () => now });
  const channel = sim.createChannel('general');
  return {
    sim,
    channel,
    pass: (ms) => {
      now += ms;
    },
  };
}

/** Without a library that would wait. */
function bare(sim: DiscordSim, method: string, path: string, body?: object): Promise<Response> {
  const headers = { authorization: `Bot ${sim.token}`, 'content-type': 'application/json' };
  return fetch(`${sim.apiUrl}/v10${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
}

test('five messages in five seconds and channel, then 429 with what discord.js reads', async () => {
  const { sim, channel, pass } = await limited();
  const other = sim.createChannel('other');
  const say = (where: string): Promise<Response> => bare(sim, 'POST', `/channels/${where}/messages`, { content: 'x' });
  const left = [];
  for (let i = 0; i < 5; i += 1) left.push((await say(channel)).headers.get('x-ratelimit-remaining'));
  expect(left).toEqual(['4', '3', '2', '1', '0']);
  pass(2000);
  const refused = await say(channel);
  expect(refused.status).toBe(429);
  expect(await refused.json()).toEqual({
    message: 'You are being rate limited.',
    code: 0,
    retry_after: 3,
    global: false,
  });
  expect(Object.fromEntries(refused.headers)).toMatchObject({
    'retry-after': '3',
    'x-ratelimit-limit': '5',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset-after': '3',
    'x-ratelimit-scope': 'user',
  });
  expect((await say(other)).status).toBe(200);
  pass(3000);
  expect((await say(channel)).status).toBe(200);
  expect(sim.limits.violations).toBe(1);
  expect(sim.messages(channel)).toHaveLength(6);
});

test('one reaction in 250 ms, adding and taking together', async () => {
  const { sim, channel, pass } = await limited();
  const { id } = sim.person('ann').say(channel, 'hm');
  const path = `/channels/${channel}/messages/${id}/reactions/${encodeURIComponent('👍')}/@me`;
  expect((await bare(sim, 'PUT', path)).status).toBe(204);
  expect((await bare(sim, 'DELETE', path)).status).toBe(429);
  pass(250);
  expect((await bare(sim, 'DELETE', path)).status).toBe(204);
});

test('fifty requests a second over all', async () => {
  const { sim, pass } = await limited();
  const channels = Array.from({ length: 51 }, (_, i) => sim.createChannel(`c${i}`));
  const all = await Promise.all(channels.map((id) => bare(sim, 'GET', `/channels/${id}`)));
  const refused = all.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(1);
  expect(refused[0]?.headers.get('x-ratelimit-global')).toBe('true');
  expect(await refused[0]?.json()).toMatchObject({ global: true });
  pass(1000);
  expect((await bare(sim, 'GET', `/channels/${channels[0]}`)).status).toBe(200);
});

test('discord.js reads the headers and waits, so that nothing is refused', async () => {
  const sim = await startSim({ rateLimits: true });
  sim.limits.set('send', { limit: 2, windowMs: 200 });
  const channel = sim.createChannel('general');
  const rest = restClient(sim, { rejectOnRateLimit: null, offset: 10 });
  const began = performance.now();
  const posts = Array.from({ length: 5 }, (_, i) =>
    rest.post(Routes.channelMessages(channel), { body: { content: `${i}` } }),
  );
  await Promise.all(posts);
  expect(performance.now() - began).toBeGreaterThan(350);
  expect(sim.limits.violations).toBe(0);
  expect(sim.messages(channel).map(({ content }) => content)).toEqual(['0', '1', '2', '3', '4']);
});

const edit = (rest: REST, channel: string, id: string, content: string): Promise<unknown> =>
  rest.patch(Routes.channelMessage(channel, id), { body: { content } });

test('a message that is older than an hour can be edited a few times only: 30046', async () => {
  const { sim, channel, pass } = await limited();
  const { id } = (await restClient(sim).post(Routes.channelMessages(channel), { body: { content: '0' } })) as {
    id: string;
  };
  const fresh = await bare(sim, 'PATCH', `/channels/${channel}/messages/${id}`, { content: '1' });
  expect(fresh.status).toBe(200);
  pass(61 * 60_000);
  for (const content of ['2', '3', '4']) await edit(restClient(sim), channel, id, content);
  const refused = await bare(sim, 'PATCH', `/channels/${channel}/messages/${id}`, { content: '5' });
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ code: 30046, retry_after: 20 });
  pass(20_000);
  await edit(restClient(sim), channel, id, '5');
  sim.limits.enforce(false);
  for (const content of ['6', '7', '8']) await edit(restClient(sim), channel, id, content);
  await expect(edit(restClient(sim), channel, id, '9')).rejects.toThrow();
});
