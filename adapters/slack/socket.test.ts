import { expect, onTestFinished, test } from 'vitest';
import { quiet, until } from '../../core/testing/listener.ts';
import { createSlackSim, type SlackSim, type SlackSimOptions } from '../../sim/slack/index.ts';
import { createSlack } from './index.ts';
import { connect } from './testing.ts';

async function startSim(options: SlackSimOptions = {}): Promise<SlackSim> {
  const sim = await createSlackSim(options);
  onTestFinished(() => sim.close());
  return sim;
}

test('when Slack refreshes the socket nothing is lost and we are back within two seconds', async () => {
  const sim = await startSim();
  const { chat, inbound } = await connect(sim);
  const ana = sim.person('Ana');
  const before = Date.now();
  sim.disconnectSockets('refresh_requested');
  await ana.say(await ana.dm(), 'meanwhile');
  expect(await inbound('message')).toMatchObject({ text: 'meanwhile' });
  await until(() => (chat.health().connected ? true : undefined));
  expect(Date.now() - before).toBeLessThan(2_000);
  expect(sim.connections()).toBe(1);
});

test('a dropped socket is dialled again, through hiccups of Slack', async () => {
  const sim = await startSim();
  const { chat, inbound } = await connect(sim);
  sim.faults.add({ kind: 'error500', method: 'apps.connections.open' });
  sim.faults.add({ kind: 'drop_before', method: 'apps.connections.open' });
  sim.dropSockets();
  await until(() => (chat.health().connected ? undefined : true));
  const ana = sim.person('Ana');
  await ana.say(await ana.dm(), 'meanwhile');
  expect(await inbound('message')).toMatchObject({ text: 'meanwhile' });
});

test('a token that is revoked while we run is told by health and kills nothing', async () => {
  const sim = await startSim();
  const { chat } = await connect(sim);
  sim.faults.add({ kind: 'error', method: 'apps.connections.open', error: 'invalid_auth', times: 100 });
  sim.dropSockets();
  const detail = await until(() => (chat.health().detail?.includes('invalid_auth') ? chat.health().detail : undefined));
  expect(chat.health().connected).toBe(false);
  expect(detail).toContain('refuses the token');
});

test('a start without Slack fails with what is wrong', async () => {
  const chat = createSlack({ botToken: 'xoxb-1', appToken: 'xapp-1', apiUrl: 'http://127.0.0.1:9/api/', log: quiet });
  await expect(chat.start(() => Promise.resolve())).rejects.toMatchObject({ code: 'unavailable', remedy: 'retry' });
  await chat.stop();
});

test('after stop nothing comes in and nothing is dialled', async () => {
  const sim = await startSim();
  const { chat, inbox } = await connect(sim);
  await chat.stop();
  await until(() => (sim.connections() === 0 ? true : undefined));
  const ana = sim.person('Ana');
  await ana.say(await ana.dm(), 'hello');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(inbox).toEqual([]);
  expect(sim.connections()).toBe(0);
  expect(chat.health().connected).toBe(false);
});
