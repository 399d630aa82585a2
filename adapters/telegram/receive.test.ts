import { expect, onTestFinished, test } from 'vitest';
import { conversationKey } from '../../core/domain/chat.ts';
import { until } from '../../core/testing/listener.ts';
import { createTelegramSim, type TelegramSim, type TelegramSimOptions } from '../../sim/telegram/index.ts';
import { connect } from './testing.ts';

async function startSim(options: TelegramSimOptions = {}): Promise<TelegramSim> {
  const sim = await createTelegramSim(options);
  onTestFinished(() => sim.close());
  return sim;
}

test('a private chat is one conversation, and what answers a message says which', async () => {
  const sim = await startSim();
  const { chat, inbound } = await connect(sim);
  const ana = sim.person('Ana', { id: 42 });
  await ana.say(ana.id, 'hello `code`');
  const first = await inbound('message');
  expect(first).toMatchObject({
    dedupe: expect.stringMatching(/^telegram:m:42:\d+$/),
    account: { platform: 'telegram', space: '', id: '42', name: 'Ana', bot: false },
    place: { channel: '42', dm: true },
  });
  expect(conversationKey(first.place)).toBe('telegram::42:');
  const ref = await chat.post(first.place, { text: 'hi' }, 'k');
  const answer = await ana.waitFor(ana.id, 'hi');
  await ana.say(ana.id, 'fine', { replyTo: answer });
  const second = await inbound('message', ({ text }) => text === 'fine');
  expect(second).toMatchObject({ place: first.place, replyTo: { id: ref.id } });
});

test('a topic of a private chat is a conversation of its own', async () => {
  const sim = await startSim({ privateTopics: true });
  const { chat, inbound } = await connect(sim);
  const ana = sim.person('Ana');
  await ana.start();
  const topic = await ana.createTopic(ana.id, 'Dates');
  await ana.say(ana.id, 'hello', { topic: topic.id });
  const { place, replyTo } = await inbound('message', ({ text }) => text === 'hello');
  expect(place).toMatchObject({ thread: `t${topic.id}`, dm: true });
  expect(replyTo).toBeUndefined();
  expect((await chat.post(place, { text: 'hi' }, 'k')).place).toEqual(place);
  await ana.waitFor(ana.id, 'hi', { topic: topic.id });
});

test('in a supergroup without topics a conversation is a chain of replies', async () => {
  const sim = await startSim();
  const { chat, inbound } = await connect(sim);
  const group = sim.createGroup('web');
  const ana = sim.person('Ana');
  sim.invite(group, ana);
  const root = await ana.say(group, `@${sim.botUsername} hello`);
  const { place, text, mentionsBot } = await inbound('message');
  expect({ text, mentionsBot, thread: place.thread }).toEqual({
    text: 'hello',
    mentionsBot: true,
    thread: String(root.id),
  });
  await chat.post(place, { text: 'hi' }, 'k');
  await ana.say(group, 'and then', { replyTo: await ana.waitFor(group, 'hi') });
  expect((await inbound('message', (one) => one.text === 'and then')).place).toEqual(place);
  await ana.say(group, `@${sim.botUsername} something else`);
  const other = await inbound('message', (one) => one.text === 'something else');
  expect(conversationKey(other.place)).not.toBe(conversationKey(place));
});

test('in a basic group a chain of replies is known by what our messages carry, even after a restart', async () => {
  const sim = await startSim();
  const before = await connect(sim);
  const group = sim.createGroup('web', { type: 'group' });
  const ana = sim.person('Ana');
  sim.invite(group, ana);
  await ana.say(group, `@${sim.botUsername} hello`);
  const { place } = await before.inbound('message');
  await before.chat.post(place, { text: 'hi' }, 'k');
  await before.chat.stop();
  const after = await connect(sim);
  await ana.say(group, 'and then', { replyTo: await ana.waitFor(group, 'hi') });
  expect((await after.inbound('message', ({ text }) => text === 'and then')).place).toEqual(place);
});

test('in a forum a topic is a conversation, and a mention in General opens one', async () => {
  const sim = await startSim();
  const { chat, inbound } = await connect(sim);
  const forum = sim.createGroup('web', { forum: true, bot: 'administrator' });
  const ana = sim.person('Ana');
  sim.invite(forum, ana);
  const asked = await ana.say(forum, `@${sim.botUsername} the date picker takes Feb 30 in Safari`);
  const { place, text } = await inbound('message');
  const created = sim.messages(forum).find(({ wire }) => wire.forum_topic_created);
  expect(place.thread).toBe(`t${created?.id}`);
  expect(created?.wire.forum_topic_created?.name).toBe('the date picker takes Feb 30 in Safari');
  expect(text).toBe('the date picker takes Feb 30 in Safari');
  await chat.post(place, { text: 'on it' }, 'k');
  await ana.waitFor(forum, 'on it', { topic: created?.id ?? 0 });
  const pointer = await ana.waitFor(forum, 'I answer in its own topic');
  expect(pointer.wire.reply_to_message?.message_id).toBe(asked.id);
  await ana.say(forum, 'thanks', { topic: created?.id ?? 0 });
  expect((await inbound('message', (one) => one.text === 'thanks')).place).toEqual(place);
});

test('without the right to open topics, General has chains of replies', async () => {
  const sim = await startSim();
  const { chat, inbound } = await connect(sim);
  const forum = sim.createGroup('web', { forum: true });
  const ana = sim.person('Ana');
  sim.invite(forum, ana);
  const root = await ana.say(forum, `@${sim.botUsername} hello`);
  const { place } = await inbound('message');
  expect(place.thread).toBe(String(root.id));
  await chat.post(place, { text: 'hi' }, 'k');
  await ana.say(forum, 'and then', { replyTo: await ana.waitFor(forum, 'hi') });
  expect((await inbound('message', ({ text }) => text === 'and then')).place).toEqual(place);
});

test('a mention that comes again opens no second topic', async () => {
  const sim = await startSim();
  sim.faults.duplicateUpdates(1);
  const { inbox } = await connect(sim);
  const forum = sim.createGroup('web', { forum: true, bot: 'administrator' });
  const ana = sim.person('Ana');
  sim.invite(forum, ana);
  await ana.say(forum, `@${sim.botUsername} hello`);
  const places = await until(() => {
    const said = inbox.filter(({ kind }) => kind === 'message');
    return said.length >= 2 ? said.map(({ place }) => place.thread) : undefined;
  });
  expect(new Set(places).size).toBe(1);
  expect(sim.messages(forum).filter(({ wire }) => wire.forum_topic_created)).toHaveLength(1);
});

test.each([
  ['/tasks', { kind: 'command', text: 'tasks' }],
  ['/why #41', { kind: 'command', text: 'why #41' }],
  ['/start', { kind: 'command', text: '' }],
  ['/nonsense', { kind: 'command', text: 'nonsense' }],
  ['/task', { kind: 'command', text: 'task' }],
  ['/task fix the date picker', { kind: 'message', text: 'fix the date picker', mentionsBot: true }],
  ['/start K7Q2-9QFA', { kind: 'message', text: '/start K7Q2-9QFA', mentionsBot: true }],
])('%s in private is %j', async (said, expected) => {
  const sim = await startSim();
  const { inbox } = await connect(sim);
  const ana = sim.person('Ana');
  await ana.say(ana.id, said);
  expect(await until(() => inbox[0])).toMatchObject(expected);
});

test('in a group a command is ours when it names us or is one of ours, and is not answered for all to read', async () => {
  const sim = await startSim({ privacy: false });
  const { chat, inbox, inbound } = await connect(sim);
  const group = sim.createGroup('web');
  const ana = sim.person('Ana');
  sim.invite(group, ana);
  await ana.say(group, '/weather');
  await ana.say(group, '/tasks@other_bot');
  await ana.say(group, `/tasks@${sim.botUsername} all`);
  const command = await inbound('command');
  expect(command.text).toBe('tasks all');
  expect(inbox.filter(({ kind }) => kind === 'command')).toHaveLength(1);
  expect(inbox.every((one) => one.kind !== 'message' || !one.mentionsBot)).toBe(true);
  await expect(chat.reply(command.reply, { text: 'Nothing runs.' })).rejects.toMatchObject({ code: 'not_private' });
  await ana.say(ana.id, '/tasks');
  await chat.reply((await inbound('command', ({ place }) => place.dm)).reply, { text: 'Nothing runs.' });
  await ana.waitFor(ana.id, 'Nothing runs.');
  expect(ana.sees(group).join()).not.toContain('Nothing runs.');
});

test('whoever writes as the group is told so and decides nothing', async () => {
  const sim = await startSim();
  const { inbox, inbound } = await connect(sim);
  const group = sim.createGroup('web');
  const boss = sim.person('Boss');
  sim.invite(group, boss, { anonymous: true });
  await boss.say(group, `@${sim.botUsername} start it`);
  await boss.waitFor(group, 'You write as the group');
  const ana = sim.person('Ana');
  await ana.say(ana.id, 'later');
  await inbound('message', ({ text }) => text === 'later');
  expect(inbox).toHaveLength(1);
});

test('a reaction is told as what was added and what was taken away, with an id of its own each time', async () => {
  const sim = await startSim();
  const { chat, inbox, inbound } = await connect(sim);
  const group = sim.createGroup('web', { bot: 'administrator' });
  const ana = sim.person('Ana');
  sim.invite(group, ana);
  await ana.say(group, `@${sim.botUsername} hello`);
  const ref = await chat.post((await inbound('message')).place, { text: 'card' }, 'k');
  const card = await ana.waitFor(group, 'card');
  await ana.react(card, '👍');
  await ana.react(card, '👎');
  const reactions = await until(() => {
    const found = inbox.filter((one) => one.kind === 'reaction');
    return found.length === 3 ? found : undefined;
  });
  expect(reactions.map(({ emoji, added }) => [emoji, added])).toEqual([
    ['yes', true],
    ['no', true],
    ['yes', false],
  ]);
  expect(reactions.every(({ target }) => target.id === ref.id)).toBe(true);
  expect(new Set(reactions.map(({ dedupe }) => dedupe)).size).toBe(3);
});

test('files come with what is said under them, and can be read', async () => {
  const sim = await startSim();
  const { chat, inbound } = await connect(sim);
  const ana = sim.person('Ana');
  await ana.say(ana.id, 'look', { files: [{ name: 'error.log', content: 'it broke' }] });
  const { files, text } = await inbound('message');
  expect(text).toBe('look');
  expect(files).toMatchObject([{ name: 'error.log', mimeType: 'text/plain', size: 8 }]);
  const [file] = files;
  if (!file) throw new Error('no file');
  expect(Buffer.from(await chat.download(file, 1_000)).toString()).toBe('it broke');
  await expect(chat.download(file, 4)).rejects.toMatchObject({ code: 'too_large', remedy: 'never' });
  await expect(chat.download({ ...file, size: 30_000_000 }, 100_000_000)).rejects.toThrow(/at most 20 MB/);
  await expect(chat.download({ ...file, handle: 'no' }, 1_000)).rejects.toMatchObject({ remedy: 'never' });
});

test('several files at once have a name in common, by which they are one thing said', async () => {
  const sim = await startSim();
  const { inbox, inbound } = await connect(sim);
  const ana = sim.person('Ana');
  const files = ['a.log', 'b.log'].map((name) => ({ name, content: name }));
  await ana.say(ana.id, 'look at these', { files });
  await ana.say(ana.id, 'and');
  expect((await inbound('message', ({ text }) => text === 'and')).album).toBeUndefined();
  const parts = inbox.flatMap((one) => (one.kind === 'message' && one.album ? [one] : []));
  expect(parts.map((one) => [one.text, one.files.map(({ name }) => name)])).toEqual([
    ['look at these', ['a.log']],
    ['', ['b.log']],
  ]);
  expect(new Set(parts.map(({ album }) => album)).size).toBe(1);
  expect(parts[0]?.album).toMatch(new RegExp(`^telegram:${ana.id}:`));
});
