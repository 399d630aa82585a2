import { expect, test } from 'vitest';
import { startSim, webClient } from '../testing.ts';

/** The error code of a refused call. */
async function refusal(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'accepted',
    (error: { data?: { error?: string } }) => error.data?.error ?? error,
  );
}

const button = (id: string) => ({ type: 'button', action_id: id, text: { type: 'plain_text', text: 'x' } });

test('every answer names the scopes, and tokens are told apart', async () => {
  const sim = await startSim({ scopes: ['chat:write'] });
  const client = webClient(sim);
  expect(await client.auth.test()).toMatchObject({
    team_id: sim.teamId,
    user_id: sim.botUserId,
    bot_id: expect.any(String),
    response_metadata: { scopes: ['chat:write'] },
  });
  expect(await refusal(webClient(sim, 'xoxb-wrong').auth.test())).toBe('invalid_auth');
  expect(await refusal(webClient(sim, '').auth.test())).toBe('not_authed');
  expect(await refusal(client.apps.connections.open())).toBe('not_allowed_token_type');
  expect(await refusal(webClient(sim, sim.appToken).auth.test())).toBe('not_allowed_token_type');
  expect(await refusal(client.apiCall('no.such.method'))).toBe('unknown_method');
  const channel = sim.createChannel('general');
  const call = client.reactions.add({ channel, timestamp: '1.2', name: 'x' });
  await expect(call).rejects.toMatchObject({
    data: { error: 'missing_scope', needed: 'reactions:write', provided: 'chat:write' },
  });
});

test('arguments may come as a form with JSON inside or as a JSON body', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const metadata = { event_type: 'outbox', event_payload: { id: 'k1' } };
  await webClient(sim).chat.postMessage({ channel, text: '{"not": "an object"}', metadata });
  await fetch(`${sim.apiUrl}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sim.botToken}`, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ channel, text: 'json', metadata }),
  });
  const [form, json] = sim.messages(channel);
  expect(form).toMatchObject({ text: '{"not": "an object"}', metadata });
  expect(json).toMatchObject({ text: 'json', metadata });
});

test('posts are refused for the reasons Slack refuses them', async () => {
  const sim = await startSim();
  const { chat } = webClient(sim);
  const channel = sim.createChannel('general');
  const elsewhere = sim.createChannel('elsewhere', { withoutBot: true });
  const hidden = sim.createChannel('hidden', { withoutBot: true, private: true });
  const text = 'x';
  expect(await refusal(chat.postMessage({ channel: 'CNOPE', text }))).toBe('channel_not_found');
  expect(await refusal(chat.postMessage({ channel: hidden, text }))).toBe('channel_not_found');
  expect(await refusal(chat.postMessage({ channel: elsewhere, text }))).toBe('not_in_channel');
  expect(await refusal(chat.postMessage({ channel, text: '' }))).toBe('no_text');
  expect(await refusal(chat.postMessage({ channel, text: 'x'.repeat(40_001) }))).toBe('msg_too_long');
  expect(await refusal(chat.postMessage({ channel, markdown_text: 'x'.repeat(12_001) }))).toBe('msg_too_long');
  expect(await refusal(chat.postMessage({ channel, text, thread_ts: '1700000000.000100' }))).toBe('thread_not_found');
  const root = await chat.postMessage({ channel, text });
  const reply = await chat.postMessage({ channel, text, thread_ts: root.ts ?? '' });
  const nested = chat.postMessage({ channel, text, thread_ts: reply.ts ?? '' });
  expect(await refusal(nested)).toBe('cannot_reply_to_message');
});

test.each([
  ['more than 50 blocks', Array.from({ length: 51 }, () => ({ type: 'divider' })), 'invalid_blocks'],
  ['an unknown block', [{ type: 'surprise' }], 'invalid_blocks'],
  ['a section of 3,001', [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3001) } }], 'invalid_blocks'],
  [
    '26 buttons',
    [{ type: 'actions', elements: Array.from({ length: 26 }, (_, i) => button(`b${i}`)) }],
    'invalid_blocks',
  ],
  ['one action id twice', [{ type: 'actions', elements: [button('a'), button('a')] }], 'invalid_blocks'],
  ['an empty header', [{ type: 'header', text: { type: 'plain_text', text: '' } }], 'invalid_blocks'],
  ['a strange task state', [{ type: 'task_card', task_id: 't', title: 'T', status: 'busy' }], 'invalid_blocks'],
  [
    '13,201 characters in all',
    Array.from({ length: 5 }, () => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(2641) } })),
    'msg_blocks_too_long',
  ],
])('%s are refused', async (_name, blocks, code) => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  expect(await refusal(webClient(sim).apiCall('chat.postMessage', { channel, text: 'x', blocks }))).toBe(code);
  expect(sim.messages(channel)).toEqual([]);
});

test('only the bot’s own living messages can be updated, and blocks stay when an update names none', async () => {
  const sim = await startSim();
  const { chat } = webClient(sim);
  const channel = sim.createChannel('general');
  const theirs = await sim.person('ann').say(channel, 'mine');
  expect(await refusal(chat.update({ channel, ts: theirs, text: 'x' }))).toBe('cant_update_message');
  expect(await refusal(chat.delete({ channel, ts: theirs }))).toBe('cant_delete_message');
  expect(await refusal(chat.update({ channel, ts: '1.2', text: 'x' }))).toBe('message_not_found');
  const { ts = '' } = await chat.postMessage({ channel, text: 'a', blocks: [{ type: 'divider' }] });
  await chat.update({ channel, ts, text: 'b' });
  expect(sim.messages(channel)[1]).toMatchObject({ text: 'b', blocks: [{ type: 'divider' }], edits: 1 });
  await chat.update({ channel, ts, text: 'c', blocks: [] });
  expect(sim.messages(channel)[1]).toMatchObject({ text: 'c', blocks: [{ type: 'rich_text' }], edits: 2 });
  await chat.delete({ channel, ts });
  expect(await refusal(chat.update({ channel, ts, text: 'd' }))).toBe('message_not_found');
  expect(sim.messages(channel)[1]?.deleted).toBe(true);
});

test('the bot’s reactions are added once, read back, and removed once', async () => {
  const sim = await startSim();
  const { reactions } = webClient(sim);
  const channel = sim.createChannel('general');
  const timestamp = await sim.person('ann').say(channel, 'hi');
  await reactions.add({ channel, timestamp, name: '+1' });
  await sim.person('ann').react(channel, timestamp, '+1');
  expect(await refusal(reactions.add({ channel, timestamp, name: '+1' }))).toBe('already_reacted');
  expect(await refusal(reactions.add({ channel, timestamp, name: '👍' }))).toBe('invalid_name');
  expect(await reactions.get({ channel, timestamp })).toMatchObject({
    message: { ts: timestamp, reactions: [{ name: '+1', count: 2, users: [sim.botUserId, sim.person('ann').id] }] },
  });
  await reactions.remove({ channel, timestamp, name: '+1' });
  expect(await refusal(reactions.remove({ channel, timestamp, name: '+1' }))).toBe('no_reaction');
});

test('a file of three calls lands in its thread', async () => {
  const sim = await startSim();
  const client = webClient(sim);
  const channel = sim.createChannel('general');
  const thread_ts = await sim.person('ann').say(channel, 'logs?');
  const content = 'line ü\n'.repeat(100);
  await client.filesUploadV2({ channel_id: channel, thread_ts, filename: 'run.log', content, initial_comment: 'here' });
  const message = sim.messages(channel)[1];
  expect(message).toMatchObject({ text: 'here', thread_ts, files: [{ name: 'run.log', mimetype: 'text/plain' }] });
  const url = message?.files?.[0]?.url_private ?? '';
  const downloaded = await fetch(url, { headers: { authorization: `Bearer ${sim.botToken}` } });
  expect(await downloaded.text()).toBe(content);
});

test('a stream outside a direct conversation names its reader, and dies of age', async () => {
  let now = Date.now();
  const sim = await startSim({ clock: () => now });
  const { chat } = webClient(sim);
  const channel = sim.createChannel('general');
  const ann = sim.person('ann');
  const thread_ts = await ann.say(channel, 'hi');
  expect(await refusal(chat.startStream({ channel, thread_ts }))).toBe('missing_recipient_team_id');
  const reader = { recipient_team_id: sim.teamId, recipient_user_id: ann.id };
  const { ts = '' } = await chat.startStream({ channel, thread_ts, ...reader, markdown_text: 'a' });
  expect(await refusal(chat.update({ channel, ts, text: 'x' }))).toBe('streaming_state_conflict');
  now += 299_000;
  await chat.appendStream({ channel, ts, markdown_text: 'b' });
  now += 2_000;
  const late = chat.appendStream({ channel, ts, markdown_text: 'c' });
  expect(await refusal(late)).toBe('message_not_in_streaming_state');
  expect(await refusal(chat.stopStream({ channel, ts }))).toBe('message_not_in_streaming_state');
  expect(sim.messages(channel)[1]).toMatchObject({ text: 'ab', streaming_state: 'errored' });
});

test('what the app says it is doing is told and limited to four states', async () => {
  const sim = await startSim();
  const client = webClient(sim);
  const channel_id = sim.createChannel('general');
  const thread_ts = await sim.person('ann').say(channel_id, 'hi');
  const told: string[] = [];
  sim.on('status', ({ status }) => told.push(status));
  await client.assistant.threads.setStatus({ channel_id, thread_ts, status: 'is thinking…' });
  const answer = await client.agents.sessions.setStatus({ channel_id, thread_ts, status: 'processing' });
  expect(answer).toMatchObject({ status: 'processing' });
  const wrong = client.agents.sessions.setStatus({ channel_id, thread_ts, status: 'busy' });
  expect(await refusal(wrong)).toBe('invalid_arguments');
  expect(told).toEqual(['is thinking…', 'processing']);
});
