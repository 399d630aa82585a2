import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Inbound } from '../../core/domain/chat.ts';
import type { Chat } from '../../core/ports.ts';
import { type OpenStore, openStore } from '../../core/store/testing.ts';
import { type Browser, type ServedWeb, serveWeb } from './testing.ts';

let house: OpenStore;
let served: ServedWeb;
let chat: Chat;
let [ana, ben] = [0, 0];
let anaAt: Browser;
let benAt: Browser;
let inbox: Inbound[] = [];
/** What the core does with what comes in. */
let hear: (inbound: Inbound) => Promise<void> = async () => undefined;
let nonces = 0;
const nonce = () => `nonce-${++nonces}`.padEnd(10, '.').replaceAll('.', '_');

beforeAll(async () => {
  house = await openStore();
  const { people } = house.store;
  const admit = async (id: string) =>
    (await people.admit({ platform: 'slack', space: 'T1', id, name: id }, 'owner', 1)).id;
  [ana, ben] = [await admit('U1'), await admit('U2')];
  served = await serveWeb(house.store);
  chat = served.chat;
  [anaAt, benAt] = [await served.browser(ana), await served.browser(ben)];
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
  const [one, two, other] = [
    await anaAt.send('/chat/say', words),
    await anaAt.send('/chat/say', words),
    await anaAt.send('/chat/say', { ...words, text: 'changed on the way' }),
  ];
  // Other words under the same name are told to be sent anew, rather than lost.
  expect([one.status, two.status, other.status]).toEqual([200, 200, 400]);
  expect(new Set(inbox.map(({ dedupe }) => dedupe)).size).toBe(1);
  expect(inbox.at(-1)).toMatchObject({ text: 'fix the footer' });
  expect((await house.store.web.page(ana, null, 10)).filter(({ text }) => text.startsWith('fix'))).toHaveLength(1);
});

test('two buttons of one form are two acts', async () => {
  hear = answering('Done.');
  const form = { nonce: nonce() };
  for (const token of ['confirm:7', 'decline:7', 'decline:7']) await anaAt.send('/act', { ...form, token });
  expect(inbox.map(({ dedupe }) => dedupe)).toEqual([
    `web:${ana}:${form.nonce}:confirm:7`,
    ...Array.from({ length: 2 }, () => `web:${ana}:${form.nonce}:decline:7`),
  ]);
});

test.each([
  ['/tasks all', 'tasks all'],
  ['/mainloop why #41', 'why #41'],
  ['/mainloop', ''],
])('%s is a command, and its answer stands in the chat', async (text, command) => {
  hear = answering('Nothing runs.');
  expect(await anaAt.send('/chat/say', { text, nonce: nonce() })).toMatchObject({ status: 200, told: '' });
  expect(inbox[0]).toMatchObject({ kind: 'command', text: command });
  const [said, answer] = (await house.store.web.page(ana, null, 2)).map(({ author, text: own, doc, answerTo }) => ({
    ...{ author, own, doc, answerTo },
  }));
  expect(said).toMatchObject({ author: 'person', own: text });
  expect(answer).toMatchObject({ author: 'bot', doc: { text: 'Nothing runs.' }, answerTo: inbox[0]?.dedupe });
});

test.each(['/usr/bin/env is missing', 'see /tasks', '/1'])('%s is a message', async (text) => {
  await anaAt.send('/chat/say', { text, nonce: nonce() });
  expect(inbox[0]).toMatchObject({ kind: 'message', text });
});

test('a private answer is told beside the form on every page but the chat, where it is a message', async () => {
  hear = answering('Only <b>Ben</b> may.');
  const press = async (back: string) =>
    (await anaAt.send('/act', { token: 'confirm:7', nonce: nonce(), back })).told ?? '';
  expect(await press('/inbox')).toContain('Only &#x3C;b>Ben');
  expect(await press('/chat')).toBe('');
});

test('without the script the answer is told by the page that the form came from, to its reader alone', async () => {
  hear = answering('Only Ben may.');
  const sent = await anaAt.post('/act', { token: 'confirm:7', nonce: nonce(), back: '/tasks?done=1' });
  const way = sent.headers.get('location') ?? '';
  expect([sent.status, way]).toEqual([303, expect.stringMatching(/^\/tasks\?done=1&told=\d+$/)]);
  expect(await (await anaAt.get(way)).text()).toContain('Only Ben may.');
  expect(await (await benAt.get(way)).text()).not.toContain('Only Ben may.');
});

test('an act that nobody answers comes to nothing after two seconds', async () => {
  const begun = Date.now();
  const sent = await anaAt.send('/act', { token: 'confirm:7', nonce: nonce(), back: '/inbox' });
  expect(sent).toMatchObject({ status: 200, told: '' });
  expect(Date.now() - begun).toBeGreaterThan(1_900);
});

test('a private answer that comes twice stands there once, in its last form', async () => {
  hear = answering('First.');
  await benAt.send('/act', { token: 'confirm:7', nonce: nonce() });
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
  await anaAt.send('/chat/say', { text: '', files, nonce: nonce() });
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
  ['That is 20,001 characters', '/chat/say', { text: 'x'.repeat(20_001) }],
  ['Write something first', '/chat/say', { text: '  ' }],
  [
    'At most 5 files',
    '/chat/say',
    { text: 'x', files: Array.from({ length: 6 }, (_, n) => new File(['x'], `${n}.txt`)) },
  ],
  ['big.bin is larger', '/chat/say', { text: 'x', files: [new File([new Uint8Array(10 * 2 ** 20 + 1)], 'big.bin')] }],
  ['load it again', '/chat/say', { text: 'x', nonce: 'a b' }],
  ['no such button', '/act', { token: '' }],
  ['no such button', '/act', { token: 'ä'.repeat(33) }],
  ['That is 20,001 characters', '/act', { token: 'answer:1:revise', 'field.comment': 'x'.repeat(20_001) }],
  ['no such reaction', '/chat/react', { message: '1', emoji: '' }],
])('what is too much or nothing is refused in words: %s', async (error, path, form) => {
  const sent = await anaAt.send(path, { nonce: nonce(), ...form });
  expect(sent).toEqual({ status: 400, error: expect.stringContaining(error) });
  expect(inbox).toEqual([]);
});

test("nobody acts on a message of somebody else's conversation, nor on none", async () => {
  const theirs = await chat.post({ platform: 'web', space: '', channel: String(ana), dm: true }, { text: 'x' }, 'card');
  for (const message of [theirs.id, '0', '1e3', '99999999999999999999', 'x']) {
    const form = { message, nonce: nonce() };
    const sent = [
      await benAt.send('/act', { ...form, token: 'confirm:7' }),
      await benAt.send('/act', { ...form, token: 'change:7', 'field.text': 'x' }),
      await benAt.send('/chat/react', { ...form, emoji: 'yes', on: 'yes' }),
      await benAt.send('/chat/stop', form),
    ];
    const gone = { status: 400, error: 'The message is not there any more.' };
    expect(sent).toEqual(Array.from({ length: 4 }, () => gone));
  }
  expect(inbox).toEqual([]);
});

test('what is said before the start or after the stop is refused for now, and heard when it is sent again', async () => {
  await chat.stop();
  const words = { text: 'too early', nonce: nonce() };
  expect(await anaAt.send('/chat/say', words)).toEqual({
    ...{ status: 503, error: 'Mainloop is just starting or stopping. Try again in a moment.' },
  });
  expect(chat.health()).toMatchObject({ connected: false });
  await chat.start(async (inbound) => void inbox.push(inbound));
  expect((await anaAt.send('/chat/say', words)).status).toBe(200);
  expect(inbox).toHaveLength(1);
});

test('words that were stored and not taken in are a gap: they are found in the history, a command as a command', async () => {
  const since = Date.now();
  hear = async () => Promise.reject(new Error('no database'));
  const refused = [nonce(), nonce()];
  await anaAt.send('/chat/say', { text: 'lost words', nonce: refused[0] ?? '' });
  await anaAt.send('/chat/say', { text: '/tasks', nonce: refused[1] ?? '' });
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
  const ten = Array.from({ length: 10 }, (_, n) => `${n}`);
  await Promise.all(ten.map((text) => benAt.send('/chat/say', { text, nonce: nonce() })));
  const stored = (await house.store.web.page(ben, null, 10)).map(({ text }) => text);
  expect(inbox.map((inbound) => inbound.kind === 'message' && inbound.text)).toEqual(stored);
  expect(stored.toSorted()).toEqual(ten);
});

test('who was removed says nothing', async () => {
  const { people } = house.store;
  const { id } = await people.admit({ platform: 'slack', space: 'T1', id: 'U9' }, 'member', 1);
  const theirs = await served.browser(id);
  await people.remove(id);
  expect(await theirs.send('/chat/say', { text: 'x', nonce: nonce() })).toEqual({
    status: 401,
    error: 'Sign in first.',
  });
  expect(inbox).toEqual([]);
});

test('the end of a growing answer is asked for, as often as somebody wishes', async () => {
  for (let n = 0; n < 2; n += 1) await anaAt.send('/chat/stop', {});
  expect(inbox).toMatchObject([{ kind: 'stop', target: null }, { kind: 'stop' }]);
  expect(inbox[0]?.dedupe).not.toBe(inbox[1]?.dedupe);
});
