import { expect, test } from 'vitest';
import type { SlackSim } from './index.ts';
import { socketClient, startSim, webClient } from './testing.ts';

interface Heard {
  ack: () => Promise<void>;
  body: { event_id: string; event: { text: string } };
  retry_num: number;
  retry_reason: string;
}

async function hear(sim: SlackSim, acks: (n: number) => boolean = () => true): Promise<Heard[]> {
  const heard: Heard[] = [];
  await socketClient(sim, (client) => {
    client.on('message', async (event: Heard) => {
      heard.push(event);
      if (acks(heard.length)) await event.ack();
    });
  });
  return heard;
}

function until(sim: SlackSim, condition: () => boolean, timeoutMs = 5_000): Promise<true> {
  return sim.waitFor(() => (condition() ? true : undefined), { timeoutMs });
}

test('an event that is not acked comes again with its event id and the reason, until it is', async () => {
  const sim = await startSim({ delivery: { ackTimeoutMs: 100, retryDelaysMs: [10, 10, 10] } });
  const heard = await hear(sim, (n) => n === 3);
  await sim.person('ann').say(sim.createChannel('general'), 'hi');
  await until(sim, () => sim.deliveries.length === 3);
  expect(heard.map((event) => [event.retry_num, event.retry_reason])).toEqual([
    [0, ''],
    [1, 'timeout'],
    [2, 'timeout'],
  ]);
  expect(new Set(heard.map((event) => event.body.event_id)).size).toBe(1);
  expect(sim.deliveries.map((delivery) => delivery.acked)).toEqual([false, false, true]);
});

test('an event that is never acked is given up after three retries', async () => {
  const sim = await startSim({ delivery: { ackTimeoutMs: 30, retryDelaysMs: [5, 5, 5] } });
  const heard = await hear(sim, () => false);
  await sim.person('ann').say(sim.createChannel('general'), 'hi');
  await until(sim, () => sim.deliveries.length === 4);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(heard).toHaveLength(4);
});

test('two sockets share the events, each event going to one of them', async () => {
  const sim = await startSim();
  const [one, two] = [await hear(sim), await hear(sim)];
  expect(sim.connections()).toBe(2);
  const channel = sim.createChannel('general');
  for (const text of ['a', 'b', 'c', 'd']) await sim.person('ann').say(channel, text);
  await until(sim, () => one.length + two.length === 4);
  expect([one.length, two.length]).toEqual([2, 2]);
});

test('what was said while no socket was open is delivered in order when one opens', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  for (const text of ['a', 'b', 'c']) await sim.person('ann').say(channel, text);
  const heard = await hear(sim);
  await until(sim, () => heard.length === 3);
  expect(heard.map((event) => event.body.event.text)).toEqual(['a', 'b', 'c']);
  expect(heard[0]).toMatchObject({ retry_num: 1, retry_reason: 'timeout' });
});

test('what was said while no socket was open is lost when nothing is kept', async () => {
  const sim = await startSim({ keepWhileDown: false });
  const channel = sim.createChannel('general');
  await sim.person('ann').say(channel, 'lost');
  const heard = await hear(sim);
  await sim.person('ann').say(channel, 'found');
  await until(sim, () => heard.length > 0);
  expect(heard.map((event) => event.body.event.text)).toEqual(['found']);
});

test('presses and commands fail visibly while nobody is connected', async () => {
  const sim = await startSim();
  const command = sim.person('ann').command('/mainloop', '', sim.createChannel('general'));
  await expect(command).rejects.toMatchObject({ code: 'dispatch_failed' });
});

test('a command that is not acked in time fails visibly', async () => {
  const sim = await startSim({ delivery: { ackTimeoutMs: 50 } });
  await socketClient(sim);
  const command = sim.person('ann').command('/mainloop', '', sim.createChannel('general'));
  await expect(command).rejects.toMatchObject({ code: 'operation_timeout' });
});

test.each(['refresh_requested', 'warning', 'drop'] as const)(
  'after %s the client comes back and misses nothing',
  async (how) => {
    const sim = await startSim();
    const heard = await hear(sim);
    const opened = () => sim.calls.filter((call) => call.method === 'apps.connections.open').length;
    if (how === 'drop') sim.dropSockets();
    else sim.disconnectSockets(how);
    await sim.person('ann').say(sim.createChannel('general'), 'meanwhile');
    await until(sim, () => heard.length === 1, 8_000);
    expect(opened()).toBe(2);
    await until(sim, () => sim.connections() === 1);
  },
);

test('an event in flight on a socket that dies comes again on the next one', async () => {
  const sim = await startSim();
  const heard = await hear(sim, (n) => n > 1);
  await sim.person('ann').say(sim.createChannel('general'), 'hi');
  await until(sim, () => heard.length === 1);
  sim.dropSockets();
  await until(sim, () => heard.length === 2);
  expect(heard[1]).toMatchObject({ retry_num: 1 });
});

test('events are doubled, swapped and delayed on request', async () => {
  const sim = await startSim();
  const heard = await hear(sim);
  const channel = sim.createChannel('general');
  sim.faults.events({ duplicate: 1 });
  await sim.person('ann').say(channel, 'a');
  await until(sim, () => heard.length === 2);
  expect(heard[0]?.body.event_id).toBe(heard[1]?.body.event_id);
  sim.faults.events({ reorder: true });
  for (const text of ['b', 'c', 'd']) await sim.person('ann').say(channel, text);
  await until(sim, () => heard.length === 5);
  expect(heard.slice(2).map((event) => event.body.event.text)).toEqual(['c', 'b', 'd']);
  sim.faults.events({ delayMs: 60 });
  await sim.person('ann').say(channel, 'late');
  sim.faults.clear();
  await sim.person('ann').say(channel, 'soon');
  await until(sim, () => heard.length === 7);
  expect(heard.slice(5).map((event) => event.body.event.text)).toEqual(['soon', 'late']);
});

test('a ticket opens one socket only', async () => {
  const sim = await startSim();
  const { url = '' } = await webClient(sim, sim.appToken).apps.connections.open({});
  const opens = (): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url);
      socket.addEventListener('open', () => {
        socket.close();
        resolve('open');
      });
      socket.addEventListener('error', () => resolve('refused'));
    });
  expect([await opens(), await opens()]).toEqual(['open', 'refused']);
});

test('an eleventh socket is sent away', async () => {
  const sim = await startSim();
  for (let i = 0; i < 10; i += 1) await hear(sim);
  const { url = '' } = await webClient(sim, sim.appToken).apps.connections.open({});
  const socket = new WebSocket(url);
  const said = await new Promise((resolve) => {
    socket.addEventListener('message', (event) => resolve(JSON.parse(String(event.data))), { once: true });
  });
  expect(said).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
  expect(sim.connections()).toBe(10);
});
