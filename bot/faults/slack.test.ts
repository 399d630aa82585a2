import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { House } from '../testing/house.ts';
import { begin, inThread, issuesOf, mention, model, openQuickHouse, pullsOf, reaches, replies } from './testing.ts';

vi.setConfig({ testTimeout: 180_000 });

let house: House;
beforeAll(async () => {
  house = await openQuickHouse(model());
});
afterEach(() => house.world.slack.faults.clear());
afterAll(() => house?.close());

/** The thread stands still: nothing more comes. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 700));

test('a post that comes as app_mention and as message gets one reply', async () => {
  const thread = await mention(house, 'hello there');
  await inThread(house, thread, /You said: .*hello there/);
  await settle();
  expect(replies(house, thread)).toHaveLength(1);
});

test.each([
  ['is limited (429)', 'ratelimited'],
  ['answers 500 after accepting', 'error500_after'],
  ['breaks the connection after accepting', 'drop_after'],
  ['breaks the connection before accepting', 'drop_before'],
  ['answers 500', 'error500'],
] as const)('when Slack %s, each message still gets exactly one reply, whole', async (_, kind) => {
  for (const method of ['chat.startStream', 'chat.stopStream', 'chat.postMessage', 'chat.update'])
    house.world.slack.faults.add({ kind, method, retryAfter: 1 });
  const thread = await mention(house, `talk under ${kind}`);
  await inThread(house, thread, new RegExp(`You said: .*talk under ${kind}`));
  await settle();
  const spoken = replies(house, thread);
  expect(spoken, spoken.join('\n---\n')).toHaveLength(1);
  expect(spoken[0]?.match(/You said/g)).toHaveLength(1);
});

test.each([
  ['429', 'ratelimited'],
  ['500 after accepting', 'error500_after'],
  ['a dropped connection after accepting', 'drop_after'],
] as const)('a task whose every kind of post meets %s once is shown once and goes its way', async (name, kind) => {
  for (const method of ['chat.postMessage', 'chat.update', 'chat.postMessage', 'reactions.add', 'conversations.open'])
    house.world.slack.faults.add({ kind, method, retryAfter: 1 });
  const wish = `write down ${name}`;
  const { thread, task } = await begin(house, wish);
  house.world.slack.faults.add({ kind, method: 'chat.postMessage', times: 2, retryAfter: 1 });
  house.world.slack.faults.add({ kind, method: 'chat.update', times: 2, retryAfter: 1 });
  const found = await reaches(house, task, 'review');
  await inThread(house, thread, /is ready for review/);
  const dm = await house.world.ana.dm();
  await house.sees(dm, new RegExp(`#${task} is ready for your review`));
  await settle();
  expect(issuesOf(house, wish)).toHaveLength(1);
  expect(pullsOf(house, found)).toHaveLength(1);
  expect(house.seen(dm, new RegExp(`#${task} is ready`))).toHaveLength(1);
  await inThread(house, thread, /started by/);
  const shown = replies(house, thread);
  expect(shown, shown.join('\n---\n')).toHaveLength(4);
  expect(shown.filter((text) => /is ready for review/.test(text))).toHaveLength(1);
});

test('a socket that is refreshed in the middle of a turn loses nothing', async () => {
  house.world.anthropic.brain = model([], () => ({ say: ['slow ', 'but ', 'whole'], chunkDelayMs: 300 }));
  const thread = await mention(house, 'take your time');
  await house.until('the reply begun', () => replies(house, thread).at(0));
  house.world.slack.disconnectSockets('refresh_requested');
  const second = await mention(house, 'and this meanwhile');
  await inThread(house, thread, /slow but whole/);
  await inThread(house, second, /slow but whole/);
  house.world.slack.dropSockets();
  const third = await mention(house, 'and this with no socket at all');
  await inThread(house, third, /slow but whole/);
  await settle();
  for (const root of [thread, second, third]) expect(replies(house, root)).toHaveLength(1);
});
