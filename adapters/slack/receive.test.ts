import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../core/testing/listener.ts';
import { createSlackSim, type SlackSim, type SlackSimOptions } from '../../sim/slack/index.ts';
import { connect } from './testing.ts';

async function startSim(options: SlackSimOptions = {}): Promise<SlackSim> {
  const sim = await createSlackSim(options);
  onTestFinished(() => sim.close());
  return sim;
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

test('a mention in a channel arrives as plain markdown and opens a thread', async () => {
  const sim = await startSim();
  const { inbound } = await connect(sim);
  const channel = sim.createChannel('web');
  const ts = await sim.person('Ana').say(channel, '@mainloop 1 < 2 & see https://example.com/a?b=1&c=2');
  expect(await inbound('message')).toMatchObject({
    dedupe: `slack:m:${channel}:${ts}`,
    at: Math.floor(Number(ts) * 1000),
    account: { platform: 'slack', space: sim.teamId, id: sim.person('Ana').id, name: 'Ana', bot: false },
    place: { platform: 'slack', space: sim.teamId, channel, thread: ts, dm: false },
    ref: { id: ts },
    text: '1 < 2 & see https://example.com/a?b=1&c=2',
    mentionsBot: true,
    files: [],
  });
});

test('app_mention and message of one post have the same key and content', async () => {
  const sim = await startSim();
  const { inbox } = await connect(sim);
  await sim.person('Ana').say(sim.createChannel('web'), '@mainloop hello');
  await until(() => (inbox.length === 2 ? true : undefined));
  expect(inbox[0]).toEqual(inbox[1]);
});

test('each message in a direct conversation opens its own thread', async () => {
  const sim = await startSim();
  const { inbound } = await connect(sim);
  const ana = sim.person('Ana');
  const ts = await ana.say(await ana.dm(), 'hello');
  expect(await inbound('message')).toMatchObject({ place: { dm: true, thread: ts }, mentionsBot: false });
});

test('a message is posted, edited and found by its key', async () => {
  const sim = await startSim();
  const { chat, inbound } = await connect(sim);
  const channel = sim.createChannel('web');
  await sim.person('Ana').say(channel, '@mainloop hello');
  const { place } = await inbound('message');
  const since = Date.now();
  const ref = await chat.post(place, { title: 'Hello', text: 'I am **here**.' }, 'k1');
  expect(ref).toEqual({ place, id: expect.any(String) });
  expect(await chat.find(place, 'k1', since)).toEqual(ref);
  expect(await chat.find(place, 'k2', since)).toBeNull();
  await chat.edit(ref, { title: 'Hello', text: 'I was here.' });
  const message = sim.messages(channel).find((m) => m.ts === ref.id);
  expect(message).toMatchObject({ thread_ts: place.thread, text: 'Hello\nI was here.', edits: 1 });
});

test('a message that could not be stored is not acknowledged, comes again, and is stored then', async () => {
  const sim = await startSim({ delivery: { ackTimeoutMs: 1_000 } });
  let failures = 2;
  const { inbound } = await connect(sim, {}, () => {
    failures -= 1;
    return failures >= 0 ? Promise.reject(new Error('no database')) : Promise.resolve();
  });
  const ana = sim.person('Ana');
  await ana.say(await ana.dm(), 'hello');
  expect(await inbound('message')).toMatchObject({ text: 'hello' });
  const attempts = () => sim.deliveries.filter(({ type }) => type === 'message').map(({ acked }) => acked);
  await until(() => attempts().includes(true) || undefined);
  expect(attempts()).toEqual([false, false, true]);
});

test('nothing is acknowledged before it is stored', async () => {
  const sim = await startSim();
  let release: () => void = () => undefined;
  const stored = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { inbound } = await connect(sim, {}, () => stored);
  const ana = sim.person('Ana');
  await ana.say(await ana.dm(), 'hello');
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(sim.deliveries.some(({ acked }) => acked)).toBe(false);
  release();
  await inbound('message');
  await until(() => (sim.deliveries.some(({ acked }) => acked) ? true : undefined));
});

test('an event delivered twice has the same key', async () => {
  const sim = await startSim();
  const { inbox } = await connect(sim);
  sim.faults.events({ duplicate: 1 });
  const ana = sim.person('Ana');
  await ana.say(await ana.dm(), 'hello');
  await until(() => (inbox.length === 2 ? true : undefined));
  expect(inbox[0]).toEqual(inbox[1]);
});

test('our own messages and edits, other bots, edits and deletions by people are not for us', async () => {
  const sim = await startSim();
  const { chat, inbox, inbound } = await connect(sim);
  const channel = sim.createChannel('web');
  const ana = sim.person('Ana');
  const ts = await ana.say(channel, 'first');
  const { place } = await inbound('message');
  const ref = await chat.post(place, { text: 'ours' }, 'k');
  await chat.edit(ref, { text: 'edited' });
  await sim.person('Robot', { bot: true }).say(channel, 'beep');
  await ana.edit(channel, ts, 'first, edited');
  await ana.remove(channel, ts);
  await ana.say(channel, 'last');
  await inbound('message', (message) => message.text === 'last');
  expect(inbox.map((one) => one.kind === 'message' && one.text)).toEqual(['first', 'last']);
});

test('somebody from another company keeps their own team, and the place keeps ours', async () => {
  const sim = await startSim();
  const { inbound } = await connect(sim);
  const channel = sim.createChannel('shared');
  await sim.person('Eve', { team: 'T0FOREIGN' }).say(channel, 'hello');
  expect(await inbound('message')).toMatchObject({ account: { space: 'T0FOREIGN' }, place: { space: sim.teamId } });
});

test('a file comes with its message and can be read, not beyond a size, and only from Slack itself', async () => {
  const sim = await startSim();
  const { chat, inbound } = await connect(sim);
  const ana = sim.person('Ana');
  await ana.say(await ana.dm(), 'look', { files: [{ name: 'log.txt', content: 'boom', mimetype: 'text/plain' }] });
  const { files } = await inbound('message');
  expect(files).toMatchObject([
    { name: 'log.txt', mimeType: 'text/plain', size: 4, handle: expect.stringMatching(/^http/) },
  ]);
  const [file] = files;
  if (!file) throw new Error('no file');
  expect(Buffer.from(await chat.download(file, 10)).toString()).toBe('boom');
  await expect(chat.download(file, 3)).rejects.toMatchObject({ code: 'too_large' });
  await expect(chat.download({ ...file, size: 1 }, 3)).rejects.toMatchObject({ code: 'too_large' });
  const elsewhere = { ...file, handle: 'https://files.slack.com.evil.example/x' };
  await expect(chat.download(elsewhere, 10)).rejects.toMatchObject({ code: 'gone' });
});

test('messages of one channel arrive in the order they were written, whoever is new', async () => {
  const sim = await startSim();
  const { inbox } = await connect(sim);
  const channel = sim.createChannel('web');
  for (const name of ['Ana', 'Ben', 'Ana', 'Cy']) await sim.person(name).say(channel, `from ${name}`);
  await until(() => (inbox.length === 4 ? true : undefined));
  const times = inbox.map((one) => one.dedupe);
  expect(times).toEqual([...times].sort());
});

test('what was said while we were away is read back with the keys of live events', async () => {
  const sim = await startSim();
  const { chat, inbox, inbound } = await connect(sim);
  const channel = sim.createChannel('web');
  const ana = sim.person('Ana');
  const root = await ana.say(channel, '@mainloop old');
  const since = (await inbound('message')).at + 1;
  await new Promise((resolve) => setTimeout(resolve, 5));
  await ana.say(channel, 'in the thread', { threadTs: root });
  const next = await ana.say(channel, '@mainloop new');
  await ana.say(channel, 'and more', { threadTs: next });
  await inbound('message', (message) => message.text === 'and more');
  const live = new Map(inbox.map((one) => [one.dedupe, one]));
  const { place } = [...live.values()][0] ?? {};
  const thread = place ? await collect(chat.history(place, since)) : [];
  expect(thread.map((one) => one.kind === 'message' && one.text)).toEqual(['in the thread']);
  const all = await collect(chat.history({ platform: 'slack', space: sim.teamId, channel, dm: false }, since));
  expect(all.map((one) => one.kind === 'message' && one.text)).toEqual(['in the thread', 'new', 'and more']);
  for (const one of [...thread, ...all]) expect(one).toEqual(live.get(one.dedupe));
});

test('a mention below a message of days ago is found, and nothing older than the downtime', async () => {
  let now = Date.now() - 2 * 86_400_000;
  const sim = await startSim({ clock: () => now });
  const { chat, inbound } = await connect(sim);
  const channel = sim.createChannel('web');
  const ana = sim.person('Ana');
  const root = await ana.say(channel, 'deploys are slow');
  await ana.say(channel, 'very', { threadTs: root });
  now = Date.now();
  const since = now - 1_000;
  await ana.say(channel, '@mainloop look into this', { threadTs: root });
  await inbound('message', ({ text }) => text === 'look into this');
  const all = await collect(chat.history({ platform: 'slack', space: sim.teamId, channel, dm: false }, since));
  expect(all.map((one) => one.kind === 'message' && one.text)).toEqual(['look into this']);
});
