import { type Client, Events, GatewayIntentBits, type Message } from 'discord.js';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { DiscordSim } from '../index.ts';
import { newClient, readyClient, startSim } from '../testing.ts';

/** What the client hears, in order. */
function listen(client: Client): string[] {
  const heard: string[] = [];
  client.on(Events.MessageCreate, ({ content }) => void heard.push(content));
  return heard;
}

/** Opens a bare socket, sends one payload after HELLO, and gives the code that it is closed with. */
function closeCode(sim: DiscordSim, payload: object | string): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${sim.port}/?v=10&encoding=json`);
  socket.once('message', () => socket.send(typeof payload === 'string' ? payload : JSON.stringify(payload)));
  return new Promise((resolve) => socket.once('close', resolve));
}

test('a wrong token, unknown intents and intents that were not granted close as Discord does', async () => {
  const sim = await startSim({ privilegedIntents: [] });
  const identify = (token: string, intents: number): object => ({ op: 2, d: { token, intents, properties: {} } });
  expect(await closeCode(sim, identify('wrong', 1))).toBe(4004);
  expect(await closeCode(sim, identify(sim.token, 1 << 30))).toBe(4013);
  expect(await closeCode(sim, identify(sim.token, GatewayIntentBits.MessageContent))).toBe(4014);
  expect(await closeCode(sim, { op: 8, d: {} })).toBe(4003);
  expect(await closeCode(sim, 'no json')).toBe(4002);
  const client = newClient(sim);
  await expect(client.login(sim.token)).rejects.toThrow('disallowed intents');
  await expect(newClient(sim, { intents: [] }).login('wrong')).rejects.toThrow('invalid token');
});

test('heartbeats are answered', async () => {
  const sim = await startSim({ heartbeatMs: 20 });
  const client = await readyClient(sim);
  await sim.waitFor(() => (client.ws.ping >= 0 ? true : undefined));
});

test('without the message content intent a guild’s messages are empty, but for mentions and replies to the bot', async () => {
  const sim = await startSim({ privilegedIntents: [] });
  const channel = sim.createChannel('general');
  const client = await readyClient(sim, { intents: ['Guilds', 'GuildMessages'] });
  const heard = listen(client);
  const ann = sim.person('ann');
  const hidden = ann.say(channel, 'hidden', { files: [{ name: 'a', content: 'b' }] });
  ann.say(channel, 'open', { mention: true });
  const { id } = (await client.rest.post(`/channels/${channel}/messages`, { body: { content: 'mine' } })) as {
    id: string;
  };
  const mine = sim.messages(channel).find((message) => message.id === id);
  if (mine) ann.say(channel, 'reply', { replyTo: mine });
  ann.dm('not heard: no intent for it');
  ann.say(channel, '@mainloop end');
  const bot = `<@${sim.botUserId}>`;
  await sim.waitFor(() => heard[4]);
  expect(heard).toEqual(['', `${bot} open`, 'mine', 'reply', `${bot} end`]);
  const read = await client.rest.get(`/channels/${channel}/messages/${hidden.id}`);
  expect(read).toMatchObject({ content: '', attachments: [] });
});

test('what happens while the socket is away is replayed on RESUME, in order and once', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  const heard = listen(client);
  const resumed = new Promise<number>((resolve) =>
    client.once(Events.ShardResume, (_id, replayed) => resolve(replayed)),
  );
  const ann = sim.person('ann');
  ann.say(channel, 'before');
  await sim.waitFor(() => heard[0]);
  sim.gateway.drop();
  await sim.waitFor(() => (sim.gateway.connections() === 0 ? true : undefined));
  ann.say(channel, 'missed 1');
  ann.say(channel, 'missed 2');
  expect(await resumed).toBeGreaterThanOrEqual(2);
  ann.say(channel, 'after');
  await sim.waitFor(() => heard[3]);
  expect(heard).toEqual(['before', 'missed 1', 'missed 2', 'after']);
  const replays = sim.deliveries.filter(({ isReplay, type }) => isReplay && type === 'MESSAGE_CREATE');
  expect(replays).toHaveLength(2);
});

test.each([
  ['a request to reconnect (op 7)', (sim: DiscordSim) => sim.gateway.requestReconnect()],
  ['close code 4000', (sim: DiscordSim) => sim.gateway.disconnect(4000)],
  ['an invalid session that can be resumed (op 9)', (sim: DiscordSim) => sim.gateway.invalidate(true)],
])('after %s the client resumes its session', async (_what, act) => {
  const sim = await startSim();
  const client = await readyClient(sim);
  const channel = sim.createChannel('general');
  const heard = listen(client);
  const resumed = new Promise((resolve) => client.once(Events.ShardResume, resolve));
  act(sim);
  sim.person('ann').say(channel, 'meanwhile');
  await resumed;
  await sim.waitFor(() => heard[0]);
  expect(heard).toEqual(['meanwhile']);
  expect(new Set(sim.deliveries.map(({ session }) => session)).size).toBe(1);
});

test('after an invalid session, or a time offline, the client begins anew and what passed is lost', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  const heard = listen(client);
  const ann = sim.person('ann');
  sim.gateway.goOffline();
  await sim.waitFor(() => (sim.gateway.connections() === 0 ? true : undefined));
  const lost = ann.say(channel, 'lost');
  const back = new Promise((resolve) => client.once(Events.ShardReady, resolve));
  sim.gateway.goOnline();
  await back;
  ann.say(channel, 'heard');
  await sim.waitFor(() => heard[0]);
  expect(heard).toEqual(['heard']);
  expect(sim.deliveries.find(({ id }) => id === lost.id)).toMatchObject({ sent: false, isReplay: false });
  const history = (await client.rest.get(`/channels/${channel}/messages`)) as Message[];
  expect(history.map(({ content }) => content)).toEqual(['heard', 'lost']);
  const anew = new Promise((resolve) => client.once(Events.ShardReady, resolve));
  sim.gateway.invalidate(false);
  await anew;
  expect(sim.gateway.connections()).toBe(1);
});

test('a session that was closed for good, or is too old, cannot be resumed', async () => {
  let now = Date.now();
  const sim = await startSim({ clock: () => now, sessionLifetimeMs: 60_000 });
  const channel = sim.createChannel('general');
  const identify = { op: 2, d: { token: sim.token, intents: 513, properties: {} } };
  const open = (first: object): Promise<{ socket: WebSocket; d: unknown; op: number }> => {
    const socket = new WebSocket(`ws://127.0.0.1:${sim.port}/?v=10&encoding=json`);
    return new Promise((resolve) => {
      socket.on('message', (raw) => {
        const { op, d } = JSON.parse(String(raw)) as { op: number; d: unknown };
        if (op === 10) socket.send(JSON.stringify(first));
        else resolve({ socket, op, d });
      });
    });
  };
  const ready = await open(identify);
  const { session_id } = ready.d as { session_id: string };
  const resume = (seq: number): object => ({ op: 6, d: { token: sim.token, session_id, seq } });
  ready.socket.terminate();
  await sim.waitFor(() => (sim.gateway.connections() === 0 ? true : undefined));
  expect(await closeCode(sim, resume(99))).toBe(4007);
  now += 61_000;
  sim.person('ann').say(channel, 'nobody hears');
  const again = await open(resume(1));
  expect(again).toMatchObject({ op: 9, d: false });
  again.socket.terminate();
  const brief = await open(identify);
  brief.socket.close(1000);
  await sim.waitFor(() => (sim.gateway.connections() === 0 ? true : undefined));
  const d = { token: sim.token, session_id: (brief.d as { session_id: string }).session_id, seq: 1 };
  const refused = await open({ op: 6, d });
  expect(refused).toMatchObject({ op: 9, d: false });
  refused.socket.terminate();
});

test('typing is told to both sides', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  const typed: string[] = [];
  client.on(Events.TypingStart, ({ user }) => void typed.push(user.id));
  const seen: string[] = [];
  sim.on('typing', ({ user }) => void seen.push(user));
  const ann = sim.person('ann');
  ann.type(channel);
  await client.rest.post(`/channels/${channel}/typing`);
  await sim.waitFor(() => typed[1]);
  expect(seen).toEqual([ann.id, sim.botUserId]);
});

test('events can come twice, or in another order', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  // The library drops a message that it has in its cache; raw packets tell all that comes.
  const heard: string[] = [];
  client.on(Events.Raw, ({ t, d }: { t: string; d: { content: string } }) => {
    if (t === 'MESSAGE_CREATE') heard.push(d.content);
  });
  const ann = sim.person('ann');
  sim.faults.events({ duplicate: 1 });
  const twice = ann.say(channel, 'twice');
  await sim.waitFor(() => heard[1]);
  sim.faults.events({ reorder: true });
  ann.say(channel, 'first');
  ann.say(channel, 'second');
  await sim.waitFor(() => heard[3]);
  expect(heard).toEqual(['twice', 'twice', 'second', 'first']);
  sim.faults.events({ delayMs: 20 });
  ann.say(channel, 'late');
  expect(heard).not.toContain('late');
  await sim.waitFor(() => heard[4]);
  const seqs = sim.deliveries.filter(({ id }) => id === twice.id).map(({ seq }) => seq);
  expect(new Set(seqs).size).toBe(2);
});
