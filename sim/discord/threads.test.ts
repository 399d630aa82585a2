import {
  type APIMessage,
  type APITextChannel,
  type APIThreadChannel,
  type APIThreadList,
  ChannelType,
  Events,
  type ForumChannel,
  Routes,
  type TextChannel,
} from 'discord.js';
import { expect, test } from 'vitest';
import { readyClient, restClient, startSim } from './testing.ts';

test('a thread on a message has its id, and there is only one', async () => {
  const sim = await startSim();
  const channelId = sim.createChannel('general');
  const said = sim.person('ann').say(channelId, 'do it');
  const rest = restClient(sim);
  const open = (): Promise<unknown> => rest.post(Routes.threads(channelId, said.id), { body: { name: 'task' } });
  expect(await open()).toMatchObject({ id: said.id, type: 11, parent_id: channelId, name: 'task' });
  await expect(open()).rejects.toMatchObject({ code: 160004, status: 400 });
  const message = (await rest.get(Routes.channelMessage(channelId, said.id))) as APIMessage;
  expect(message).toMatchObject({ flags: 32, thread: { id: said.id } });
  const [starter] = (await rest.get(Routes.channelMessages(said.id))) as APIMessage[];
  expect(starter).toMatchObject({ type: 21, content: '', referenced_message: { content: 'do it' } });
  await expect(rest.post(Routes.threads(said.id, said.id), { body: { name: 'x' } })).rejects.toMatchObject({
    code: 50024,
  });
});

test('an archived thread takes a message and wakes up, but no edit or reaction', async () => {
  const sim = await startSim();
  const channelId = sim.createChannel('general');
  const client = await readyClient(sim);
  const channel = client.channels.cache.get(channelId) as TextChannel;
  const thread = await channel.threads.create({ name: 'task', type: ChannelType.PublicThread });
  const message = await thread.send('working');
  await thread.setArchived(true);
  await expect(message.edit('done')).rejects.toMatchObject({ code: 50083 });
  await expect(message.react('✅')).rejects.toMatchObject({ code: 50083 });
  await expect(thread.setName('other')).rejects.toMatchObject({ code: 50083 });
  const updated = new Promise((resolve) => client.once(Events.ThreadUpdate, (_old, now) => resolve(now.archived)));
  await thread.send('done');
  expect(await updated).toBe(false);
  expect(sim.channel(thread.id).thread?.archived).toBe(false);
});

test('a locked thread is closed to people, and to a bot that does not manage threads', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const ann = sim.person('ann');
  const thread = ann.openThread(ann.say(channel, 'here'), 'mine');
  const rest = restClient(sim);
  await rest.patch(Routes.channel(thread.id), { body: { archived: true, locked: true } });
  expect(() => ann.say(thread, 'more')).toThrow('not_allowed');
  sim.permit(channel, { deny: ['ManageThreads'] });
  const body = { content: 'more' };
  await expect(rest.post(Routes.channelMessages(thread.id), { body })).rejects.toMatchObject({ code: 160005 });
  await expect(rest.patch(Routes.channel(thread.id), { body: { name: 'x' } })).rejects.toMatchObject({ code: 50013 });
});

test('a quiet thread archives itself by the clock, and lists of threads tell', async () => {
  let now = Date.now();
  const sim = await startSim({ clock: () => now });
  const channel = sim.createChannel('general');
  const rest = restClient(sim);
  const open = async (name: string, auto_archive_duration: number): Promise<string> => {
    const body = { name, type: 11, auto_archive_duration };
    return ((await rest.post(Routes.threads(channel), { body })) as APIThreadChannel).id;
  };
  const short = await open('short', 60);
  const long = await open('long', 1440);
  const active = async (): Promise<string[]> =>
    ((await rest.get(Routes.guildActiveThreads(sim.guildId))) as APIThreadList).threads.map(({ id }) => id);
  expect(await active()).toEqual([short, long]);
  now += 2 * 3_600_000;
  expect(await active()).toEqual([long]);
  const archived = (await rest.get(Routes.channelThreads(channel, 'public'))) as APIThreadList;
  expect(archived).toMatchObject({ threads: [{ id: short, thread_metadata: { archived: true } }], has_more: false });
  await expect(open('odd', 61)).rejects.toMatchObject({ code: 50035 });
});

test('a forum post is a thread with the id of its first message, and may need a tag', async () => {
  const sim = await startSim();
  const forumId = sim.createChannel('tasks', { kind: 'forum', tags: ['open', 'done'], requireTag: true });
  const client = await readyClient(sim);
  const forum = client.channels.cache.get(forumId) as ForumChannel;
  const [open] = forum.availableTags;
  const message = { content: 'the plan' };
  await expect(forum.threads.create({ name: '#41', message })).rejects.toMatchObject({ code: 40067 });
  const thread = await forum.threads.create({ name: '#41', message, appliedTags: [open?.id ?? ''] });
  expect((await thread.fetchStarterMessage())?.content).toBe('the plan');
  expect(thread.appliedTags).toEqual([open?.id]);
  const bad = { name: 'x', message, appliedTags: ['100000000000000000'] };
  await expect(forum.threads.create(bad)).rejects.toMatchObject({ code: 50035 });
  const heard = new Promise((resolve) => client.once(Events.MessageCreate, (one) => resolve(one.channelId)));
  const post = sim.person('ann').post(forumId, 'an idea', 'could we');
  expect(await heard).toBe(post.id);
});

test('the bot joins and leaves a thread, and a deleted one is gone', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const ann = sim.person('ann');
  const thread = ann.openThread(ann.say(channel, 'here'), 'mine');
  const rest = restClient(sim);
  await rest.put(Routes.threadMembers(thread.id, '@me'));
  const members = (await rest.get(Routes.threadMembers(thread.id))) as { user_id: string }[];
  expect(members.map(({ user_id }) => user_id)).toEqual([ann.id, sim.botUserId]);
  await rest.delete(Routes.threadMembers(thread.id, '@me'));
  expect(sim.channel(thread.id).thread?.members.size).toBe(1);
  await rest.delete(Routes.channel(thread.id));
  await expect(rest.get(Routes.channel(thread.id))).rejects.toMatchObject({ code: 10003 });
  expect((await rest.get(Routes.channel(channel))) as APITextChannel).toMatchObject({ name: 'general', type: 0 });
});

test('what others do with threads is told: opened, joined, closed, deleted', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  const heard: string[] = [];
  client.on(Events.ThreadCreate, ({ name }, isNew) => void heard.push(`create ${name} ${isNew}`));
  client.on(Events.ThreadUpdate, (_old, { archived, locked }) => void heard.push(`update ${archived} ${locked}`));
  client.on(Events.ThreadMembersUpdate, (added) => void heard.push(`joined by ${[...added.keys()]}`));
  client.on(Events.ThreadDelete, ({ name }) => void heard.push(`delete ${name}`));
  const [ann, bob] = [sim.person('ann'), sim.person('bob')];
  const thread = ann.openThread(ann.say(channel, 'here'), 'mine');
  bob.say(thread, 'me too');
  ann.closeThread(thread, { lock: true });
  await client.rest.delete(Routes.channel(thread.id));
  await sim.waitFor(() => heard[3]);
  expect(heard).toEqual(['create mine true', `joined by ${bob.id}`, 'update true true', 'delete mine']);
});
