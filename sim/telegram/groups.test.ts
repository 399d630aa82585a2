import { expect, test } from 'vitest';
import { apiOf, startSim } from './testing.ts';

const KINDS = ['message', 'edited_message', 'message_reaction', 'my_chat_member'] as const;

test('in privacy mode a group shows the bot only commands, mentions and replies to it', async () => {
  const { sim, api, ana, texts } = await open();
  const group = sim.createGroup('Team');
  sim.invite(group, ana);
  const sent = await api.sendMessage(group, 'I am here');
  const mine = sim.messages(group).find(({ id }) => id === sent.message_id);
  if (!mine) throw new Error('no message');
  const chat = await ana.say(group, 'talk among people');
  await ana.say(group, 'also talk', { replyTo: chat });
  await ana.say(group, '/tasks');
  await ana.say(group, '/tasks@mainloop_bot');
  await ana.say(group, '/tasks@other_bot');
  await ana.say(group, 'hey @mainloop_bot please');
  await ana.say(group, 'mail@mainloop_bot.dev');
  await ana.say(group, 'hey @mainloop_bot_two');
  await ana.say(group, 'yes', { replyTo: mine });
  expect(await texts()).toEqual(['/tasks', '/tasks@mainloop_bot', 'hey @mainloop_bot please', 'yes']);
});

test('an administrator, and a bot without privacy, hears everybody but other bots', async () => {
  const { sim, ana, texts } = await open();
  const robot = sim.person('Robot', { bot: true });
  const group = sim.createGroup('Team', { bot: 'administrator' });
  sim.invite(group, ana);
  sim.invite(group, robot);
  await ana.say(group, 'one');
  await robot.say(group, '@mainloop_bot from a bot');
  sim.setBot(group, { status: 'member' });
  await ana.say(group, 'hidden');
  await ana.say(group, '/cmd is for the bot that spoke last');
  sim.configure({ privacy: false });
  await ana.say(group, 'two');
  expect(await texts()).toEqual(['one', 'two']);
});

test('reactions reach only administrators who asked for them, and never those of bots', async () => {
  const { sim, api, ana } = await open();
  const robot = sim.person('Robot', { bot: true });
  const group = sim.createGroup('Team');
  sim.invite(group, ana);
  sim.invite(group, robot);
  const message = await ana.say(group, 'hi');
  await ana.react(message, '👍');
  sim.setBot(group, { status: 'administrator' });
  await ana.react(message, '👎');
  await robot.react(message, '👍');
  await api.setMessageReaction(group, message.id, [{ type: 'emoji', emoji: '👀' }]);
  await ana.unreact(message);
  const reactions = (await api.getUpdates()).flatMap(({ message_reaction }) => message_reaction ?? []);
  expect(reactions).toMatchObject([
    {
      chat: { id: group, type: 'supergroup' },
      message_id: message.id,
      user: { id: ana.id },
      old_reaction: [{ type: 'emoji', emoji: '👍' }],
      new_reaction: [{ type: 'emoji', emoji: '👎' }],
    },
    { old_reaction: [{ emoji: '👎' }], new_reaction: [] },
  ]);
  expect(ana.sees(group).at(-1)).toBe('hi\n👍 1  👀 1');
  await expect(ana.react(message, '✅')).rejects.toThrow('Telegram has no reaction ✅');
});

test('anonymous administrators write and react as the group', async () => {
  const { sim, api } = await open();
  const boss = sim.person('Boss');
  const group = sim.createGroup('Team', { bot: 'administrator' });
  sim.invite(group, boss, { anonymous: true });
  const message = await boss.say(group, 'ship it');
  await boss.react(message, '🔥');
  const [said, reacted] = (await api.getUpdates()).slice(-2);
  expect(said?.message).toMatchObject({
    from: { username: 'GroupAnonymousBot', is_bot: true },
    sender_chat: { id: group },
  });
  expect(reacted?.message_reaction).toMatchObject({ actor_chat: { id: group } });
  expect(reacted?.message_reaction).not.toHaveProperty('user');
});

test('the bot hears that it was added, promoted, removed, blocked and unblocked', async () => {
  const { sim, api, ana } = await open();
  const group = sim.createGroup('Team', { type: 'group' });
  sim.setBot(group, { status: 'kicked' });
  await ana.start();
  await ana.block();
  await ana.start('again');
  const changes = (await api.getUpdates()).flatMap(({ my_chat_member: change }) => change ?? []);
  expect(
    changes.map(({ chat, old_chat_member: before, new_chat_member: after }) => [
      chat.type,
      before.status,
      after.status,
    ]),
  ).toEqual([
    ['group', 'left', 'member'],
    ['group', 'member', 'kicked'],
    ['private', 'member', 'kicked'],
    ['private', 'kicked', 'member'],
  ]);
  const kicked = { error_code: 403, description: 'Forbidden: bot was kicked from the group chat' };
  await expect(api.sendMessage(group, 'x')).rejects.toMatchObject(kicked);
  expect(ana.sees(ana.id)).toEqual(['/start', '/start again']);
});

test('a bot that leaves is no member any more, and what members are can be asked', async () => {
  const { sim, api, ana } = await open();
  const group = sim.createGroup('Team', { bot: 'administrator' });
  sim.invite(group, ana);
  expect(await api.getChat(group)).toMatchObject({ id: group, type: 'supergroup', title: 'Team' });
  expect(await api.getChatMember(group, ana.id)).toMatchObject({ status: 'member', user: { first_name: 'Ana' } });
  expect(await api.getChatMember(group, sim.botId)).toMatchObject({ status: 'administrator', can_manage_topics: true });
  expect(await api.getChatMember(group, sim.person('Bea').id)).toMatchObject({ status: 'left' });
  await expect(api.getChatMember(group, 1)).rejects.toThrow('PARTICIPANT_ID_INVALID');
  await api.leaveChat(group);
  const left = { error_code: 403, description: 'Forbidden: bot is not a member of the supergroup chat' };
  await expect(api.sendMessage(group, 'x')).rejects.toMatchObject(left);
  await ana.say(group, '@mainloop_bot still there?');
  expect((await api.getUpdates()).filter(({ message }) => message)).toEqual([]);
});

test('supergroups count their messages for themselves, and replies there form chains with a thread id', async () => {
  const { sim, api, ana } = await open();
  const [a, b] = [sim.createGroup('A'), sim.createGroup('B')];
  for (const group of [a, b]) sim.invite(group, ana);
  const first = await ana.say(a, 'root');
  expect((await ana.say(b, 'root')).id).toBe(first.id);
  const second = await ana.say(a, 'reply', { replyTo: first });
  const third = await api.sendMessage(a, 'deeper', { reply_parameters: { message_id: second.id } });
  expect(third.message_thread_id).toBe(first.id);
  expect(third).not.toHaveProperty('is_topic_message');
  const into = api.sendMessage(a, 'x', { message_thread_id: first.id });
  await expect(into).rejects.toMatchObject({ error_code: 400, description: 'Bad Request: message thread not found' });
});

test('a group that became a supergroup names its new id', async () => {
  const { sim, api, ana } = await open();
  const group = sim.createGroup('Team', { type: 'group' });
  sim.invite(group, ana);
  const next = sim.upgrade(group);
  await expect(api.sendMessage(group, 'x')).rejects.toMatchObject({
    error_code: 400,
    description: 'Bad Request: group chat was upgraded to a supergroup chat',
    parameters: { migrate_to_chat_id: next },
  });
  expect((await api.getUpdates()).slice(-2)).toMatchObject([
    { message: { chat: { id: group }, migrate_to_chat_id: next } },
    { message: { chat: { id: next }, migrate_from_chat_id: group } },
  ]);
  await ana.say(next, 'still here');
});

async function open() {
  const sim = await startSim({ limits: 'none' });
  const api = apiOf(sim);
  await api.getUpdates({ allowed_updates: KINDS });
  const texts = async () => (await api.getUpdates()).flatMap(({ message }) => message?.text ?? []);
  return { sim, api, ana: sim.person('Ana'), texts };
}
