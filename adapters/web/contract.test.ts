import { randomUUID } from 'node:crypto';
import { afterAll } from 'vitest';
import type { Inbound, MessageRef } from '../../core/domain/chat.ts';
import { type OpenStore, openStore } from '../../core/store/testing.ts';
import { type ChatBench, chatContract } from '../../core/testing/chat-contract.ts';
import { accountOf, placeOf } from './place.ts';
import { serveWeb } from './testing.ts';

let house: OpenStore | undefined;
afterAll(() => house?.close());

chatContract('Web page', async (): Promise<ChatBench> => {
  house ??= await openStore();
  const { store, db } = house;
  // Keys are for ever, and each test begins anew.
  await db.$client.query('truncate mainloop.web_messages, mainloop.sessions');
  let fate: Parameters<ChatBench['nextPost']>[0] | undefined;
  const web: typeof store.web = {
    ...store.web,
    async post(...args) {
      const now = fate;
      fate = undefined;
      if (now === 'unreachable') return null;
      if (now === 'rate_limit') throw Object.assign(new Error('sorry, too many clients already'), { code: '53300' });
      const posted = await store.web.post(...args);
      if (now === 'lost_answer') throw new Error('Connection terminated unexpectedly');
      return posted;
    },
  };
  const served = await serveWeb({ ...store, web });
  const { chat } = served;
  const inbox: Inbound[] = [];
  let refusals = 0;
  await chat.start(async (inbound) => {
    refusals -= 1;
    if (refusals >= 0) throw new Error('not durable');
    inbox.push(inbound);
  });
  const { id: person } = await store.people.admit({ platform: 'slack', space: 'T1', id: 'U1' }, 'owner', 1);
  const browser = await served.browser(person);

  let times = 1;
  /** Answers what the page then tells beside the form. */
  async function send(path: string, fields: Readonly<Record<string, string>>): Promise<string> {
    const form = { ...fields, nonce: randomUUID() };
    const sent = await Promise.all(Array.from({ length: times }, () => browser.send(path, form)));
    const refused = sent.find(({ status }) => status !== 200);
    if (refused) throw new Error(`${path} answers ${refused.status}`);
    return sent[0]?.told ?? '';
  }
  await send('/chat/say', { text: 'hello' });

  async function tokenOf({ id }: MessageRef, label: string): Promise<string> {
    const message = await store.web.get(person, Number(id));
    return message?.doc?.buttons?.flat().find((button) => button.label === label)?.token ?? '';
  }
  const told: string[] = [];
  return {
    ...{ chat, inbox, place: placeOf(person), person: accountOf(person) },
    async say(text) {
      await send('/chat/say', { text });
    },
    async approve({ id }) {
      await send('/chat/react', { message: id, emoji: 'yes', on: 'yes' });
    },
    async press(ref, label) {
      const token = await tokenOf(ref, label);
      void send('/act', { message: ref.id, token, back: '/inbox' }).then((text) => told.push(text));
    },
    async answer(ref, label, text) {
      await send('/act', { message: ref.id, token: await tokenOf(ref, label), 'field.text': text });
    },
    told: () => told,
    async hide() {
      await store.sessions.closeAll(person);
    },
    called: () => [],
    refuseNext: () => {
      refusals = 1;
    },
    deliverTwice: () => {
      times = 2;
    },
    nextPost: (next) => {
      fate = next;
    },
    async shown() {
      const page = await store.web.page(person, null, 100);
      return page.flatMap(({ doc, answerTo }) => (doc && answerTo === null ? [doc.text] : []));
    },
    async close() {
      await chat.stop();
      await served.close();
    },
  };
});
