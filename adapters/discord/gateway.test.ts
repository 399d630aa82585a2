import { expect, onTestFinished, test } from 'vitest';
import type { Failure } from '../../core/errors.ts';
import { quiet, until } from '../../core/testing/listener.ts';
import { createDiscordSim, type DiscordSim, type DiscordSimOptions } from '../../sim/discord/index.ts';
import { createDiscord } from './index.ts';
import { connect } from './testing.ts';

async function startSim(options: DiscordSimOptions = {}): Promise<DiscordSim> {
  const sim = await createDiscordSim(options);
  onTestFinished(() => sim.close());
  return sim;
}

const startFails = async (chat: ReturnType<typeof createDiscord>): Promise<Failure> => {
  onTestFinished(() => chat.stop());
  return chat
    .start(async () => undefined)
    .then(
      () => Promise.reject(new Error('it started')),
      (error: Failure) => error,
    );
};

test('a refused token is said in one line that does not show it', async () => {
  const { apiUrl } = await startSim();
  const chat = createDiscord({ token: 'wrong.discord.token', apiUrl, log: quiet });
  const failure = await startFails(chat);
  expect(failure).toMatchObject({ code: 'invalid_credentials', remedy: 'never' });
  expect(JSON.stringify(failure) + failure.message + failure.advice).not.toContain('wrong.discord');
});

test('a bot without the Message Content intent is told where to switch it on', async () => {
  const { token, apiUrl } = await startSim({ privilegedIntents: [] });
  const failure = await startFails(createDiscord({ token, apiUrl, log: quiet }));
  expect(failure).toMatchObject({
    code: 'missing_intent',
    advice: expect.stringContaining('Privileged Gateway Intents'),
  });
});

test.each([
  ['a lost connection', (sim: DiscordSim) => sim.gateway.drop()],
  ['a request to reconnect', (sim: DiscordSim) => sim.gateway.requestReconnect()],
  ['a close that can be resumed', (sim: DiscordSim) => sim.gateway.disconnect(4000)],
] as const)(
  'what is said during %s is told once it is over',
  async (_, cut) => {
    const sim = await startSim();
    const { chat, inbound } = await connect(sim);
    const channel = sim.createChannel('web');
    cut(sim);
    sim.person('Ana').say(channel, 'meanwhile');
    await inbound('message', ({ text }) => text === 'meanwhile');
    expect(chat.health().gapAt).toBeUndefined();
  },
  20_000,
);

test('a session that is lost for good leaves a gap, which is said, and what was said in it can be read', async () => {
  const sim = await startSim();
  const { chat, inbox } = await connect(sim);
  const channel = sim.createChannel('web');
  const since = Date.now() - 1_000;
  sim.gateway.goOffline();
  await until(() => (chat.health().connected ? undefined : true));
  sim.person('Ana').say(channel, 'into the void');
  sim.gateway.goOnline();
  await until(() => chat.health().gapAt);
  expect(inbox).toEqual([]);
  const read = [];
  for await (const one of chat.history({ platform: 'discord', space: sim.guildId, channel, dm: false }, since))
    read.push(one);
  expect(read).toMatchObject([{ text: 'into the void' }]);
}, 30_000);

test('a token that is refused later is said in health and tried again, and the program goes on', async () => {
  const sim = await startSim();
  const { chat, inbound } = await connect(sim);
  const channel = sim.createChannel('web');
  sim.gateway.disconnect(4004);
  await until(() => chat.health().detail);
  await until(() => (chat.health().connected ? true : undefined));
  sim.person('Ana').say(channel, 'back again');
  await inbound('message', ({ text }) => text === 'back again');
  expect(chat.health().gapAt).toBeDefined();
}, 20_000);

test('without a gateway for long a new client takes over when it is back', async () => {
  const sim = await startSim();
  const { chat, inbound } = await connect(sim, { deafMs: 500 });
  const channel = sim.createChannel('web');
  sim.gateway.goOffline();
  await until(() => (chat.health().detail?.includes('silent') ? true : undefined));
  sim.gateway.goOnline();
  await until(() => (chat.health().connected ? true : undefined));
  sim.person('Ana').say(channel, 'hello again');
  await inbound('message', ({ text }) => text === 'hello again');
}, 30_000);

test('everything that is refused for a token is refused by ourselves for a while', async () => {
  const sim = await startSim();
  const chat = createDiscord({ token: 'wrong', apiUrl: sim.apiUrl, log: quiet });
  for (let i = 0; i < 5; i += 1) await expect(chat.check()).rejects.toMatchObject({ code: 'invalid_credentials' });
  expect(sim.calls).toHaveLength(1);
});
