import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenStore, openStore } from '../../core/store/testing.ts';
import { type Browser, type ServedWeb, serveWeb } from './testing.ts';

let house: OpenStore;
let store: OpenStore['store'];
let served: ServedWeb;
let secure: ServedWeb;
let ana: number;
let browser: Browser;
let inbox = 0;

beforeAll(async () => {
  house = await openStore();
  store = house.store;
  ana = (await store.people.admit({ platform: 'slack', space: 'T1', id: 'U1', name: 'Ana' }, 'owner', 1)).id;
  served = await serveWeb(store);
  secure = await serveWeb(store, 'https://m.example');
  await served.chat.start(async () => {
    inbox += 1;
  });
  browser = await served.browser(ana);
});
afterAll(async () => {
  for (const one of [served, secure]) await one.close();
  await house.close();
});

const paths = ['/act', '/chat/say', '/chat/react', '/chat/stop', '/sign-out', '/sign-out?everywhere', '/sign-in'];
const words = 'text=hi&token=confirm%3A7&nonce=nonce-123&message=1&emoji=yes&on=on&command=cancel+%231';

/** A post with the cookie and these headers. */
const post = (path: string, headers: Record<string, string>, body: string | null = words, to = served, by = browser) =>
  fetch(to.origin + path, { method: 'POST', body, headers: { cookie: by.cookie, ...headers }, redirect: 'manual' });

const form = { 'content-type': 'application/x-www-form-urlencoded' };

test.each<[string, Record<string, string>, (string | null)?]>([
  ['another site', { ...form, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['another site, in an old browser', { ...form, origin: 'https://evil.example' }],
  ['a name that begins or ends as ours', { ...form, origin: 'http://127.0.0.1.evil.example' }],
  ['another port of this machine', { ...form, origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
  ['a sandboxed frame', { ...form, origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['a sandboxed frame, in an old browser', { ...form, origin: 'null' }],
  ['nowhere', form],
  ['an address that was typed', { ...form, 'sec-fetch-site': 'none' }],
  ['another site, without a body', { origin: 'https://evil.example' }, null],
  ['nowhere, without a body', {}, null],
  ['another site as plain text', { 'content-type': 'text/plain', origin: 'https://evil.example' }],
  ['nowhere as JSON', { 'content-type': 'application/json' }, '{"text":"hi"}'],
  ['nowhere as what nobody knows', { 'content-type': 'x/y' }],
  ['a file', { ...form, origin: 'file://' }],
])('a form from %s is refused, and does nothing', async (_, headers, body) => {
  for (const path of paths) expect((await post(path, headers, body)).status, path).toBe(403);
  expect(inbox).toBe(0);
  expect(await store.web.page(ana, null, 10)).toEqual([]);
  expect((await browser.get('/tasks')).status).toBe(200);
});

test('a form that the browser says comes from another site is refused, whatever origin is named', async () => {
  const own = { ...form, origin: served.origin };
  for (const site of ['cross-site', 'same-site', 'none', 'x'])
    expect((await post('/chat/stop', { ...own, 'sec-fetch-site': site })).status).toBe(403);
  expect((await post('/chat/stop', own, '')).status).toBe(303);
  expect((await post('/chat/stop', { ...form, 'sec-fetch-site': 'same-origin' }, '')).status).toBe(303);
  expect(inbox).toBe(2);
});

test('behind TLS the same name without it is another site', async () => {
  const by = await secure.browser(ana);
  const { host } = new URL(secure.origin);
  const status = async (origin: string) => (await post('/sign-out', { ...form, origin }, '', secure, by)).status;
  expect(await status(`http://${host}`)).toBe(403);
  expect(await status('http://m.example')).toBe(403);
  expect(await status('https://m.example')).toBe(303);
  expect(await status(`https://${host}`)).toBe(303);
});

test('no other site may read or send anything by a script', async () => {
  const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
  const asked = await fetch(`${served.origin}/act`, { method: 'OPTIONS', headers, redirect: 'manual' });
  const read = await browser.get('/tasks', headers);
  for (const answer of [asked, read])
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test('every kind of answer forbids to run, load, frame and guess anything, and personal ones to be kept', async () => {
  const bytes = new TextEncoder().encode('<script>alert(1)</script>');
  await store.web.say(
    { person: ana, key: 'file', text: '', files: [{ name: 'x.html', mimeType: 'text/html', bytes }] },
    1,
  );
  const [said] = await store.web.page(ana, null, 1);
  const nobody = await served.browser();
  const page = await (await browser.get('/chat')).text();
  const script = /src="(\/static\/web\.js[^"]*)"/.exec(page)?.[1] ?? '';
  const live = await browser.get('/live?since=x');
  const answers = {
    page: await browser.get('/chat'),
    part: await browser.get('/tasks', { 'x-part': '1' }),
    redirect: await nobody.get('/chat'),
    'signed out': await nobody.get('/live'),
    'sign in': await nobody.get('/sign-in'),
    'bad link': await nobody.get('/sign-in?code=x'),
    'not found': await browser.get('/nothing'),
    'no such asset': await nobody.get('/static/nothing.js'),
    asset: await nobody.get(script),
    file: await browser.get(`/chat/files/${said?.files[0]?.handle}`),
    live,
    refused: await post('/act', form),
    'too large': await browser.post('/act', { text: 'x'.repeat(300_000) }),
    'wrong form': await browser.post('/act', {}),
    json: await browser.post('/act', {}, { accept: 'application/json' }),
    failed: await browser.post('/act', {}, { 'content-type': 'multipart/form-data' }),
  };
  for (const [name, { headers }] of Object.entries(answers)) {
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy, name).toMatch(/^default-src 'none'/);
    expect(policy, name).not.toMatch(/unsafe|\*|data:|https?:/);
    if (name !== 'file') expect(policy, name).toContain("frame-ancestors 'none'");
    expect(headers.get('x-frame-options'), name).toBe('DENY');
    expect(headers.get('x-content-type-options'), name).toBe('nosniff');
    expect(headers.get('cross-origin-resource-policy'), name).toBe('same-origin');
    expect(headers.get('cross-origin-opener-policy'), name).toBe('same-origin');
    expect(headers.get('referrer-policy'), name).toBe('same-origin');
    expect(headers.get('cache-control'), name).toBe(
      name === 'asset' ? 'public, max-age=31536000, immutable' : 'no-store',
    );
  }
  expect(answers.file.headers.get('content-security-policy')).toContain('sandbox');
  expect(answers.live.headers.get('content-type')).toBe('text/event-stream');
  expect(answers.failed.status).toBe(400);
  await live.body?.cancel();
});
