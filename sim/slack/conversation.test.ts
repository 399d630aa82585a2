import { expect, test } from 'vitest';
import type { SlackSim } from './index.ts';
import { socketClient, startSim, webClient } from './testing.ts';

interface Body {
  team_id: string;
  event_id: string;
  event: Record<string, unknown>;
}

/** All event bodies the app gets, acked. */
async function bodiesOf(sim: SlackSim): Promise<Body[]> {
  const bodies: Body[] = [];
  await socketClient(sim, (client) => {
    client.on('slack_event', async ({ ack, body }: { ack: () => Promise<void>; body: Body }) => {
      bodies.push(body);
      await ack();
    });
  });
  return bodies;
}

test('a reply, its edit and its removal are told with the fields Slack gives them', async () => {
  const sim = await startSim();
  const bodies = await bodiesOf(sim);
  const channel = sim.createChannel('secret', { private: true });
  const { ts: root = '' } = await webClient(sim).chat.postMessage({ channel, text: 'root' });
  const ann = sim.person('ann');
  await expect(ann.say(channel, 'not invited')).rejects.toThrow('channel_not_found');
  const [post] = sim.messages(channel);
  sim.invite(channel, ann);
  const ts = await ann.say(channel, 'reply', { threadTs: root });
  await ann.edit(channel, ts, 'changed');
  await ann.remove(channel, ts);
  await sim.waitFor(() => (bodies.length === 4 ? true : undefined));
  const [own, reply, edit, removal] = bodies.map((body) => body.event);
  const where = { channel, channel_type: 'group', type: 'message' };
  expect(own).toMatchObject({ ...where, user: sim.botUserId, bot_id: post?.bot_id, app_id: post?.app_id });
  expect(reply).toMatchObject({ ...where, user: ann.id, thread_ts: root, parent_user_id: sim.botUserId, event_ts: ts });
  expect(reply).toMatchObject({ team: sim.teamId, blocks: [{ type: 'rich_text' }], client_msg_id: expect.any(String) });
  expect(edit).toMatchObject({
    ...where,
    subtype: 'message_changed',
    hidden: true,
    message: { text: 'changed', edited: { user: ann.id } },
    previous_message: { text: 'reply' },
  });
  expect(removal).toMatchObject({ ...where, subtype: 'message_deleted', deleted_ts: ts });
  expect(new Set(bodies.map((body) => body.event_id)).size).toBe(4);
});

test('other bots, strangers and posts under another name can be told from people', async () => {
  const sim = await startSim();
  const bodies = await bodiesOf(sim);
  const channel = sim.createChannel('general');
  await sim.person('robot', { bot: true }).say(channel, 'beep');
  await sim.person('eve', { team: 'TOTHER' }).say(channel, 'hi');
  await webClient(sim).chat.postMessage({ channel, text: 'x', username: 'alias' });
  await sim.waitFor(() => (bodies.length === 3 ? true : undefined));
  const [robot, stranger, alias] = bodies.map((body) => body.event);
  expect(robot).toMatchObject({ user: sim.person('robot').id, bot_id: expect.any(String) });
  expect(stranger).toMatchObject({ team: 'TOTHER', user_team: 'TOTHER', source_team: 'TOTHER' });
  expect(bodies[1]?.team_id).toBe(sim.teamId);
  expect(alias).toMatchObject({ subtype: 'bot_message', username: 'alias' });
});

test('the app hears nothing of a channel that its bot is not in, nor of what one person alone sees', async () => {
  const sim = await startSim();
  const bodies = await bodiesOf(sim);
  const ann = sim.person('ann');
  await ann.say(sim.createChannel('elsewhere', { withoutBot: true }), '@mainloop psst');
  const channel = sim.createChannel('general');
  await ann.say(channel, 'hi');
  const { message_ts } = await webClient(sim).chat.postEphemeral({ channel, user: ann.id, text: 'only you' });
  expect(sim.ephemerals(ann.id)).toMatchObject([{ ts: message_ts, text: 'only you' }]);
  expect(sim.messages(channel)).toHaveLength(1);
  await ann.say(channel, 'last');
  await sim.waitFor(() => (bodies.length === 2 ? true : undefined));
  expect(bodies.map((body) => body.event.text)).toEqual(['hi', 'last']);
});

test('timestamps are unique, rising, and of the present', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  for (let i = 0; i < 50; i += 1) await sim.person('ann').say(channel, `${i}`);
  const stamps = sim.messages(channel).map((message) => message.ts);
  expect(stamps.every((ts) => /^\d{10}\.\d{6}$/.test(ts))).toBe(true);
  expect(stamps).toEqual([...new Set(stamps)].sort());
  expect(Math.abs(Number(stamps[0]) * 1000 - Date.now())).toBeLessThan(60_000);
});
