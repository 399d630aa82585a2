import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { renderMessage } from '../../sim/slack/index.ts';
import type { House } from '../testing/house.ts';
import { asked, inThread, mention, model, openQuickHouse, propose, reaches, replies, taskOf } from './testing.ts';

vi.setConfig({ testTimeout: 180_000 });

let house: House;
beforeAll(async () => {
  house = await openQuickHouse(model());
});
afterAll(() => house?.close());

/** What is said while nobody listens is lost, as it is at Slack after its retries: only its history has it. */
async function whileAway(act: () => Promise<void>): Promise<void> {
  const { slack } = house.world;
  await house.bot.stop();
  slack.keepWhileDown(false);
  await act();
  slack.keepWhileDown(true);
  await house.bot.start();
}

test('what was said, mentioned and reacted while the program was away is answered once', async () => {
  const { ana, channel } = house.world;
  const talk = await mention(house, 'good morning');
  await inThread(house, talk, /You said: .*good morning/);
  const { thread, card } = await propose(house, 'note the weather');
  const planned = await propose(house, 'note the weather with a plan');
  await ana.press(planned.card, { text: 'Start' });
  const { number: waiting } = await taskOf(house, planned.thread);
  const plan = await asked(house, waiting, /wants you to read its plan/);
  const dm = await ana.dm();
  let fresh = '';

  await whileAway(async () => {
    await ana.say(channel, 'are you there?', { threadTs: talk });
    await ana.react(channel, card.ts, '+1');
    await ana.react(dm, plan.ts, '+1');
    fresh = await mention(house, 'a new thread');
    await ana.say(dm, 'and a direct message');
    await expect(ana.press(plan, { text: 'Approve plan' })).rejects.toThrow();
  });

  await inThread(house, talk, /You said: .*are you there/);
  await inThread(house, fresh, /You said: .*a new thread/);
  await house.sees(dm, /You said: .*and a direct message/);
  const { number } = await taskOf(house, thread);
  await Promise.all([number, waiting].map((task) => reaches(house, task, 'review')));
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(replies(house, talk)).toHaveLength(2);
  expect(replies(house, fresh)).toHaveLength(1);
  expect(house.seen(dm, /and a direct message/)).toHaveLength(1);
  expect(await house.store.tasks.latest(10)).toHaveLength(2);
  expect(renderMessage(plan)).toMatch(/approved by Ana on Slack/);

  await whileAway(async () => undefined);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(replies(house, talk)).toHaveLength(2);
  expect(replies(house, fresh)).toHaveLength(1);
});
