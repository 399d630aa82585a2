import type { Inbound } from '../../core/domain/chat.ts';
import { chatContract } from '../../core/testing/chat-contract.ts';
import { createSlackSim } from '../../sim/slack/index.ts';
import { createSlack } from './index.ts';
import { quiet, until } from './testing.ts';

const fates = {
  rate_limit: { kind: 'ratelimited', retryAfter: 1 },
  lost_answer: { kind: 'drop_after' },
} as const;

chatContract('Slack', async () => {
  const sim = await createSlackSim({ delivery: { ackTimeoutMs: 500, retryDelaysMs: [50, 50, 50] } });
  const { botToken, appToken, apiUrl } = sim;
  const chat = createSlack({ botToken, appToken, apiUrl, log: quiet, timeoutMs: 1_500 });
  const inbox: Inbound[] = [];
  let refusals = 0;
  await chat.start(async (inbound) => {
    refusals -= 1;
    if (refusals >= 0) throw new Error('not durable');
    inbox.push(inbound);
  });
  const channel = sim.createChannel('web');
  const ana = sim.person('Ana');
  await ana.say(channel, '@mainloop hello');
  const { place, account } = await until(() => inbox.find((inbound) => inbound.kind === 'message'));
  const ours = () =>
    sim
      .messages(channel)
      .filter(({ user, deleted, thread_ts: root }) => user === sim.botUserId && !deleted && root === place.thread);
  return {
    ...{ chat, inbox, place, person: account },
    async say(text) {
      await ana.say(channel, `@mainloop ${text}`);
    },
    approve: (ref) => ana.react(channel, ref.id, '+1'),
    refuseNext: () => {
      refusals = 1;
    },
    deliverTwice: () => sim.faults.events({ duplicate: 1 }),
    nextPost: (fate) => sim.faults.add({ ...fates[fate], method: 'chat.postMessage' }),
    shutOut: () => sim.faults.add({ kind: 'error', error: 'cannot_dm_bot', method: 'conversations.open' }),
    shown: () => ours().map((message) => message.text),
    called: () => ours().flatMap(({ text, blocks }) => JSON.stringify([text, blocks]).match(/<[@!]\w+>/g) ?? []),
    async close() {
      await chat.stop();
      await sim.close();
    },
  };
});
