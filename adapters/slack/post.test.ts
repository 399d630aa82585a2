import { expect, onTestFinished, test } from 'vitest';
import type { Place } from '../../core/domain/chat.ts';
import { createSlackSim, type SlackMessage, type SlackSim, type SlackSimOptions } from '../../sim/slack/index.ts';
import type { SlackChat, SlackOptions } from './index.ts';
import { connect } from './testing.ts';

interface Scene {
  sim: SlackSim;
  chat: SlackChat;
  place: Place;
  /** The bot's messages in the thread. */
  ours(): SlackMessage[];
}

async function scene(options: Partial<SlackOptions> = {}, simOptions: SlackSimOptions = {}): Promise<Scene> {
  const sim = await createSlackSim(simOptions);
  onTestFinished(() => sim.close());
  const { chat, inbound } = await connect(sim, options);
  const channel = sim.createChannel('web');
  await sim.person('Ana').say(channel, '@mainloop hello');
  const { place } = await inbound('message');
  return { sim, chat, place, ours: () => sim.messages(channel).filter((m) => m.user === sim.botUserId && !m.deleted) };
}

test('a rate limit names the time to wait and nothing was posted', async () => {
  const { sim, chat, place, ours } = await scene();
  sim.faults.add({ kind: 'ratelimited', method: 'chat.postMessage', retryAfter: 7 });
  await expect(chat.post(place, { text: 'x' }, 'k')).rejects.toMatchObject({
    code: 'rate_limited',
    remedy: 'retry',
    retryAfterMs: 7_000,
  });
  expect(ours()).toEqual([]);
});

test.each(['error500_after', 'drop_after', 'timeout_after'] as const)(
  'a post that arrived but was not answered (%s) is sent once and found',
  async (kind) => {
    const { sim, chat, place, ours } = await scene({ timeoutMs: 300 });
    const since = Date.now();
    sim.faults.add({ kind, method: 'chat.postMessage' });
    await expect(chat.post(place, { text: 'x' }, 'k')).rejects.toMatchObject({ code: 'ambiguous', remedy: 'look' });
    expect(ours()).toHaveLength(1);
    expect(await chat.find(place, 'k', since)).toEqual({ place, id: ours()[0]?.ts });
  },
);

test('a connection that breaks before Slack accepts is of unknown fate too, and nothing is found', async () => {
  const { sim, chat, place } = await scene();
  sim.faults.add({ kind: 'drop_before', method: 'chat.postMessage' });
  await expect(chat.post(place, { text: 'x' }, 'k')).rejects.toMatchObject({ remedy: 'look' });
  expect(await chat.find(place, 'k', Date.now() - 60_000)).toBeNull();
});

test.each([
  ['is_archived', 'unreachable'],
  ['not_in_channel', 'unreachable'],
  ['invalid_auth', 'invalid_credentials'],
  ['msg_too_long', 'too_long'],
])('%s is the failure %s and is not repeated', async (error, code) => {
  const { sim, chat, place } = await scene();
  sim.faults.add({ kind: 'error', method: 'chat.postMessage', error });
  await expect(chat.post(place, { text: 'x' }, 'k')).rejects.toMatchObject({ code, remedy: 'never' });
});

test('a missing scope is named', async () => {
  const { sim, chat, place, ours } = await scene({}, { scopes: ['chat:write', 'channels:history', 'users:read'] });
  await chat.post(place, { text: 'x' }, 'k');
  const [message] = ours();
  await expect(chat.react({ place, id: message?.ts ?? '' }, 'yes', true)).rejects.toMatchObject({
    code: 'missing_scope',
    message: expect.stringContaining('reactions:write'),
  });
  expect(sim.calls.some((call) => call.error === 'missing_scope')).toBe(true);
});

test('where Slack refuses plan blocks the steps are lines, and the next message does not try again', async () => {
  const { sim, chat, place, ours } = await scene();
  sim.faults.add({ kind: 'error', method: 'chat.postMessage', error: 'invalid_blocks' });
  const doc = { title: '#1', text: 'Working.', steps: [{ id: 'p', title: 'Plan', state: 'running' as const }] };
  await chat.post(place, doc, 'k');
  await chat.post(place, doc, 'k2');
  const shapes = ours().map((message) => message.blocks?.map((block) => block.type));
  expect(shapes).toEqual([
    ['rich_text', 'section', 'markdown'],
    ['rich_text', 'section', 'markdown'],
  ]);
  expect(sim.calls.filter((call) => call.method === 'chat.postMessage')).toHaveLength(3);
});

test('a message that Slack refuses in every shape goes out as words', async () => {
  const { sim, chat, place, ours } = await scene();
  sim.faults.add({ kind: 'error', method: 'chat.postMessage', error: 'invalid_blocks', times: 2 });
  await chat.post(place, { text: 'Still readable.' }, 'k');
  expect(ours()[0]).toMatchObject({ text: 'Still readable.' });
});

test('text for two messages is posted once although it is posted again after a failure', async () => {
  const { sim, chat, place, ours } = await scene();
  const text = Array.from({ length: 60 }, (_, i) => `${i} ${'word '.repeat(60)}`).join('\n\n');
  sim.faults.add({ kind: 'error500_after', method: 'chat.postMessage' });
  const since = Date.now();
  await expect(chat.post(place, { text }, 'k')).rejects.toMatchObject({ remedy: 'look' });
  expect(await chat.find(place, 'k', since)).toBeNull();
  const ref = await chat.post(place, { text, buttons: [[{ label: 'Go', token: 'go' }]] }, 'k');
  expect(ours()).toHaveLength(2);
  expect(ours()[1]?.ts).toBe(ref.id);
  expect(ours()[1]?.blocks?.at(-1)?.type).toBe('actions');
});

test('very long text is a short message with a file in the thread', async () => {
  const { chat, place, ours } = await scene();
  await chat.post(place, { text: 'word '.repeat(20_000) }, 'k');
  expect(ours()).toHaveLength(2);
  expect(ours()[1]).toMatchObject({ thread_ts: place.thread, files: [{ title: 'message.md', size: 100_000 }] });
});

test('nothing in a message notifies anyone', async () => {
  const { chat, place, ours } = await scene();
  const evil = '<!channel> @everyone <@U12345> <!subteam^S1>';
  await chat.post(
    place,
    {
      title: evil,
      text: evil,
      note: evil,
      steps: [{ id: 's', title: evil, state: 'running' }],
      buttons: [[{ label: evil, token: 't' }]],
    },
    'k',
  );
  const [message] = ours();
  const { text, blocks } = message ?? {};
  expect(JSON.stringify([text, blocks])).not.toMatch(/<[!@]\w/);
});

test('edits while one is on its way leave the last content and few calls', async () => {
  const { sim, chat, place, ours } = await scene();
  const ref = await chat.post(place, { text: '0' }, 'k');
  await Promise.all(Array.from({ length: 20 }, (_, i) => chat.edit(ref, { text: String(i + 1) })));
  expect(ours()[0]?.text).toBe('20');
  expect(sim.calls.filter((call) => call.method === 'chat.update').length).toBeLessThanOrEqual(2);
});

test('many messages edited at once all end with their last content although Slack limits edits', async () => {
  const { sim, chat, place, ours } = await scene({ editsPerMinute: 900 });
  const refs = await Promise.all(Array.from({ length: 25 }, (_, i) => chat.post(place, { text: 'start' }, `k${i}`)));
  sim.limit('chat.update', { perMinute: 900, burst: 5 });
  await Promise.all(refs.flatMap((ref) => ['1', '2', 'last'].map((text) => chat.edit(ref, { text }))));
  expect(ours().map((message) => message.text)).toEqual(refs.map(() => 'last'));
  expect(sim.calls.some((call) => call.method === 'chat.update' && call.error !== undefined)).toBe(true);
});

test('an edit waits out a rate limit and a hiccup by itself', async () => {
  const { sim, chat, place, ours } = await scene();
  const ref = await chat.post(place, { text: 'before' }, 'k');
  sim.faults.add({ kind: 'ratelimited', method: 'chat.update', retryAfter: 1 });
  sim.faults.add({ kind: 'error500', method: 'chat.update' });
  await chat.edit(ref, { text: 'after' });
  expect(ours()[0]?.text).toBe('after');
});

test('an edit keeps the key', async () => {
  const { chat, place } = await scene();
  const since = Date.now();
  const ref = await chat.post(place, { text: 'before' }, 'k');
  await chat.edit(ref, { text: 'after' });
  expect(await chat.find(place, 'k', since)).toEqual(ref);
});

test('a repeated reaction is success; reactions of people are read back and our own left out', async () => {
  const { sim, chat, place, ours } = await scene();
  const ref = await chat.post(place, { text: 'x' }, 'k');
  await chat.react(ref, 'yes', true);
  await chat.react(ref, 'yes', true);
  await sim.person('Ben').react(place.channel, ours()[0]?.ts ?? '', 'thumbsup');
  const found = await chat.reactions(ref);
  expect(found).toMatchObject([{ account: { id: sim.person('Ben').id, name: 'Ben', bot: false }, emoji: 'yes' }]);
  await chat.react(ref, 'yes', false);
  await chat.react(ref, 'yes', false);
});

test('a person’s direct conversation is opened, and a stranger is unreachable', async () => {
  const { sim, chat } = await scene();
  const { id } = sim.person('Ana');
  const place = await chat.dm({ platform: 'slack', space: sim.teamId, id, bot: false });
  expect(place).toEqual({ platform: 'slack', space: sim.teamId, channel: await sim.person('Ana').dm(), dm: true });
  await expect(chat.dm({ platform: 'slack', space: sim.teamId, id: 'U0NOBODY', bot: false })).rejects.toMatchObject({
    code: 'unreachable',
  });
});

test('a message has a link, a missing one has none', async () => {
  const { chat, place } = await scene();
  const ref = await chat.post(place, { text: 'x' }, 'k');
  expect(await chat.link(ref)).toMatch(/^https:\/\//);
  expect(await chat.link({ place, id: '1.000000' })).toBeNull();
});
