import { expect, test } from 'vitest';
import { createNewest, type Turn } from './newest.ts';

function scene() {
  const send = createNewest<string>();
  const sent: string[] = [];
  const gate = Promise.withResolvers<void>();
  const later = async (turn: Turn<string>) => {
    await gate.promise;
    sent.push(turn.take());
  };
  return { send, sent, gate, later };
}

test('while one waits a newer one takes its place, and both hear that it went', async () => {
  const { send, sent, gate, later } = scene();
  const all = ['one', 'two', 'three'].map((content) => send('a', content, later));
  gate.resolve();
  await Promise.all(all);
  expect(sent).toEqual(['three']);
});

test('what comes after one was taken waits for it and is sent next', async () => {
  const { send, sent } = scene();
  const gate = Promise.withResolvers<void>();
  const first = send('a', 'one', async (turn) => {
    const content = turn.take();
    await gate.promise;
    sent.push(content);
  });
  await Promise.resolve();
  const second = send('a', 'two', async (turn) => void sent.push(turn.take()));
  gate.resolve();
  await Promise.all([first, second]);
  expect(sent).toEqual(['one', 'two']);
});

test('what was put back may still be replaced', async () => {
  const { send, sent } = scene();
  const gate = Promise.withResolvers<void>();
  const first = send('a', 'one', async (turn) => {
    turn.take();
    turn.putBack();
    await gate.promise;
    sent.push(turn.take());
  });
  await Promise.resolve();
  await Promise.resolve();
  const second = send('a', 'two', async () => expect.unreachable());
  gate.resolve();
  await Promise.all([first, second]);
  expect(sent).toEqual(['two']);
});

test('other things do not wait, and a failure is told to its sender alone', async () => {
  const { send, sent, later } = scene();
  void send('a', 'one', later);
  await send('b', 'two', async (turn) => void sent.push(turn.take()));
  await expect(send('c', 'three', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await send('c', 'four', async (turn) => void sent.push(turn.take()));
  expect(sent).toEqual(['two', 'four']);
});
