import { expect, test } from 'vitest';
import { startSim, webClient } from '../testing.ts';

test('history gives roots newest first, in pages, between two times', async () => {
  const sim = await startSim();
  const { conversations } = webClient(sim);
  const channel = sim.createChannel('general');
  const ann = sim.person('ann');
  const stamps: string[] = [];
  for (const text of ['1', '2', '3', '4', '5']) stamps.push(await ann.say(channel, text));
  await ann.say(channel, 'reply', { threadTs: stamps[4] ?? '' });
  const texts = (messages: { text?: string }[] = []) => messages.map((message) => message.text).join('');
  const first = await conversations.history({ channel, limit: 3 });
  expect(texts(first.messages)).toBe('543');
  expect(first).toMatchObject({ has_more: true, messages: [{ reply_count: 1, thread_ts: stamps[4] }, {}, {}] });
  const cursor = first.response_metadata?.next_cursor ?? '';
  const second = await conversations.history({ channel, limit: 3, cursor });
  expect([texts(second.messages), second.has_more]).toEqual(['21', false]);
  const [, two = '', , four = ''] = stamps;
  expect(texts((await conversations.history({ channel, oldest: two, latest: four })).messages)).toBe('3');
  const closed = await conversations.history({ channel, oldest: two, latest: four, inclusive: true });
  expect(texts(closed.messages)).toBe('432');
});

test('replies give the root and then the thread, with metadata only when asked', async () => {
  const sim = await startSim();
  const { conversations, chat } = webClient(sim);
  const channel = sim.createChannel('general');
  const ts = await sim.person('ann').say(channel, 'root');
  const metadata = { event_type: 'outbox', event_payload: { id: 'k1' } };
  const one = await chat.postMessage({ channel, thread_ts: ts, text: 'one', metadata });
  await chat.postMessage({ channel, thread_ts: ts, text: 'two' });
  const plain = await conversations.replies({ channel, ts });
  expect(plain.messages?.map((message) => message.text)).toEqual(['root', 'one', 'two']);
  expect(plain.messages?.[1]?.metadata).toBeUndefined();
  const later = await conversations.replies({
    channel,
    ts,
    oldest: one.ts ?? '',
    inclusive: true,
    include_all_metadata: true,
  });
  expect(later.messages?.[1]).toMatchObject({ text: 'one', metadata, parent_user_id: sim.person('ann').id });
  const nowhere = conversations.replies({ channel, ts: '1.2' });
  await expect(nowhere).rejects.toMatchObject({ data: { error: 'thread_not_found' } });
});

test('the direct conversation with a person is one, whoever opens it', async () => {
  const sim = await startSim();
  const { conversations, chat } = webClient(sim);
  const ann = sim.person('ann');
  const { channel } = await conversations.open({ users: ann.id });
  expect(channel?.id).toBe(await ann.dm());
  expect((await chat.postMessage({ channel: ann.id, text: 'psst' })).channel).toBe(channel?.id);
  expect(await conversations.info({ channel: channel?.id ?? '' })).toMatchObject({
    channel: { is_im: true, user: ann.id },
  });
  const group = await conversations.open({ users: `${ann.id},${sim.person('bob').id}` });
  expect(group.channel?.id).not.toBe(channel?.id);
  const robot = conversations.open({ users: sim.person('robot', { bot: true }).id });
  await expect(robot).rejects.toMatchObject({ data: { error: 'cannot_dm_bot' } });
  const unknown = conversations.open({ users: 'UNOPE' });
  await expect(unknown).rejects.toMatchObject({ data: { error: 'user_not_found' } });
});

test('channels and people are listed with what policy needs to know', async () => {
  const sim = await startSim();
  const { conversations, users, bots, team } = webClient(sim);
  const id = sim.createChannel('general');
  const stranger = sim.person('eve', { id: 'UEVE', team: 'TOTHER' });
  const robot = sim.person('robot', { bot: true });
  await stranger.say(id, 'hi');
  expect((await conversations.list({ types: 'public_channel' })).channels).toMatchObject([
    { id, name: 'general', is_member: true },
  ]);
  expect((await conversations.members({ channel: id })).members).toEqual([sim.botUserId, 'UEVE']);
  expect(await users.info({ user: 'UEVE' })).toMatchObject({
    user: { team_id: 'TOTHER', is_bot: false, tz: 'Europe/Berlin' },
  });
  const { user } = await users.info({ user: robot.id });
  expect(user).toMatchObject({ is_bot: true });
  expect(await bots.info({ bot: user?.profile?.bot_id ?? '' })).toMatchObject({
    bot: { name: 'robot', user_id: robot.id },
  });
  expect((await users.list({})).members).toHaveLength(3);
  expect((await team.info({})).team?.id).toBe(sim.teamId);
});
