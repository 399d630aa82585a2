import { type APIMessage, Events, type Message, type REST, Routes, type TextChannel } from 'discord.js';
import { expect, test } from 'vitest';
import { readyClient, restClient, startSim } from './testing.ts';

const post = (rest: REST, channel: string, body: object): Promise<APIMessage> =>
  rest.post(Routes.channelMessages(channel), { body }) as Promise<APIMessage>;

test('a message is posted, read back, edited and deleted, and people see each of it', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const ann = sim.person('ann');
  const rest = restClient(sim);
  const { id } = await post(rest, channel, { content: 'one', embeds: [{ title: 'T', description: 'D' }] });
  const [seen] = ann.messages(channel);
  expect(seen && ann.reads(seen)).toBe('one\n│ T\n│ D');
  await rest.patch(Routes.channelMessage(channel, id), { body: { content: 'two', embeds: [] } });
  const read = (await rest.get(Routes.channelMessage(channel, id))) as APIMessage;
  expect(read).toMatchObject({ content: 'two', embeds: [], type: 0, author: { id: sim.botUserId, bot: true } });
  expect(read.edited_timestamp).not.toBeNull();
  await rest.delete(Routes.channelMessage(channel, id));
  expect(ann.messages(channel)).toEqual([]);
  await expect(rest.get(Routes.channelMessage(channel, id))).rejects.toMatchObject({ code: 10008, status: 404 });
});

test('history pages newest first by before, after, around and limit', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const ann = sim.person('ann');
  const ids = ['a', 'b', 'c', 'd', 'e'].map((text) => ann.say(channel, text).id);
  const rest = restClient(sim);
  const list = async (query: Record<string, string>): Promise<string> => {
    const found = await rest.get(Routes.channelMessages(channel), { query: new URLSearchParams(query) });
    return (found as APIMessage[]).map(({ content }) => content).join('');
  };
  const [, b = '', c = ''] = ids;
  expect(await list({ limit: '2' })).toBe('ed');
  expect(await list({ before: c })).toBe('ba');
  expect(await list({ after: b, limit: '2' })).toBe('dc');
  expect(await list({ around: c, limit: '3' })).toBe('dcb');
  await expect(list({ limit: '101' })).rejects.toMatchObject({ code: 50035 });
});

test.each([
  ['too long', { content: 'x'.repeat(2001) }, 'content', 'BASE_TYPE_MAX_LENGTH'],
  ['an embed too long', { embeds: [{ description: 'x'.repeat(4097) }] }, 'embeds', '4096 or fewer'],
  [
    'a reply to nothing',
    { content: 'x', message_reference: { message_id: '1' } },
    'message_reference',
    'REPLIES_UNKNOWN',
  ],
  ['a nonce too long', { content: 'x', nonce: 'n'.repeat(26) }, 'nonce', '25 or fewer'],
])('%s is refused with 50035 and says where', async (_what, body, field, words) => {
  const sim = await startSim();
  const refused = await post(restClient(sim), sim.createChannel('general'), body).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 50035, status: 400, rawError: { message: 'Invalid Form Body' } });
  const errors = JSON.stringify((refused as { rawError: { errors: Record<string, unknown> } }).rawError.errors[field]);
  expect(errors).toContain(words);
});

test('refusals carry Discord’s codes', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const category = sim.createChannel('Work', { kind: 'category' });
  const forum = sim.createChannel('ideas', { kind: 'forum' });
  const theirs = sim.person('ann').say(channel, 'mine').id;
  const rest = restClient(sim);
  const code = (request: Promise<unknown>): Promise<unknown> => request.catch((error: { code: unknown }) => error.code);
  expect(await code(post(rest, channel, { content: ' ' }))).toBe(50006);
  expect(await code(post(rest, '100000000000000000', { content: 'x' }))).toBe(10003);
  expect(await code(post(rest, category, { content: 'x' }))).toBe(50008);
  expect(await code(post(rest, forum, { content: 'x' }))).toBe(40058);
  expect(await code(rest.patch(Routes.channelMessage(channel, theirs), { body: { content: 'x' } }))).toBe(50005);
  expect(await code(rest.get('/nowhere'))).toBe(0);
  const stranger = restClient(sim).setToken('wrong');
  await expect(stranger.get(Routes.user())).rejects.toMatchObject({ status: 401, message: '401: Unauthorized' });
  const broken = await fetch(`${sim.apiUrl}/v10/channels/${channel}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${sim.token}`, 'content-type': 'application/json' },
    body: '{',
  });
  expect(await broken.json()).toMatchObject({ code: 50109 });
});

test('an enforced nonce posts once, however often it is sent; without enforcing it posts again', async () => {
  let now = Date.now();
  const sim = await startSim({ clock: () => now });
  const channel = sim.createChannel('general');
  const rest = restClient(sim);
  const body = { content: 'once', nonce: 'task-41', enforce_nonce: true };
  const first = await post(rest, channel, body);
  const again = await post(rest, channel, { ...body, content: 'twice' });
  expect(again).toMatchObject({ id: first.id, content: 'once', nonce: 'task-41' });
  expect(sim.messages(channel)).toHaveLength(1);
  await post(rest, channel, { content: 'free', nonce: 'task-41' });
  now += 10 * 60_000;
  await post(rest, channel, { ...body, content: 'much later' });
  expect(sim.messages(channel).map(({ content }) => content)).toEqual(['once', 'free', 'much later']);
});

test('files go up as multipart and come down from a link that expires', async () => {
  let now = Date.now();
  const sim = await startSim({ clock: () => now });
  const channelId = sim.createChannel('general');
  const client = await readyClient(sim);
  const channel = client.channels.cache.get(channelId) as TextChannel;
  const sent = await channel.send({
    content: 'the log',
    files: [{ attachment: Buffer.from('red\n'), name: 'ci.log', description: 'what failed' }],
  });
  const attachment = sent.attachments.first();
  expect(attachment).toMatchObject({ name: 'ci.log', size: 4, description: 'what failed' });
  expect(await (await fetch(attachment?.url ?? '')).text()).toBe('red\n');
  expect(sim.calls.findLast(({ files }) => files.length > 0)?.files).toEqual(['ci.log']);
  now += 25 * 3_600_000;
  expect((await fetch(attachment?.url ?? '')).status).toBe(404);
  const fresh = await channel.messages.fetch({ message: sent.id, force: true });
  expect((await fetch(fresh.attachments.first()?.url ?? '')).status).toBe(200);
  await fresh.edit({ attachments: [] });
  expect(sim.messages(channelId)[0]?.attachments).toEqual([]);
  const big = { attachment: Buffer.alloc(10 * 1024 * 1024 + 1), name: 'big.bin' };
  await expect(channel.send({ files: [big] })).rejects.toMatchObject({ code: 40005, status: 413 });
});

test('a person’s file reaches the app', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  const heard = new Promise<Message>((resolve) => client.once(Events.MessageCreate, resolve));
  sim.person('ann').say(channel, 'look', { files: [{ name: 'a.txt', content: 'hi', contentType: 'text/plain' }] });
  const attachment = (await heard).attachments.first();
  expect(attachment?.contentType).toBe('text/plain');
  expect(await (await fetch(attachment?.url ?? '')).text()).toBe('hi');
});

test('allowed_mentions decides who is pinged; @everyone needs a permission too', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const ann = sim.person('ann');
  const rest = restClient(sim);
  const text = `<@${ann.id}> @everyone`;
  await post(rest, channel, { content: text, allowed_mentions: { parse: [] } });
  await post(rest, channel, { content: text });
  sim.permit(channel, { allow: ['MentionEveryone'] });
  await post(rest, channel, { content: text });
  await post(rest, channel, { content: text, allowed_mentions: { users: [ann.id] } });
  expect(sim.messages(channel).map(({ mentions, mentionEveryone }) => [mentions.length, mentionEveryone])).toEqual([
    [0, false],
    [1, false],
    [1, true],
    [1, false],
  ]);
  const both = { parse: ['users'], users: [ann.id] };
  await expect(post(rest, channel, { content: text, allowed_mentions: both })).rejects.toMatchObject({ code: 50035 });
});

test('a reply shows what it answers and pings its author', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const ann = sim.person('ann');
  const question = ann.say(channel, 'why?');
  const rest = restClient(sim);
  const reply = await post(rest, channel, { content: 'because', message_reference: { message_id: question.id } });
  expect(reply).toMatchObject({ type: 19, referenced_message: { content: 'why?' }, mentions: [{ id: ann.id }] });
  const gone = { message_id: '1', fail_if_not_exists: false };
  expect(await post(rest, channel, { content: 'anyway', message_reference: gone })).toMatchObject({ type: 0 });
});

test('only answers to interactions can be ephemeral', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const sent = await post(restClient(sim), channel, { content: 'for all', flags: 64 | 4096 });
  expect(sent.flags).toBe(4096);
  expect(sim.person('ann').messages(channel)).toHaveLength(1);
});
