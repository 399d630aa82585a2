import { expect, onTestFinished, test } from 'vitest';
import { createSlackSim, type SlackSim, type SlackSimOptions } from '../../sim/slack/index.ts';
import { connect, until } from './testing.ts';

async function startSim(options: SlackSimOptions = {}): Promise<SlackSim> {
  const sim = await createSlackSim(options);
  onTestFinished(() => sim.close());
  return sim;
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
