import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Inbound } from '../../core/domain/chat.ts';
import { type OpenStore, openStore } from '../../core/store/testing.ts';
import { quiet } from '../../core/testing/listener.ts';
import { type Acts, createActs } from './acts.ts';
import { createWebChat, type WebChat } from './chat.ts';
import { type ServedActs, serveActs } from './testing.ts';

let house: OpenStore;
let served: ServedActs;
let chat: WebChat;
let acts: Acts;
let [ana, ben] = [0, 0];
let inbox: Inbound[] = [];
/** What the core does with what comes in. */
let hear: (inbound: Inbound) => Promise<void> = async () => undefined;
let nonces = 0;
const nonce = () => `nonce-${++nonces}`.padEnd(10, '.').replaceAll('.', '_');

beforeAll(async () => {
  house = await openStore();
  const { web, sessions, people } = house.store;
  const admit = async (id: string) =>
    (await people.admit({ platform: 'slack', space: 'T1', id, name: id }, 'owner', 1)).id;
  [ana, ben] = [await admit('U1'), await admit('U2')];
  chat = createWebChat({ web, sessions, publicUrl: 'https://m.example', log: quiet });
  acts = createActs({ web, chat });
  served = await serveActs(acts);
});
beforeEach(async () => {
  inbox = [];
  hear = async () => undefined;
  await chat.start(async (inbound) => {
    await hear(inbound);
    inbox.push(inbound);
  });
});
afterAll(async () => {
  await served.close();
  await house.close();
});

/** Answers every button, command and form. */
const answering = (text: string) => async (inbound: Inbound) => {
  if ('reply' in inbound) setTimeout(() => void chat.reply(inbound.reply, { text }), 20);
};

test('a form that is sent twice acts once', async () => {
  const words = { text: 'fix the footer', nonce: nonce() };
  const [one, two] = [
    await served.send(ana, '/chat/say', words),
    await served.send(ana, '/chat/say', { ...words, text: 'changed on the way' }),
  ];
  expect(two).toEqual(one);
  expect(new Set(inbox.map(({ dedupe }) => dedupe)).size).toBe(1);
  expect(inbox.at(-1)).toMatchObject({ text: 'fix the footer' });
  expect((await house.store.web.page(ana, null, 10)).filter(({ text }) => text.startsWith('fix'))).toHaveLength(1);
});

test('two buttons of one form are two acts', async () => {
  hear = answering('Done.');
  const form = { nonce: nonce() };
  for (const token of ['confirm:7', 'decline:7', 'decline:7']) await served.send(ana, '/act', { ...form, token });
  expect(inbox.map(({ dedupe }) => dedupe)).toEqual([
    `web:${ana}:${form.nonce}:confirm:7`,
    ...Array.from({ length: 2 }, () => `web:${ana}:${form.nonce}:decline:7`),
  ]);
});

test.each([
  ['/tasks all', 'tasks all'],
  ['/mainloop why #41', 'why #41'],
  ['/mainloop', ''],
])('%s is a command, and its answer comes back and stands in the chat', async (text, command) => {
  hear = answering('Nothing runs.');
  const { status, body } = await served.send(ana, '/chat/say', { text, nonce: nonce() });
  expect(status).toBe(200);
  expect(body).toMatchObject({ answer: { text: 'Nothing runs.' } });
  expect(inbox[0]).toMatchObject({ kind: 'command', text: command });
  const [said, answer] = (await house.store.web.page(ana, null, 2)).map(({ author, text: own, doc, answerTo }) => ({
    ...{ author, own, doc, answerTo },
  }));
  expect(said).toMatchObject({ author: 'person', own: text });
  expect(answer).toMatchObject({ author: 'bot', doc: { text: 'Nothing runs.' }, answerTo: inbox[0]?.dedupe });
});

test.each(['/usr/bin/env is missing', 'see /tasks', '/1'])('%s is a message', async (text) => {
  await served.send(ana, '/chat/say', { text, nonce: nonce() });
  expect(inbox[0]).toMatchObject({ kind: 'message', text });
});

test('an act that nobody answers resolves without an answer after two seconds', async () => {
  const begun = Date.now();
  const { body } = await served.send(ana, '/act', { token: 'confirm:7', nonce: nonce() });
  expect(body).toEqual({ answer: null });
  expect(Date.now() - begun).toBeGreaterThan(1_900);
});

test('a private answer that comes twice stands there once, in its last form', async () => {
  hear = answering('First.');
  await served.send(ben, '/act', { token: 'confirm:7', nonce: nonce() });
  const [inbound] = inbox;
  if (inbound?.kind !== 'action') throw new Error('no action');
  await chat.reply(inbound.reply, { text: 'First.' });
  await chat.reply(inbound.reply, { text: 'Second.' });
  expect((await house.store.web.page(ben, null, 10)).map(({ doc }) => doc?.text)).toEqual(['Second.']);
});

test('files go along, and are read back by the program and by nobody else', async () => {
  const files = [
    new File(['one'], 'a.txt', { type: 'text/plain' }),
    new File(['two!'], 'b.png', { type: 'image/png' }),
  ];
  await served.send(ana, '/chat/say', { text: '', files, nonce: nonce() });
  const [inbound] = inbox;
  if (inbound?.kind !== 'message') throw new Error('no message');
  expect(inbound.files).toMatchObject([
    { name: 'a.txt', mimeType: expect.stringContaining('text/plain'), size: 3 },
    { name: 'b.png', mimeType: 'image/png', size: 4 },
  ]);
  const [, second] = inbound.files;
  if (!second) throw new Error('no file');
  expect(Buffer.from(await chat.download(second, 4)).toString()).toBe('two!');
  await expect(chat.download(second, 3)).rejects.toMatchObject({ code: 'too_large' });
  await expect(chat.download({ ...second, handle: '999999' }, 4)).rejects.toMatchObject({ code: 'gone' });
  expect(await house.store.web.file(second.handle, ben)).toBeNull();
});

test.each([
  ['text', { text: 'x'.repeat(20_001) }],
  ['text', { text: '  ' }],
  ['files', { text: 'x', files: Array.from({ length: 6 }, (_, n) => new File(['x'], `${n}.txt`)) }],
  ['files', { text: 'x', files: [new File([new Uint8Array(10 * 2 ** 20 + 1)], 'big.bin')] }],
  ['nonce', { text: 'x', nonce: 'a b' }],
])('what is too much or nothing is refused by the name of its field: %s', async (field, form) => {
  const sent = await served.send(ana, '/chat/say', { nonce: nonce(), ...form });
  expect(sent).toEqual({ status: 422, body: { code: `invalid_${field}` } });
  expect(inbox).toEqual([]);
});

test.each([
  ['token', '/act', { token: '' }],
  ['token', '/act', { token: 'ä'.repeat(33) }],
  ['comment', '/act', { token: 'answer:1:revise', 'field.comment': 'x'.repeat(20_001) }],
  ['emoji', '/chat/react', { message: '1', emoji: '' }],
])('so is an act: %s', async (field, path, form) => {
  const sent = await served.send(ana, path, { nonce: nonce(), ...form });
  expect(sent).toEqual({ status: 422, body: { code: `invalid_${field}` } });
});

test("nobody acts on a message of somebody else's conversation, nor on none", async () => {
  const theirs = await chat.post({ platform: 'web', space: '', channel: String(ana), dm: true }, { text: 'x' }, 'card');
  for (const message of [theirs.id, '0', '1e3', '99999999999999999999', 'x']) {
    const form = { message, nonce: nonce() };
    const sent = [
      await served.send(ben, '/act', { ...form, token: 'confirm:7' }),
      await served.send(ben, '/act', { ...form, token: 'change:7', 'field.text': 'x' }),
      await served.send(ben, '/chat/react', { ...form, emoji: 'yes', on: 'yes' }),
      await served.send(ben, '/chat/stop', form),
    ];
    expect(sent.map(({ body }) => body)).toEqual(Array.from({ length: 4 }, () => ({ code: 'gone' })));
  }
  expect(inbox).toEqual([]);
});

test('what is said before the start or after the stop is refused for now, and heard when it is sent again', async () => {
  await chat.stop();
  const words = { text: 'too early', nonce: nonce() };
  expect(await served.send(ana, '/chat/say', words)).toEqual({ status: 503, body: { code: 'unavailable' } });
  expect(chat.health()).toMatchObject({ connected: false });
  await chat.start(async (inbound) => void inbox.push(inbound));
  expect((await served.send(ana, '/chat/say', words)).status).toBe(200);
  expect(inbox).toHaveLength(1);
});

test('words that were stored and not taken in are a gap: they are found in the history, a command as a command', async () => {
  const since = Date.now();
  hear = async () => Promise.reject(new Error('no database'));
  const refused = [nonce(), nonce()];
  await served.send(ana, '/chat/say', { text: 'lost words', nonce: refused[0] ?? '' });
  await served.send(ana, '/chat/say', { text: '/tasks', nonce: refused[1] ?? '' });
  expect(chat.health().gapAt).toBeGreaterThanOrEqual(since);
  expect(await chat.places?.(since, [])).toMatchObject([{ channel: String(ana), dm: true }]);
  const found: Inbound[] = [];
  const place = { platform: 'web', space: '', channel: String(ana), dm: true };
  for await (const inbound of chat.history(place, since)) found.push(inbound);
  expect(found.map(({ kind, dedupe }) => `${kind} ${dedupe}`)).toEqual([
    `message web:${ana}:${refused[0]}`,
    `command web:${ana}:${refused[1]}`,
  ]);
});

test('what one person says quickly is handed in in the order of the chat', async () => {
  hear = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
  await Promise.all(Array.from({ length: 10 }, (_, n) => acts.say(ben, { text: `${n}`, files: [], nonce: nonce() })));
  expect(inbox.map((inbound) => inbound.kind === 'message' && inbound.text)).toEqual(
    Array.from({ length: 10 }, (_, n) => `${n}`),
  );
  const stored = (await house.store.web.page(ben, null, 10)).map(({ text }) => text);
  expect(stored).toEqual(Array.from({ length: 10 }, (_, n) => `${n}`));
});

test('who was removed says nothing', async () => {
  const { people } = house.store;
  const { id } = await people.admit({ platform: 'slack', space: 'T1', id: 'U9' }, 'member', 1);
  await people.remove(id);
  expect(await served.send(id, '/chat/say', { text: 'x', nonce: nonce() })).toMatchObject({
    body: { code: 'unreachable' },
  });
});

test('the end of a growing answer is asked for, as often as somebody wishes', async () => {
  for (let n = 0; n < 2; n += 1) await served.send(ana, '/chat/stop', {});
  expect(inbox).toMatchObject([{ kind: 'stop', target: null }, { kind: 'stop' }]);
  expect(inbox[0]?.dedupe).not.toBe(inbox[1]?.dedupe);
});
