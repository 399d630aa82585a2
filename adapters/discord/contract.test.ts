import type { Inbound } from '../../core/domain/chat.ts';
import { chatContract } from '../../core/testing/chat-contract.ts';
import { createDiscordSim } from '../../sim/discord/index.ts';
import { createDiscord } from './index.ts';
import { channelIn, quiet, until } from './testing.ts';

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
  return {
    ...{ chat, inbox, place, person: account },
    async say(text) {
      ana.say(channel, text, { mention: true });
    },
    async approve(ref) {
      const message = ours().find(({ id }) => id === ref.id);
      if (message) ana.react(message, '👍');
    },
    refuseNext: () => {
      refusals = 1;
    },
    deliverTwice: () => sim.faults.events({ duplicate: 1 }),
    nextPost: (fate) => sim.faults.add(fates[fate]),
    shutOut: () => ana.blockDms(),
    shown: () => ours().map(({ content }) => content),
    called: () => called,
    async close() {
      await chat.stop();
      await sim.close();
    },
  };
});
