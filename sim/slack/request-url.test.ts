import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { httpApp, startSim } from './testing.ts';

test('signed events, commands and presses reach a Bolt app over HTTP', async () => {
  const sim = await startSim();
  const heard: string[] = [];
  const url = await httpApp(sim, sim.signingSecret, (app) => {
    app.event('app_mention', async ({ event, say }) => void (await say({ text: 'yes?', thread_ts: event.ts })));
    app.command('/mainloop', async ({ ack, command }) => ack(`in ${command.channel_name}`));
    app.action('go', async ({ ack, action }) => {
      heard.push('value' in action ? String(action.value) : '');
      await ack();
    });
  });
  sim.deliverEventsTo(url);
  expect(await sim.verifyUrl(url)).toBe(true);
  const channel = sim.createChannel('general');
  const ann = sim.person('ann');
  await ann.say(channel, '@mainloop');
  const reply = await sim.waitFor(() => sim.messages(channel)[1]);
  expect(reply.text).toBe('yes?');
  expect((await ann.command('/mainloop', 'x', channel)).replies[0]?.text).toBe('in general');
  const blocks = [
    {
      type: 'actions',
      elements: [{ type: 'button', action_id: 'go', value: 'v', text: { type: 'plain_text', text: 'Go' } }],
    },
  ];
  await fetch(`${sim.apiUrl}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sim.botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel, text: 't', blocks }),
  });
  const card = sim.messages(channel).at(-1);
  if (!card) throw new Error('the card is missing');
  await ann.press(card, { actionId: 'go' });
  expect(heard).toEqual(['v']);
});

test('an app with another signing secret refuses, and the event is retried three times', async () => {
  const sim = await startSim({ delivery: { retryDelaysMs: [5, 5, 5] } });
  const url = await httpApp(sim, 'another secret', (app) => app.message(async () => undefined));
  sim.deliverEventsTo(url);
  expect(await sim.verifyUrl(url)).toBe(false);
  await sim.person('ann').say(sim.createChannel('general'), 'hi');
  await sim.waitFor(() => (sim.deliveries.length === 4 ? true : undefined));
  expect(sim.deliveries.map(({ attempt, reason }) => [attempt, reason])).toEqual([
    [0, 'http_error'],
    [1, 'http_error'],
    [2, 'http_error'],
    [3, 'http_error'],
  ]);
});

test('a retry says its number and reason in headers, and stops when the app says no retry', async () => {
  const sim = await startSim({ delivery: { retryDelaysMs: [5, 5, 5] } });
  const heard: unknown[] = [];
  const server = createServer((request, response) => {
    heard.push([request.headers['x-slack-retry-num'], request.headers['x-slack-retry-reason']]);
    if (heard.length === 2) response.setHeader('x-slack-no-retry', '1');
    response.writeHead(503).end();
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  sim.deliverEventsTo(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`);
  await sim.person('ann').say(sim.createChannel('general'), 'hi');
  await sim.waitFor(() => (sim.deliveries.length === 2 ? true : undefined));
  expect(heard).toEqual([
    [undefined, undefined],
    ['1', 'http_error'],
  ]);
});

test('an app that is too slow is retried, and one that is gone is noticed', async () => {
  const sim = await startSim({ delivery: { ackTimeoutMs: 50, retryDelaysMs: [5] } });
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  sim.deliverEventsTo(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`);
  const channel = sim.createChannel('general');
  await sim.person('ann').say(channel, 'hi');
  await sim.waitFor(() => (sim.deliveries.length === 2 ? true : undefined));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await expect(sim.person('ann').command('/x', '', channel)).rejects.toMatchObject({ code: 'dispatch_failed' });
  expect(sim.deliveries.map((delivery) => delivery.reason)).toEqual([
    'http_timeout',
    'http_timeout',
    'connection_failed',
  ]);
});
