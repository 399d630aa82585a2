import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { PlannedFault } from '../../sim/anthropic/index.ts';
import type { House } from '../testing/house.ts';
import { inThread, mention, model, openQuickHouse, propose, replies } from './testing.ts';

vi.setConfig({ testTimeout: 180_000 });

let house: House;
beforeAll(async () => {
  house = await openQuickHouse(model());
});
afterEach(() => house.world.anthropic.faults.clear());
afterAll(() => house?.close());

const chat = (fault: PlannedFault) =>
  house.world.anthropic.faults.add({ ...fault, match: (request) => request.kind === 'assistant' });

const settle = () => new Promise((resolve) => setTimeout(resolve, 700));

test.each<[string, PlannedFault]>([
  ['429', { kind: '429', retryAfter: 1 }],
  ['529 three times', { kind: '529', times: 3 }],
  ['500', { kind: '500' }],
  ['a stream cut in the middle', { kind: 'cut', after: 1 }],
  ['a stream cut in the middle, twice', { kind: 'cut', after: 2, times: 2 }],
  ['an overload in the middle of the stream', { kind: '529', after: 1 }],
])('the assistant answers once and whole after %s', async (name, fault) => {
  chat(fault);
  const thread = await mention(house, `long enough a message to be cut into several pieces under ${name}`);
  await inThread(house, thread, new RegExp(`You said: .*under ${name}`));
  await settle();
  const spoken = replies(house, thread);
  expect(spoken, spoken.join('\n---\n')).toHaveLength(1);
  expect(spoken[0]?.match(/You said/g)).toHaveLength(1);
});

test('a model that stays overloaded is told in clear words, once, and the next message is answered', async () => {
  chat({ kind: '529', times: 1_000 });
  const thread = await mention(house, 'anybody home?');
  await inThread(house, thread, /overloaded|too many|again/i);
  house.world.anthropic.faults.clear();
  await house.world.ana.say(house.world.channel, 'and now?', { threadTs: thread });
  await inThread(house, thread, /You said: .*and now/);
  await settle();
  const spoken = replies(house, thread);
  expect(spoken, spoken.join('\n---\n')).toHaveLength(2);
  expect(spoken[0]).not.toMatch(/\bat \S+:\d+:\d+|undefined|\[object/);
});

test('a refusal is told, and no empty reply is left', async () => {
  chat({ kind: 'refusal' });
  const thread = await mention(house, 'something refused');
  await inThread(house, thread, /declined|refuse|can't|cannot|won't/i);
  await settle();
  expect(replies(house, thread)).toHaveLength(1);
});

test('an answer that reaches its longest is sent as far as it goes, and says that it was cut', async () => {
  chat({ kind: 'max_tokens' });
  const thread = await mention(house, `a long story ${'and so on '.repeat(30)}`);
  await inThread(house, thread, /You said/);
  await inThread(house, thread, /cut|longer|go on|continue/i);
  await settle();
  expect(replies(house, thread)).toHaveLength(1);
});

test('a tool call with invalid input is repeated by the model: one proposal', async () => {
  chat({ kind: 'invalid_tool_input' });
  house.world.anthropic.brain = model([], (request) => {
    const [result] = request.toolResults;
    if (result && !result.isError) return { say: 'Proposed.' };
    return {
      use: [
        {
          name: 'spawn_task',
          input: { repo: 'acme/quick', title: 'call it well', brief: 'call it well', plan: false },
        },
      ],
    };
  });
  const { thread } = await propose(house, 'call it well');
  await settle();
  expect(replies(house, thread).filter((text) => /Start it\?/.test(text))).toHaveLength(1);
  expect(await house.store.proposals.count()).toBe(1);
  house.world.anthropic.brain = model();
});

test('a tool call that breaks off at the longest answer proposes nothing by halves', async () => {
  chat({ kind: 'max_tokens' });
  const thread = await mention(house, 'please break off');
  await house.until('a reply', () => replies(house, thread).at(0));
  await settle();
  const spoken = replies(house, thread);
  expect(spoken.filter((text) => /Start it\?/.test(text)).length, spoken.join('\n---\n')).toBeLessThanOrEqual(1);
  expect(spoken.join('\n')).not.toMatch(/undefined|JSON|SyntaxError/);
});
