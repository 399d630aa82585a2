import { expect, test } from 'vitest';
import { apiOf, startSim } from './testing.ts';

test('a topic is made, written into, renamed, closed and deleted', async () => {
  const { sim, api, ana, forum } = await open({ bot: 'administrator' });
  const topic = await api.createForumTopic(forum, 'Task 41');
  expect(topic).toEqual({ message_thread_id: expect.any(Number), name: 'Task 41', icon_color: 0x6fb9f0 });
  const thread = topic.message_thread_id;
  const sent = await api.sendMessage(forum, 'inside', { message_thread_id: thread });
  // What answers nothing counts as an answer to the message that made the topic.
  expect(sent).toMatchObject({
    message_thread_id: thread,
    is_topic_message: true,
    reply_to_message: { message_id: thread, forum_topic_created: { name: 'Task 41' } },
  });
  const outside = await api.sendMessage(forum, 'outside');
  expect(outside).not.toHaveProperty('message_thread_id');
  const said = await ana.say(forum, 'mine', { topic: thread });
  const reply = await api.sendMessage(forum, 'to you', { reply_parameters: { message_id: said.id } });
  expect(reply).toMatchObject({ message_thread_id: thread, reply_to_message: { text: 'mine' } });
  await ana.waitFor(forum, 'to you', { topic: thread });
  expect(ana.sees(forum, thread)).toEqual(['(topic “Task 41” created)', 'inside', 'mine', 'to you']);
  await api.editForumTopic(forum, thread, { name: 'Task 41: done' });
  await expect(api.editForumTopic(forum, thread, { name: 'Task 41: done' })).rejects.toThrow('TOPIC_NOT_MODIFIED');
  await api.closeForumTopic(forum, thread);
  await expect(api.closeForumTopic(forum, thread)).rejects.toThrow('TOPIC_NOT_MODIFIED');
  expect(ana.sees(forum)).toContain('(topic renamed to “Task 41: done”)');
  await api.deleteForumTopic(forum, thread);
  expect(ana.sees(forum)).toEqual(['outside']);
  await expect(ana.say(forum, 'x', { topic: thread })).rejects.toThrow('no topic');
  const gone = api.sendMessage(forum, 'x', { message_thread_id: thread });
  await expect(gone).rejects.toMatchObject({ error_code: 400, description: 'Bad Request: message thread not found' });
  expect(sim.messages(forum).filter(({ deleted }) => !deleted)).toHaveLength(1);
});

test('a bot hears of the topics that it makes itself, though not of its messages', async () => {
  const { sim, api, forum } = await open({ bot: 'administrator' });
  const { message_thread_id } = await api.createForumTopic(forum, 'Task 41');
  await api.sendMessage(forum, 'inside', { message_thread_id });
  expect((await api.getUpdates()).flatMap(({ message }) => message ?? [])).toMatchObject([
    { message_id: message_thread_id, from: { id: sim.botId }, forum_topic_created: { name: 'Task 41' } },
  ]);
});

test('names are cut after 128 characters, and empty ones refused', async () => {
  const { api, forum } = await open({ bot: 'administrator' });
  expect((await api.createForumTopic(forum, '👍'.repeat(200))).name).toBe('👍'.repeat(128));
  await expect(api.createForumTopic(forum, '  ')).rejects.toThrow('Title must be non-empty');
});

test('topics need a forum and an administrator with the right to manage them', async () => {
  const { sim, api, ana, forum } = await open({ bot: 'member' });
  const byPerson = await ana.createTopic(forum, 'By Ana');
  const rights = 'Bad Request: not enough rights to create a topic';
  await expect(api.createForumTopic(forum, 'x')).rejects.toMatchObject({ error_code: 400, description: rights });
  await expect(api.editForumTopic(forum, byPerson.id, { name: 'x' })).rejects.toThrow('not enough rights');
  sim.setBot(forum, { status: 'administrator', canManageTopics: false });
  await expect(api.createForumTopic(forum, 'x')).rejects.toMatchObject({ description: rights });
  sim.setBot(forum, { status: 'administrator', canManageTopics: true });
  await api.closeForumTopic(forum, byPerson.id);
  sim.setBot(forum, { status: 'member' });
  const closed = api.sendMessage(forum, 'x', { message_thread_id: byPerson.id });
  await expect(closed).rejects.toMatchObject({ description: 'Bad Request: TOPIC_CLOSED' });
  const plain = sim.createGroup('Plain', { bot: 'administrator' });
  const noForum = 'Bad Request: the chat is not a forum';
  await expect(api.createForumTopic(plain, 'x')).rejects.toMatchObject({ description: noForum });
});

test('private chats have topics once they are switched on, and both sides see it', async () => {
  const { sim, api, ana } = await open({ bot: 'member' });
  await ana.start();
  expect((await api.getMe()).has_topics_enabled).toBe(false);
  await expect(api.createForumTopic(ana.id, 'x')).rejects.toThrow('the chat is not a forum');
  sim.configure({ privateTopics: true });
  expect((await api.getMe()).has_topics_enabled).toBe(true);
  const { message_thread_id } = await api.createForumTopic(ana.id, 'Task 7');
  await ana.say(ana.id, 'in the topic', { topic: message_thread_id });
  const updates = await api.getUpdates();
  expect(updates.at(-1)?.message).toMatchObject({ text: 'in the topic', message_thread_id, is_topic_message: true });
  await expect(api.closeForumTopic(ana.id, message_thread_id)).rejects.toThrow('the chat is not a forum');
});

test('a deleted topic may let messages fall into the main chat without a word', async () => {
  const { sim, api, ana } = await open({ bot: 'member', privateTopics: true });
  await ana.start();
  const { message_thread_id } = await api.createForumTopic(ana.id, 'Task 7');
  sim.deleteTopic(ana.id, message_thread_id, { fallsIntoMainChat: true });
  const sent = await api.sendMessage(ana.id, 'lost', { message_thread_id });
  expect(sent).not.toHaveProperty('message_thread_id');
  await expect(api.editForumTopic(ana.id, message_thread_id, { name: 'x' })).rejects.toThrow(
    'message thread not found',
  );
});

async function open(o: { bot: 'member' | 'administrator'; privateTopics?: boolean }) {
  const sim = await startSim({ limits: 'none', privateTopics: o.privateTopics ?? false });
  const forum = sim.createGroup('Forum', { forum: true, bot: o.bot });
  const ana = sim.person('Ana');
  sim.invite(forum, ana);
  return { sim, api: apiOf(sim), ana, forum };
}
