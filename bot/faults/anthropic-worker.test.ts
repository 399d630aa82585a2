import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { PlannedFault } from '../../sim/anthropic/index.ts';
import type { House } from '../testing/house.ts';
import { asked, begin, issuesOf, model, openQuickHouse, pullsOf, reaches } from './testing.ts';

vi.setConfig({ testTimeout: 180_000 });

let house: House;
beforeAll(async () => {
  house = await openQuickHouse(model());
});
afterEach(() => house.world.anthropic.faults.clear());
afterAll(() => house?.close());

const work = (fault: PlannedFault) =>
  house.world.anthropic.faults.add({ ...fault, match: (request) => request.kind === 'worker' });

test.each<[string, PlannedFault]>([
  ['429', { kind: '429', retryAfter: 1, times: 2 }],
  ['529', { kind: '529', times: 2 }],
  ['a stream cut in the middle', { kind: 'cut', after: 1 }],
  ['an overload in the middle of the stream', { kind: '529', after: 1 }],
  ['invalid tool input', { kind: 'invalid_tool_input' }],
  ['an answer that breaks off at its longest', { kind: 'max_tokens' }],
])('a worker goes on after %s', async (name, fault) => {
  work(fault);
  const wish = `work under ${name}`;
  const { task } = await begin(house, wish);
  const found = await reaches(house, task, 'review');
  expect(pullsOf(house, found)).toHaveLength(1);
  expect(issuesOf(house, wish)).toHaveLength(1);
  expect((await house.store.runs.of(task)).length).toBe(1);
});

test('a refusal parks the task with the reason, and other words let it go on', async () => {
  work({ kind: 'refusal', times: 100 });
  const { task } = await begin(house, 'work on something refused');
  const card = await asked(house, task, /model refused/);
  house.world.anthropic.faults.clear();
  await house.world.ana.say(card.channel, 'It is for a school project.', { threadTs: card.ts });
  const found = await reaches(house, task, 'review');
  expect(pullsOf(house, found)).toHaveLength(1);
  expect(
    house.world.anthropic.requests.some(
      ({ view }) => view?.kind === 'worker' && view.prompt.includes('school project'),
    ),
  ).toBe(true);
});
