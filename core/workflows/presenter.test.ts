import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Failure } from '../errors.ts';
import { type OpenStore, openStore, place } from '../store/testing.ts';
import { createFakeChat, type FakeChat } from '../testing/chat.ts';
import { eventually } from '../testing/core.ts';
import { deliver } from './delivery.ts';
import { createPresenter, type Drawing, type Presenter } from './presenter.ts';

const here = { ...place, platform: 'fake' };
const log = pino({ level: 'silent' });

let house: OpenStore;
let chat: FakeChat;
let presenter: Presenter;
let drawing: Drawing;
let subjects = 0;
let subject: string;

beforeAll(async () => {
  house = await openStore();
});
beforeEach(async () => {
  chat = createFakeChat();
  subjects += 1;
  subject = `task:${subjects}`;
  drawing = { doc: { text: 'one' }, settled: false };
  presenter = open();
  const delivery = { key: subject, place: here, subject, doc: drawing.doc, settled: false };
  await deliver({ store: house.store, chats: new Map([['fake', chat]]) }, delivery);
});
afterAll(() => house.close());

const open = () =>
  createPresenter({ store: house.store, chats: new Map([['fake', chat]]), log }, async (what) =>
    what === subject ? drawing : null,
  );
const card = () => chat.messages[0];
const shows = (text: string) => eventually(text, async () => card()?.doc.text === text);
const settled = async () => (await house.store.posts.find(subject))?.settled;

test('a card that looks as before is not sent again', async () => {
  presenter.touch(subject);
  presenter.touch(subject);
  await presenter.stop();
  expect(card()?.edits).toBe(0);
});

test('a card that changed is edited, and many touches at once need few edits', async () => {
  for (let n = 0; n < 50; n += 1) {
    drawing = { doc: { text: `step ${n}` }, settled: false };
    presenter.touch(subject);
  }
  await shows('step 49');
  await presenter.stop();
  expect(card()?.edits).toBeLessThanOrEqual(3);
});

test('a rate limit is waited out, whatever is touched meanwhile', async () => {
  const limited = new Failure('Slow down.', { code: 'rate_limited', remedy: 'retry', retryAfterMs: 400 });
  chat.failNext('edit', limited, { times: 2 });
  drawing = { doc: { text: 'two' }, settled: false };
  const begun = Date.now();
  while (Date.now() < begun + 300) {
    presenter.touch(subject);
    await new Promise((wait) => setTimeout(wait, 10));
  }
  await shows('two');
  expect(Date.now() - begun).toBeGreaterThanOrEqual(790);
  await presenter.stop();
});

test('the final form is sent, after failures too, and never changed again', async () => {
  chat.failNext('edit', new Failure('Away.', { code: 'unavailable', remedy: 'retry', retryAfterMs: 50 }));
  drawing = { doc: { text: 'done' }, settled: true };
  presenter.touch(subject);
  await shows('done');
  await eventually('the end', settled);
  drawing = { doc: { text: 'after the end' }, settled: true };
  presenter.touch(subject);
  await presenter.stop();
  expect(card()?.doc.text).toBe('done');
});

test('what a refused token kept from being shown is drawn again by the next start', async () => {
  chat.failNext('edit', new Failure('No.', { code: 'invalid_credentials', remedy: 'never' }));
  drawing = { doc: { text: 'done' }, settled: true };
  presenter.touch(subject);
  await presenter.stop();
  expect(await settled()).toBe(false);
  presenter = open();
  presenter.resume();
  await shows('done');
  await presenter.stop();
});

test('a card that is gone is let go', async () => {
  chat.messages.length = 0;
  drawing = { doc: { text: 'two' }, settled: false };
  presenter.touch(subject);
  await presenter.stop();
  expect(await settled()).toBe(true);
});

test('stopping does not wait for a pause', async () => {
  chat.failNext('edit', new Failure('Slow.', { code: 'rate_limited', remedy: 'retry', retryAfterMs: 600_000 }));
  drawing = { doc: { text: 'two' }, settled: false };
  presenter.touch(subject);
  await new Promise((wait) => setTimeout(wait, 100));
  await presenter.stop();
});

test('a card that changes by the clock alone is drawn again then', async () => {
  drawing = { doc: { text: 'with undo' }, settled: false, redrawAt: Date.now() + 200 };
  presenter.touch(subject);
  await shows('with undo');
  drawing = { doc: { text: 'without' }, settled: true };
  await shows('without');
  await presenter.stop();
});
