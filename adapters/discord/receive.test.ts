import { expect, onTestFinished, test } from 'vitest';
import { conversationKey } from '../../core/domain/chat.ts';
import { until } from '../../core/testing/listener.ts';
import { createDiscordSim, type DiscordSim, type DiscordSimOptions } from '../../sim/discord/index.ts';
import { channelIn, connect } from './testing.ts';

async function startSim(options: DiscordSimOptions = {}): Promise<DiscordSim> {
  const sim = await createDiscordSim({ rateLimits: false, ...options });
  onTestFinished(() => sim.close());
  return sim;
}

test('a mention in a channel is a conversation of its own, in the thread that the answer opens', async () => {
  const sim = await startSim();
  const { chat, inbound } = await connect(sim);
  const channel = sim.createChannel('web');
  const said = sim.person('Ana').say(channel, 'the **date picker** lets me choose Feb 30', { mention: true });
  const { place, text, account } = await inbound('message');
  expect(conversationKey(place)).toBe(`discord:${sim.guildId}:${channel}:${said.id}`);
  expect(text).toBe('the **date picker** lets me choose Feb 30');
  expect(account).toMatchObject({ platform: 'discord', space: '', id: said.author.id, name: 'Ana', bot: false });
  expect(sim.channels().filter(({ thread }) => thread)).toEqual([]);
  await chat.post(place, { text: 'Looking.' }, 'k');
  expect(sim.channel(said.id)).toMatchObject({ parentId: channel, name: 'the date picker lets me choose Feb 30' });
  expect(sim.messages(said.id).at(-1)?.content).toBe('Looking.');
});

test('what is said in a thread, in a forum and in private has its place, whatever the library remembers', async () => {
  const sim = await startSim();
  const ana = sim.person('Ana');
  const channel = sim.createChannel('web');
  const forum = sim.createChannel('ideas', { kind: 'forum' });
  const thread = ana.openThread(ana.say(channel, 'first'), 'talk');
  ana.closeThread(thread);
  const { inbound } = await connect(sim);
  ana.say(thread.id, 'in the thread');
  expect((await inbound('message', ({ text }) => text === 'in the thread')).place).toMatchObject({
    ...{ channel, thread: thread.id, dm: false },
  });
  const post = ana.post(forum, 'Dark mode', '@mainloop please');
  expect(await inbound('message', ({ text }) => text === 'please')).toMatchObject({
    place: { channel: forum, thread: post.id },
    mentionsBot: true,
  });
  const first = ana.dm('one');
  ana.dm('two', { replyTo: first });
  expect(await inbound('message', ({ text }) => text === 'two')).toMatchObject({
    place: { space: '', channel: ana.dmChannel().id, dm: true },
    replyTo: { id: first.id },
  });
});

test('bots and the notices of Discord are not heard', async () => {
  const sim = await startSim();
  const { inbox, inbound } = await connect(sim);
  const channel = sim.createChannel('web');
  const ana = sim.person('Ana');
  sim.person('Robot', { bot: true }).say(channel, 'beep', { mention: true });
  ana.openThread(ana.say(channel, 'a talk'), 'talk');
  ana.say(channel, 'the end');
  await inbound('message', ({ text }) => text === 'the end');
  expect(inbox.map((item) => item.kind === 'message' && item.text)).toEqual(['a talk', 'the end']);
});

test('what could not be stored is kept, in order, and nobody counts as listened to meanwhile', async () => {
  const sim = await startSim();
  let isDown = true;
  const { chat, inbox, inbound } = await connect(sim, {}, async () => {
    if (isDown) throw new Error('no database');
  });
  const channel = sim.createChannel('web');
  const ana = sim.person('Ana');
  ana.say(channel, 'one');
  ana.say(channel, 'two');
  await until(() => (chat.health().connected ? undefined : true));
  isDown = false;
  await inbound('message', ({ text }) => text === 'two');
  expect(inbox.map((item) => item.kind === 'message' && item.text)).toEqual(['one', 'two']);
  await until(() => chat.health().connected || undefined);
});

test('a reaction delivered twice is one; put on again after it was taken off it is another', async () => {
  const sim = await startSim();
  const { inbox, inbound } = await connect(sim);
  const channel = sim.createChannel('web');
  const ana = sim.person('Ana');
  const message = ana.say(channel, 'start it?');
  sim.faults.events({ duplicate: 1 });
  ana.react(message, '👍🏽');
  ana.unreact(message, '👍🏽');
  ana.react(message, '👎');
  await inbound('reaction', ({ emoji }) => emoji === 'no');
  sim.faults.events({});
  ana.react(message, '👍🏽');
  const keys = await until(() => {
    const put = inbox.flatMap((item) => (item.kind === 'reaction' && item.emoji === 'yes' && item.added ? [item] : []));
    return put.length === 3 ? put.map(({ dedupe }) => dedupe) : undefined;
  });
  expect(keys[0]).toBe(keys[1]);
  expect(keys[2]).not.toBe(keys[0]);
});

test('a reaction in a private conversation that nobody remembers is heard', async () => {
  const sim = await startSim();
  const before = await connect(sim);
  const ana = sim.person('Ana');
  ana.dm('hello');
  const { place, account } = await before.inbound('message');
  const ref = await before.chat.post(place, { text: 'Start it?' }, 'card');
  await before.chat.stop();
  const { inbound } = await connect(sim);
  const card = sim.messages(channelIn(place)).at(-1);
  if (card) ana.react(card, '👍');
  expect(await inbound('reaction')).toMatchObject({ place, target: ref, emoji: 'yes', account: { id: account.id } });
});

test('a file is read through a fresh link, and refused when it is too large or gone', async () => {
  const sim = await startSim();
  const { chat, inbound } = await connect(sim);
  const channel = sim.createChannel('web');
  const ana = sim.person('Ana');
  const said = ana.say(channel, 'see', { files: [{ name: 'a.txt', content: 'hello', contentType: 'text/plain' }] });
  const [file] = (await inbound('message')).files;
  if (!file) throw new Error('no file');
  expect(file).toMatchObject({ name: 'a.txt', mimeType: 'text/plain', size: 5 });
  expect(Buffer.from(await chat.download(file, 5)).toString()).toBe('hello');
  await expect(chat.download(file, 4)).rejects.toMatchObject({ code: 'too_large' });
  ana.delete(said);
  await expect(chat.download(file, 5)).rejects.toMatchObject({ code: 'gone' });
});
