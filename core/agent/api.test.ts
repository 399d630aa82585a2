import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAnthropic } from '../../adapters/anthropic/index.ts';
import { type AnthropicSim, createAnthropicSim } from '../../sim/anthropic/index.ts';
import { script, use } from '../../sim/anthropic/script.ts';
import { conversationKey } from '../domain/chat.ts';
import type { Person } from '../domain/policy.ts';
import type { ModelMessage } from '../ports.ts';
import { admit, assistantIn, channel, type House, hear, openHouse, settle } from './testing.ts';

let house: House;
let sim: AnthropicSim;
let ana: Person;
beforeAll(async () => {
  house = await openHouse();
  ana = await admit(house, 'Ana', 'member');
  sim = await createAnthropicSim({ brain: () => ({ say: 'unset' }) });
});
afterAll(async () => {
  await sim?.close();
  await house?.close();
});

test('the Messages API takes the tools, a round with a tool and a long conversation', async () => {
  const model = createAnthropic({ apiKey: sim.apiKey, baseUrl: sim.url, log: pino({ level: 'silent' }) });
  const assistant = assistantIn(house, model);
  const wish = { title: 'Reject Feb 30', brief: 'The picker takes Feb 30.' };
  const proposing = script([use('spawn_task', wish), { say: 'There is the card.' }]);
  sim.brain = (request) => (request.kind === 'side' ? { say: 'Ana wants Feb 30 rejected.' } : proposing(request));
  for (let n = 0; n < 30; n += 1) {
    const turn = await hear(house, channel('api'), { by: ana, text: `the picker takes Feb 30, ${n}` });
    const transcript: ModelMessage[] = [];
    const first = await assistant.speak(turn, transcript, () => undefined);
    transcript.push({ role: 'assistant', content: first.uses.map((one) => ({ type: 'tool_use', ...one })) });
    const outcomes = await Promise.all(
      first.uses.map(async (one) => ({ id: one.id, ...(await assistant.use(turn, one)) })),
    );
    expect(outcomes).toMatchObject([{ isError: false, proposal: expect.any(Number) }]);
    transcript.push({
      role: 'user',
      content: outcomes.map(({ id, content, isError }) => ({ type: 'tool_result', id, content, isError })),
    });
    const second = await assistant.speak(turn, transcript, () => undefined);
    expect(second).toMatchObject({ text: 'There is the card.', stop: 'end_turn' });
    await settle(house, turn, second.text);
    await assistant.compact(turn.conversation);
  }
  expect((await house.store.conversations.find(conversationKey(channel('api'))))?.summary).toBe(
    'Ana wants Feb 30 rejected.',
  );
});
