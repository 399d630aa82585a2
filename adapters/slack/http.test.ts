import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { Inbound } from '../../core/domain/chat.ts';
import { quiet, until } from '../../core/testing/listener.ts';
import { createSlackSim, type SlackSim } from '../../sim/slack/index.ts';
import { createSlack, type SlackChat } from './index.ts';

interface Scene {
  sim: SlackSim;
  chat: SlackChat;
  url: string;
  inbox: Inbound[];
}

async function scene(before: () => Promise<void> = () => Promise.resolve(), secret?: string): Promise<Scene> {
  const sim = await createSlackSim();
  onTestFinished(() => sim.close());
  const { botToken, apiUrl, signingSecret } = sim;
  const chat = createSlack({ botToken, signingSecret: secret ?? signingSecret, apiUrl, log: quiet });
  const server = createServer((req, res) => void chat.handler?.(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/slack/events`;
  const inbox: Inbound[] = [];
  await chat.start(async (inbound) => {
    await before();
    inbox.push(inbound);
  });
  onTestFinished(() => chat.stop());
  sim.deliverEventsTo(url);
  return { sim, chat, url, inbox };
}

test('signed events, presses and commands arrive over HTTP', async () => {
  const { sim, chat, url, inbox } = await scene();
  expect(await sim.verifyUrl(url)).toBe(true);
  const ana = sim.person('Ana');
  const channel = sim.createChannel('web');
  await ana.say(channel, '@mainloop hello');
  const message = await until(() => inbox.find((one) => one.kind === 'message'));
  const ref = await chat.post(message.place, { text: 'x', buttons: [[{ label: 'Go', token: 'go' }]] }, 'k');
  const card = await sim.waitFor(() => sim.messages(channel).find((one) => one.ts === ref.id));
  await ana.press(card, { text: 'Go' });
  await ana.command('/mainloop', 'help', channel);
  await until(() =>
    inbox.some((one) => one.kind === 'action') && inbox.some((one) => one.kind === 'command') ? true : undefined,
  );
  expect(chat.health()).toEqual({ connected: true });
});

test('a bad signature is answered with 401 and goes no further', async () => {
  const { sim, inbox, url } = await scene(undefined, 'another-secret');
  const ana = sim.person('Ana');
  await ana.say(await ana.dm(), 'hello');
  await until(() => (sim.deliveries.some(({ reason }) => reason !== undefined) ? true : undefined));
  expect(inbox).toEqual([]);
  const unsigned = await fetch(url, { method: 'POST', body: '{"type":"event_callback"}' });
  expect(unsigned.status).toBe(401);
});

test('an event that could not be stored is answered with an error, so that Slack sends it again', async () => {
  let failures = 1;
  const { sim, inbox } = await scene(() => {
    failures -= 1;
    return failures >= 0 ? Promise.reject(new Error('no database')) : Promise.resolve();
  });
  const ana = sim.person('Ana');
  await ana.say(await ana.dm(), 'hello');
  await until(() => (inbox.length === 1 ? true : undefined));
  const attempts = () => sim.deliveries.filter(({ type }) => type === 'message').map(({ acked }) => acked);
  await until(() => attempts().includes(true) || undefined);
  expect(attempts()).toEqual([false, true]);
});

test('before the start and after the stop requests are put off', async () => {
  const { chat, url } = await scene();
  await chat.stop();
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(503);
});
