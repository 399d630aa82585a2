import type { Inbound } from '../../core/domain/chat.ts';
import { chatContract } from '../../core/testing/chat-contract.ts';
import { quiet, until } from '../../core/testing/listener.ts';
import { createSlackSim } from '../../sim/slack/index.ts';
import { createSlack } from './index.ts';

const fates = {
  rate_limit: { kind: 'ratelimited', retryAfter: 1 },
  lost_answer: { kind: 'drop_after' },
  unreachable: { kind: 'error', error: 'not_in_channel' },
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
  const card = (ts: string) => {
    const message = sim.messages(channel).find((one) => one.ts === ts);
    if (!message) throw new Error(`no message ${ts}`);
    return message;
  };
  return {
    ...{ chat, inbox, place, person: account },
    async say(text) {
      await ana.say(channel, `@mainloop ${text}`);
    },
    approve: (ref) => ana.react(channel, ref.id, '+1'),
    press: (ref, label) => ana.press(card(ref.id), { text: label }),
    async answer(ref, label, text) {
      await ana.press(card(ref.id), { text: label });
      await ana.submit(await until(() => ana.openView()), { text });
    },
    told: () => sim.ephemerals(ana.id).map(({ text }) => text),
    hide: async () => sim.faults.add({ kind: 'error', error: 'user_disabled', method: 'conversations.open' }),
    refuseNext: () => {
      refusals = 1;
    },
    deliverTwice: () => sim.faults.events({ duplicate: 1 }),
    nextPost: (fate) => sim.faults.add({ ...fates[fate], method: 'chat.postMessage' }),
    shown: () =>
      sim
        .messages(channel)
        .filter((message) => message.user === sim.botUserId && !message.deleted && message.thread_ts === place.thread)
        .map((message) => message.text),
    async close() {
      await chat.stop();
      await sim.close();
    },
  };
});
