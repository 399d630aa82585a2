import { afterAll, beforeAll, expect, test } from 'vitest';
import { Failure } from '../errors.ts';
import { type CoreHouse, openCore } from '../testing/core.ts';
import { createReplies } from './replies.ts';

let house: CoreHouse;
beforeAll(async () => {
  house = await openCore();
});
afterAll(() => house.close());

function scene(id: string) {
  const place = house.newPlace();
  const turn = { id, conversation: `conversation:${id}`, place, said: [] };
  const shown = () => house.chat.messages.filter((message) => message.key === id);
  const open = () => createReplies({ store: house.store, chats: new Map([['fake', house.chat]]) });
  return { turn, shown, open, replies: open() };
}

test('a reply that has begun to end is there before it is sent, and is not ended twice', async () => {
  const { turn, shown, replies } = scene('turn:early');
  (await replies.open(turn)).append('Hel');
  replies.end(turn, 'Hello.');
  expect(shown()).toMatchObject([{ doc: { text: 'Hello.' }, done: true }]);
  house.chat.failNext('post', new Failure('A second end.', { code: 'twice', remedy: 'never' }));
  await replies.send(turn, 'Hello.');
  await replies.send(turn, 'Hello.');
  expect(shown()).toHaveLength(1);
  expect(await house.store.posts.find(turn.id)).toMatchObject({ messageId: shown()[0]?.ref.id });
  await expect(house.chat.post(turn.place, { text: '' }, 'x')).rejects.toThrow('A second end.');
});

test('an end that failed is told once, and the next try ends the same message', async () => {
  const { turn, shown, replies } = scene('turn:failed');
  (await replies.open(turn)).append('Hel');
  house.chat.failNext('post', new Failure('Away.', { code: 'away', remedy: 'retry' }));
  replies.end(turn, 'Hello.');
  await expect(replies.send(turn, 'Hello.')).rejects.toThrow('Away.');
  await replies.send(turn, 'Hello.');
  expect(shown()).toMatchObject([{ doc: { text: 'Hello.' }, done: true }]);
});

test('a reply that ended before a crash is the one that the turn goes on in', async () => {
  const { turn, shown, replies, open } = scene('turn:crash');
  (await replies.open(turn)).append('Hel');
  replies.end(turn, 'Hello.');
  const after = open();
  (await after.open(turn)).append('Good');
  after.end(turn, 'Good day.');
  await after.send(turn, 'Good day.');
  expect(shown()).toMatchObject([{ doc: { text: 'Good day.' }, done: true }]);
});
