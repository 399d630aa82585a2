import { afterAll, beforeAll, expect, test } from 'vitest';
import { Failure } from '../errors.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';

let house: CoreHouse;
beforeAll(async () => {
  house = await openCore();
  await house.admit('ana', 'owner');
  await house.core.start();
});
afterAll(() => house.close());

test('a worker starts while the card waits for the chat, and the card then shows it at work', async () => {
  const place = house.newPlace();
  const proposal = await house.propose(place);
  // The next try comes a second later.
  house.chat.failNext('post', new Failure('Away.', { code: 'away', remedy: 'retry' }));
  await house.press('ana', place, `confirm:${proposal}`);
  const task = (await eventually('a task', async () => (await house.store.proposals.find(proposal))?.task)) ?? 0;
  const cards = () => house.chat.messages.filter((message) => message.key === `task:${task}:progress`);
  await house.worker(task);
  expect(cards()).toEqual([]);
  await eventually('the card at work', async () => /The worker holds it/.test(JSON.stringify(cards()[0]?.doc ?? '')));
  expect(cards()).toHaveLength(1);
});
