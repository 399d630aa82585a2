import type { Inbound } from '../../core/domain/chat.ts';
import { chatContract } from '../../core/testing/chat-contract.ts';
import { quiet, until } from '../../core/testing/listener.ts';
import { createDiscordSim } from '../../sim/discord/index.ts';
import { createDiscord } from './index.ts';
import { channelIn } from './testing.ts';

const POST = 'POST /channels/:channel/messages';
const fates = {
  rate_limit: { kind: 'ratelimited', retryAfter: 1, route: POST },
  lost_answer: { kind: 'drop_after', route: POST },
} as const;

chatContract('Discord', async () => {
  const sim = await createDiscordSim();
  const { token, apiUrl } = sim;
  const chat = createDiscord({ token, apiUrl, log: quiet, timeoutMs: 1_500 });
  const inbox: Inbound[] = [];
  let refusals = 0;
  await chat.start(async (inbound) => {
    refusals -= 1;
    if (refusals >= 0) throw new Error('not durable');
    inbox.push(inbound);
  });
  // Discord calls people when a message is posted; an edit only names them.
  const called: string[] = [];
  sim.on('message', ({ author, mentions, mentionEveryone }) => {
    if (author.id === sim.botUserId) called.push(...mentions, ...(mentionEveryone ? ['everyone'] : []));
  });
  const channel = sim.createChannel('web');
  const ana = sim.person('Ana');
  ana.say(channel, 'hello', { mention: true });
  const { place, account } = await until(() => inbox.find((inbound) => inbound.kind === 'message'));
  const thread = () => (sim.channels().some(({ id }) => id === channelIn(place)) ? sim.messages(channelIn(place)) : []);
  const ours = () => thread().filter(({ author, deleted }) => author.id === sim.botUserId && !deleted);
  const card = (id: string) => {
    const message = ours().find((one) => one.id === id);
    if (!message) throw new Error(`no message ${id}`);
    return message;
  };
  return {
    ...{ chat, inbox, place, person: account },
    async say(text) {
      ana.say(channel, text, { mention: true });
    },
    approve: async (ref) => ana.react(card(ref.id), '👍'),
    refuseNext: () => {
      refusals = 1;
    },
    deliverTwice: () => sim.faults.events({ duplicate: 1 }),
    async press(ref, label) {
      await ana.press(card(ref.id), label);
    },
    async answer(ref, label, text) {
      const opened = await ana.press(card(ref.id), label);
      if (opened.kind !== 'modal') throw new Error(`${label} opens no form but ${opened.kind}`);
      await ana.submit(opened.modal, { text });
    },
    told: () => sim.ephemerals(ana.id).map(({ content }) => content),
    hide: async () => ana.blockDms(),
    nextPost(fate) {
      if (fate === 'unreachable') sim.permit(channel, { deny: ['SendMessagesInThreads'] });
      else sim.faults.add(fates[fate]);
    },
    shown: () => ours().map(({ content }) => content),
    called: () => called,
    async close() {
      await chat.stop();
      await sim.close();
    },
  };
});
