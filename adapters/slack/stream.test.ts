import { expect, onTestFinished, test } from 'vitest';
import type { Account, Place } from '../../core/domain/chat.ts';
import type { Connected } from '../../core/testing/listener.ts';
import { createSlackSim, type SlackMessage, type SlackSim, type SlackSimOptions } from '../../sim/slack/index.ts';
import type { SlackChat, SlackOptions } from './index.ts';
import { connect } from './testing.ts';

interface Scene extends Connected<SlackChat> {
  sim: SlackSim;
  place: Place;
  to: Account;
  ours(): SlackMessage[];
  calls(method: string): number;
}

async function scene(options: Partial<SlackOptions> = {}, simOptions: SlackSimOptions = {}): Promise<Scene> {
  const sim = await createSlackSim(simOptions);
  onTestFinished(() => sim.close());
  const connected = await connect(sim, options);
  const channel = sim.createChannel('web');
  await sim.person('Ana').say(channel, '@mainloop hello');
  const { place, account } = await connected.inbound('message');
  return {
    ...connected,
    sim,
    place,
    to: account,
    ours: () => sim.messages(channel).filter((m) => m.user === sim.botUserId && !m.deleted && !m.files),
    calls: (method) => sim.calls.filter((call) => call.method === method).length,
  };
}

/** Speaks a text in words, a little apart. */
async function speak(
  chat: SlackChat,
  { place, to, text, key = 'k' }: { place: Place; to: Account; text: string; key?: string },
) {
  const stream = chat.stream(place, to, key, null);
  for (const word of text.split(/(?<= )/)) {
    stream.append(word);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return stream.finish({ text });
}

const sentence = Array.from({ length: 40 }, (_, i) => `word${i}`).join(' ');

test('a streamed reply begins with the first word and ends as one message with its key', async () => {
  const { sim, chat, place, to, ours, calls } = await scene();
  const ref = await speak(chat, { place, to, text: sentence });
  expect(ours()).toHaveLength(1);
  expect(ours()[0]).toMatchObject({ ts: ref.id, text: sentence, streaming_state: 'completed' });
  const start = sim.calls.find((call) => call.method === 'chat.startStream');
  expect(start?.args).toMatchObject({ markdown_text: 'word0 ', recipient_user_id: to.id, recipient_team_id: to.space });
  expect(calls('chat.appendStream')).toBeLessThan(10);
  expect(calls('chat.update')).toBe(0);
  expect(await chat.find(place, 'k', Date.now() - 60_000)).toEqual(ref);
});

test('the first text leaves at once', async () => {
  const { sim, chat, place, to } = await scene();
  const left = new Promise<number>((resolve) => {
    sim.on('stream', ({ op }) => op === 'start' && resolve(performance.now()));
  });
  const before = performance.now();
  const stream = chat.stream(place, to, 'k', null);
  stream.append('Hello');
  expect((await left) - before).toBeLessThan(250);
  await stream.finish({ text: 'Hello' });
});

test('more replies at once than Slack lets begin stay within its limits, and each arrives whole', async () => {
  const { sim, chat, place, to, ours } = await scene();
  for (const method of ['chat.startStream', 'chat.stopStream']) sim.limit(method, { perMinute: 20 });
  sim.limit('chat.appendStream', { perMinute: 100 });
  const replies = Array.from({ length: 40 }, (_, n) => `${n}: ${sentence}`);
  await Promise.all(replies.map((text, n) => speak(chat, { place, to, text, key: `k${n}` })));
  expect(sim.calls.filter(({ error }) => error === 'ratelimited')).toEqual([]);
  expect(sim.calls.filter(({ method }) => method === 'chat.startStream')).toHaveLength(5);
  expect(
    ours()
      .map(({ text }) => text)
      .sort(),
  ).toEqual(replies.toSorted());
});

test('buttons and a note come with the end of the stream', async () => {
  const { chat, place, to, ours, calls } = await scene();
  const stream = chat.stream(place, to, 'k', null);
  stream.append('Shall I?');
  await stream.finish({ text: 'Shall I?', note: 'about 14 min', buttons: [[{ label: 'Start', token: 'start:1' }]] });
  expect(ours()[0]?.blocks?.map((block) => block.type)).toEqual(['markdown', 'context', 'actions']);
  expect(calls('chat.update')).toBe(0);
});

test('a final text that goes on from what was streamed only adds the rest', async () => {
  const { chat, place, to, ours, calls } = await scene();
  const stream = chat.stream(place, to, 'k', null);
  stream.append('I looked.');
  await stream.finish({ text: 'I looked.\n\nIt is the parser.' });
  expect(ours()).toMatchObject([{ text: 'I looked.\n\nIt is the parser.' }]);
  expect(calls('chat.update')).toBe(0);
});

test('a final text that differs from what was streamed replaces it', async () => {
  const { chat, place, to, ours } = await scene();
  const stream = chat.stream(place, to, 'k', null);
  stream.append('Thinking about');
  const ref = await stream.finish({ title: '#41', text: 'Done.' });
  expect(ours()).toHaveLength(1);
  expect(ours()[0]).toMatchObject({ ts: ref.id, text: '#41\nDone.' });
});

test('where Slack refuses to stream the reply is posted and edited', async () => {
  const { sim, chat, place, to, ours, calls } = await scene();
  sim.faults.add({ kind: 'error', method: 'chat.startStream', error: 'method_not_supported_for_channel_type' });
  await speak(chat, { place, to, text: sentence });
  expect(ours()).toHaveLength(1);
  expect(ours()[0]?.text).toBe(sentence);
  expect(calls('chat.postMessage')).toBe(1);
});

test('a stream that Slack ends by itself goes on as an edited message', async () => {
  const { chat, place, to, ours } = await scene({}, { streamLifetimeMs: 400 });
  await speak(chat, { place, to, text: sentence });
  expect(ours()).toHaveLength(1);
  expect(ours()[0]?.text).toBe(sentence);
});

test('a stream is left before Slack ends it', async () => {
  const { sim, chat, place, to, ours } = await scene({ streamMs: 300 });
  await speak(chat, { place, to, text: sentence });
  expect(ours()[0]?.text).toBe(sentence);
  expect(sim.calls.some((call) => call.error === 'message_not_in_streaming_state')).toBe(false);
});

test.each([
  ['chat.startStream', 'error500_after'],
  ['chat.startStream', 'drop_after'],
  ['chat.startStream', 'drop_before'],
  ['chat.startStream', 'ratelimited'],
  ['chat.appendStream', 'error500_after'],
  ['chat.appendStream', 'ratelimited'],
  ['chat.stopStream', 'error500_after'],
  ['chat.stopStream', 'drop_after'],
  ['chat.stopStream', 'drop_before'],
  ['chat.stopStream', 'ratelimited'],
] as const)('%s under %s still ends as one reply with all of the text', async (method, kind) => {
  const { sim, chat, place, to, ours } = await scene();
  sim.faults.add({ kind, method, retryAfter: 1 });
  await speak(chat, { place, to, text: sentence });
  expect(ours()).toHaveLength(1);
  expect(ours()[0]?.text).toBe(sentence);
});

test('a reply that was cut off by a kill is found and becomes the one reply', async () => {
  const { sim, chat, place, to, ours } = await scene();
  const since = Date.now();
  chat.stream(place, to, 'k', null).append('The parser trusts');
  await sim.waitFor(() => (ours().length === 1 ? true : undefined));
  await chat.stop();

  const next = await connect(sim);
  expect(await next.chat.find(place, 'card', since, 'post')).toBeNull();
  const left = await next.chat.find(place, 'k', since, 'reply');
  expect(left?.id).toBe(ours()[0]?.ts);
  const stream = next.chat.stream(place, to, 'k', left);
  stream.append('The parser trusts Date.');
  const ref = await stream.finish({ text: 'The parser trusts Date.' });
  expect(ref).toEqual(left);
  expect(ours()).toHaveLength(1);
  expect(ours()[0]?.text).toBe('The parser trusts Date.');
  expect(await next.chat.find(place, 'k', since)).toEqual(ref);
});

test('a stream that is alive is not taken for an abandoned one', async () => {
  const { sim, chat, place, to, ours } = await scene();
  const stream = chat.stream(place, to, 'k', null);
  stream.append('Hello');
  await sim.waitFor(() => (ours().length === 1 ? true : undefined));
  expect(await chat.find(place, 'other', Date.now() - 60_000)).toBeNull();
  await stream.finish({ text: 'Hello' });
});

test('a reply too long for one message keeps its beginning and has the whole as a file', async () => {
  const { sim, chat, place, to, ours } = await scene();
  const text = 'word '.repeat(5_000);
  const stream = chat.stream(place, to, 'k', null);
  stream.append(text);
  await stream.finish({ text });
  expect(ours()).toHaveLength(1);
  const files = sim.messages(place.channel).flatMap((message) => message.files ?? []);
  expect(files).toMatchObject([{ size: text.length }]);
});

test('nothing streamed notifies anyone, however it is cut', async () => {
  const { chat, place, to, ours } = await scene();
  const text = 'hey <!channel> and <@U12345> done';
  const stream = chat.stream(place, to, 'k', null);
  for (const character of text) {
    stream.append(character);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  await stream.finish({ text });
  expect(ours()[0]?.text.replaceAll('\u2060', '')).toBe(text);
  expect(ours()[0]?.text).not.toMatch(/<[!@]/);
});

test('a failure that nothing helps against is told by finish', async () => {
  const { sim, chat, place, to } = await scene();
  sim.faults.add({ kind: 'error', error: 'is_archived', times: 9 });
  const stream = chat.stream(place, to, 'k', null);
  stream.append('Hello');
  await expect(stream.finish({ text: 'Hello' })).rejects.toMatchObject({ code: 'unreachable' });
});
