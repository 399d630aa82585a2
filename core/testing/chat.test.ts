import type { Inbound, MessageRef } from '../domain/chat.ts';
import { Failure } from '../errors.ts';
import { createFakeChat } from './chat.ts';
import { chatContract } from './chat-contract.ts';

const fates = {
  rate_limit: [new Failure('Slow.', { code: 'rate_limited', remedy: 'retry', retryAfterMs: 1_000 }), false],
  lost_answer: [new Failure('Lost.', { code: 'ambiguous', remedy: 'look' }), true],
  unreachable: [new Failure('No.', { code: 'unreachable', remedy: 'never' }), false],
} as const;

chatContract('the fake', async () => {
  const chat = createFakeChat();
  const inbox: Inbound[] = [];
  const person = { platform: 'fake', space: 'T1', id: 'U1', name: 'Ana', bot: false };
  const place = { platform: 'fake', space: 'T1', channel: 'C1', thread: '1', dm: false };
  let refusals = 0;
  let copies = 1;
  let count = 0;
  await chat.start(async (inbound) => {
    if (refusals-- > 0) throw new Error('not durable');
    inbox.push(inbound);
  });
  const deliver = async (inbound: Inbound) => {
    for (let n = 0; n < copies; n += 1) await chat.inbound(inbound);
  };
  const base = () => ({ dedupe: `fake:${++count}`, at: Date.now(), account: person, place });
  const bench = {
    ...{ chat, inbox, place, person },
    say: (text: string) =>
      deliver({ ...base(), kind: 'message', ref: { place, id: `m${count}` }, text, mentionsBot: true, files: [] }),
    async approve(target: MessageRef) {
      chat.messages.find(({ ref }) => ref === target)?.reactions.push({ account: person, emoji: 'yes' });
      await deliver({ ...base(), kind: 'reaction', target, emoji: 'yes', added: true });
    },
    press: (target: MessageRef) =>
      deliver({ ...base(), kind: 'action', target, token: 'confirm:7', values: [], reply: {} }),
    answer: (_target: MessageRef, _label: string, text: string) =>
      deliver({ ...base(), kind: 'form', token: 'change:7', fields: { text }, reply: {} }),
    told: () => chat.replies.map(({ text }) => text),
    hide: async () => chat.failNext('dm', fates.unreachable[0]),
    refuseNext: () => {
      refusals = 1;
    },
    deliverTwice: () => {
      copies = 2;
    },
    nextPost: (fate: keyof typeof fates) => chat.failNext('post', fates[fate][0], { after: fates[fate][1] }),
    shown: () =>
      chat.messages.filter(({ ref }) => ref.place === place).map(({ doc }) => doc.text.replaceAll('<!', '<\u200b!')),
    close: () => chat.stop(),
  };
  await bench.say('hello');
  return bench;
});
