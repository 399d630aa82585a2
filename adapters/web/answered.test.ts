import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Chat } from '../../core/ports.ts';
import { type CoreHouse, eventually, openCore } from '../../core/testing/core.ts';
import { type Browser, type ServedWeb, serveWeb } from './testing.ts';

let house: CoreHouse;
let served: ServedWeb;
let ana: Browser;
let vic: Browser;
let task: number;

beforeAll(async () => {
  house = await openCore();
  const [owner, viewer] = [await house.admit('ana', 'owner'), await house.admit('vic', 'viewer')];
  await house.admit('ben', 'member');
  served = await serveWeb(house.store);
  const chats: Map<string, Chat> = house.chats;
  chats.set('web', served.chat);
  [ana, vic] = [await served.browser(owner.id), await served.browser(viewer.id)];
  await served.chat.start((inbound) => house.core.receive(inbound));
  await house.core.start();
  const id = await house.propose(house.newPlace());
  await house.press('ana', house.newPlace(), `confirm:${id}`);
  task = await eventually('a task', async () => (await house.store.proposals.find(id))?.task);
  await house.worker(task);
});
afterAll(async () => {
  await served.close();
  await house.close();
});

let made = 0;

/** An open ask, with the form that the inbox has for its button. */
async function asked() {
  made += 1;
  const body = { kind: 'budget' as const, spentUsd: 5, limitUsd: 5, hard: true };
  const ask = await house.store.asks.open({ origin: `o${made}`, task, kind: 'budget', body, at: Date.now() });
  const inbox = await (await ana.get('/inbox')).text();
  const field = (name: string, value: string) => `name="${name}" value="(${value})"`;
  const form = new RegExp(`${field('token', `answer:${ask.id}:[^"]*`)}[^]*?${field('nonce', '[^"]*')}`).exec(inbox);
  return { ask, form: { token: form?.[1] ?? '', nonce: form?.[2] ?? '', back: '/inbox' } };
}

test('who answers what was just answered elsewhere is told who was first', async () => {
  const { ask, form } = await asked();
  await house.press('ben', house.newPlace(), form.token);
  await eventually("ben's answer", async () => (await house.store.asks.find(ask.id))?.state === 'answered');
  const sent = await ana.send('/act', form);
  expect(sent).toMatchObject({ status: 200, told: expect.stringMatching(/ben\b.*already answered/i) });
  expect(await house.store.asks.find(ask.id)).toMatchObject({ answeredBy: 'ben' });
});

test('one form sent five times at once answers once, and tells nobody that they were too late', async () => {
  const { ask, form } = await asked();
  const sent = await Promise.all(Array.from({ length: 5 }, () => ana.send('/act', form)));
  await eventually('the answer', async () => (await house.store.asks.find(ask.id))?.state === 'answered');
  expect(sent.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  for (const { told } of sent) expect(told).not.toContain('already answered');
});

test('a token that somebody made up or may not use does nothing, and says so', async () => {
  const { ask, form } = await asked();
  expect(await vic.send('/act', form)).toMatchObject({ status: 200, told: expect.not.stringMatching(/^\s*$/) });
  for (const token of ['answer:999999:go', 'answer:x', 'confirm:0', 'nothing', `answer:${ask.id}:`, 'confirm:1e9'])
    expect((await ana.send('/act', { ...form, token })).status, token).toBe(200);
  expect(await house.store.asks.find(ask.id)).toMatchObject({ state: 'open' });
});
