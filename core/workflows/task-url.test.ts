import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenStore, openStore, taskIn } from '../store/testing.ts';
import { createCards } from './cards.ts';
import { taskUrl } from './task-url.ts';

let house: OpenStore;
beforeAll(async () => {
  house = await openStore();
});
afterAll(() => house.close());

async function cards(publicUrl: string): Promise<string> {
  const { store } = house;
  const task = await taskIn(store);
  const body = { kind: 'plan', summary: 'Do it.', version: 1 } as const;
  const ask = await store.asks.open({ origin: `asked:${publicUrl}`, task, kind: 'plan', body, at: Date.now() });
  const draw = createCards(store, publicUrl, { warning: null });
  const docs = await Promise.all([draw(`task:${task}`), draw(`ask:${ask.id}`)]);
  return docs
    .map((drawing) => drawing?.doc.text)
    .join('\n')
    .replaceAll(`/${task}`, '/N');
}

test('a task’s card and its asks lead to its page where other devices reach it', async () => {
  const text = await cards('https://bot.example');
  expect(text.match(/\[details\]\(https:\/\/bot\.example\/tasks\/N\)/g)).toHaveLength(2);
});

test('no card leads to an address of the program’s own machine', async () => {
  expect(await cards('http://localhost:3000')).not.toContain('details');
  for (const host of ['127.0.0.1', '[::1]', 'localhost']) expect(taskUrl(`http://${host}:3000`, 1)).toBeNull();
});
