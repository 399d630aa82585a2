import type { Inbound, MessageRef } from '../../core/domain/chat.ts';
import { chatContract } from '../../core/testing/chat-contract.ts';
import { quiet, until } from '../../core/testing/listener.ts';
import { createTelegramSim } from '../../sim/telegram/index.ts';
import { createTelegram } from './index.ts';

const fates = {
  rate_limit: { kind: 'ratelimited', retryAfter: 1 },
  lost_answer: { kind: 'drop_after' },
  unreachable: { kind: 'error', code: 403, description: 'Forbidden: bot was kicked from the supergroup chat' },
} as const;

chatContract('Telegram', async () => {
  const sim = await createTelegramSim();
  const chat = createTelegram({ token: sim.token, apiUrl: sim.apiRoot, log: quiet, timeoutMs: 1_500, pauseMs: 20 });
  const inbox: Inbound[] = [];
  let refusals = 0;
  await chat.start(async (inbound) => {
    refusals -= 1;
    if (refusals >= 0) throw new Error('not durable');
    inbox.push(inbound);
  });
  const group = sim.createGroup('web', { bot: 'administrator' });
  const ana = sim.person('Ana');
  sim.invite(group, ana);
  await ana.start();
  await ana.say(group, `@${sim.botUsername} hello`);
  const { place, account } = await until(() => inbox.find((inbound) => inbound.kind === 'message'));
  const told: string[] = [];
  const message = (ref: MessageRef) => {
    const found = sim.messages(group).find(({ id }) => String(id) === ref.id);
    if (!found) throw new Error(`no message ${ref.id}`);
    return found;
  };
  return {
    ...{ chat, inbox, place, person: account },
    async say(text) {
      await ana.say(group, `@${sim.botUsername} ${text}`);
    },
    approve: (ref) => ana.react(message(ref), '👍'),
    async press(ref, label) {
      void ana.press(message(ref), label).then(({ text = '' }) => told.push(text));
    },
    async answer(ref, _label, text) {
      await ana.say(group, text, { replyTo: message(ref) });
    },
    told: () => told,
    hide: () => ana.block(),
    calls: /@everyone/,
    refuseNext: () => {
      refusals = 1;
    },
    deliverTwice: () => sim.faults.duplicateUpdates(1),
    nextPost: (fate) => sim.faults.add({ ...fates[fate], method: 'sendMessage' }),
    shown: () =>
      sim
        .messages(group)
        .filter(({ wire, deleted }) => wire.from?.id === sim.botId && !deleted)
        .filter(({ wire }) => String(wire.message_thread_id) === place.thread)
        .map(({ wire }) => wire.text ?? wire.caption ?? ''),
    async close() {
      await chat.stop();
      await sim.close();
    },
  };
});
