import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { afterEach, expect, test } from 'vitest';
import { createSlackSim, type SlackSim } from './index.ts';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: Parameters<typeof createSlackSim>[0] = {}): Promise<SlackSim> {
  const sim = await createSlackSim(options);
  cleanups.push(() => sim.close());
  return sim;
}

function socketApp(sim: SlackSim) {
  const receiver = new SocketModeReceiver({
    appToken: sim.appToken,
    logLevel: LogLevel.ERROR,
    clientPingTimeout: 1000,
    installerOptions: { clientOptions: { slackApiUrl: sim.apiUrl } },
  });
  const app = new App({
    token: sim.botToken,
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: sim.apiUrl, retryConfig: { retries: 0 } },
  });
  cleanups.push(() => app.stop());
  return app;
}

test('Bolt in Socket Mode hears a mention twice over, answers in its thread, and hears its own post', async () => {
  const sim = await start();
  const app = socketApp(sim);
  const heard: string[] = [];
  app.event('app_mention', async ({ event, body, say }) => {
    heard.push(`mention ${body.event_id}`);
    await say({ text: 'hello', thread_ts: event.ts });
  });
  app.message(async ({ message, body }) => {
    heard.push(`message ${body.event_id} ${message.channel_type}`);
  });
  await app.start();
  const channel = sim.createChannel('general');
  const ts = await sim.person('ann').say(channel, 'hey @mainloop, look at https://x.example & say <hi>');
  const reply = await sim.waitFor(() => sim.messages(channel).find((m) => m.user === sim.botUserId));
  expect(reply).toMatchObject({ text: 'hello', thread_ts: ts, app_id: expect.any(String) });
  expect(sim.messages(channel)[0]?.text).toBe(
    `hey <@${sim.botUserId}>, look at <https://x.example> &amp; say &lt;hi&gt;`,
  );
  await sim.waitFor(() => (heard.length === 2 ? true : undefined));
  expect(new Set(heard.map((line) => line.split(' ')[1])).size).toBe(2);
  await sim.waitFor(() => (sim.deliveries.length === 3 ? true : undefined));
  expect(sim.deliveries.every((delivery) => delivery.acked)).toBe(true);
  expect(await new WebClient(sim.botToken, { slackApiUrl: sim.apiUrl }).auth.test()).toMatchObject({ ok: true });
});
