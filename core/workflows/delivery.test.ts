import { afterAll, beforeAll, expect, test } from 'vitest';
import { Failure } from '../errors.ts';
import { type OpenStore, openStore, place } from '../store/testing.ts';
import { createFakeChat } from '../testing/chat.ts';
import { deliver, fingerprint } from './delivery.ts';

let house: OpenStore;
beforeAll(async () => {
  house = await openStore();
});
afterAll(() => house.close());

const lost = new Failure('The connection broke.', { code: 'ambiguous', remedy: 'look' });

function scene(key: string) {
  const chat = createFakeChat();
  const here = { ...place, platform: 'fake' };
  const send = () =>
    deliver(
      { store: house.store, chats: new Map([['fake', chat]]) },
      { key, place: here, subject: null, doc: { text: 'x' }, settled: true },
    );
  return { chat, send, here };
}

test('the same key is the same message', async () => {
  const { chat, send } = scene('once');
  expect(await send()).toEqual(await send());
  expect(chat.messages).toHaveLength(1);
});

test('a post that arrived without an answer is found, not repeated', async () => {
  const { chat, send } = scene('arrived');
  chat.failNext('post', lost, { after: true });
  expect(await send()).toEqual(chat.messages[0]?.ref);
  expect(chat.messages).toHaveLength(1);
});

test('a post that broke before it arrived is tried again by the next try, and sent once', async () => {
  const { chat, send } = scene('broke');
  chat.failNext('post', lost);
  await expect(send()).rejects.toBe(lost);
  await send();
  expect(chat.messages).toHaveLength(1);
});

test('a post whose answer was not written down before a crash is found after it', async () => {
  const { chat, send, here } = scene('crash');
  await house.store.posts.announce('crash', here, null, Date.now());
  const ref = await chat.post(here, { text: 'x' }, 'crash');
  expect(await send()).toEqual(ref);
  expect(chat.messages).toHaveLength(1);
});

test('a card that is found after a crash is not taken for what it shows now', async () => {
  const { chat, send, here } = scene('stale');
  await house.store.posts.announce('stale', here, 'ask:1', Date.now());
  await chat.post(here, { text: 'before the crash' }, 'stale');
  await send();
  expect((await house.store.posts.find('stale'))?.sent).not.toBe(fingerprint({ text: 'x' }));
});

test('a lookup that fails sends nothing', async () => {
  const { chat, send, here } = scene('blind');
  await house.store.posts.announce('blind', here, null, Date.now());
  chat.failNext('find', new Failure('Away.', { code: 'unavailable', remedy: 'retry' }));
  await expect(send()).rejects.toMatchObject({ code: 'unavailable' });
  expect(chat.messages).toEqual([]);
});
