import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Inbound } from '../../core/domain/chat.ts';
import { openPages, type PageHouse } from '../../core/pages/testing.ts';
import { type Browser, type ServedWeb, serveWeb } from './testing.ts';

let house: PageHouse;
let served: ServedWeb;
let browser: Browser;
let inbox: Inbound[] = [];

beforeAll(async () => {
  house = await openPages();
  await house.task();
  served = await serveWeb(house.store);
  await served.chat.start(async (inbound) => {
    inbox.push(inbound);
    if ('reply' in inbound) await served.chat.reply(inbound.reply, { text: 'Heard.' });
  });
  browser = await served.browser(house.ana.id);
});
beforeEach(() => {
  inbox = [];
});
afterAll(async () => {
  await served.close();
  await house.close();
});

const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' };
let nonces = 0;
const nonce = () => `nonce-${++nonces}`.padEnd(12, '_');

const post = (path: string, body: NonNullable<RequestInit['body']>, headers: Record<string, string>) =>
  fetch(served.origin + path, {
    ...{ method: 'POST', body, redirect: 'manual', duplex: 'half' as const },
    headers: { cookie: browser.cookie, origin: served.origin, ...headers },
  });

/** A request with a path and headers that fetch would not send; its status and where it leads. */
const raw = (path: string, headers: Record<string, string | string[]> = {}) =>
  new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
    const { port } = new URL(served.origin);
    const asked = request({
      host: '127.0.0.1',
      port,
      path,
      agent: false,
      headers: { cookie: browser.cookie, ...headers },
    });
    asked.on('response', (answer) => {
      answer.resume().on('end', () => resolve([answer.statusCode, answer.headers.location]));
    });
    asked.on('error', reject).end();
  });

test('forms of 20 MB are answered by a clear line, again and again, and leave nothing in memory', async () => {
  const form = (files: number) => ({
    ...{ text: 'x', nonce: nonce() },
    files: Array.from({ length: files }, (_, n) => new File([new Uint8Array(10 * 2 ** 20)], `${n}.bin`)),
  });
  const before = process.memoryUsage().arrayBuffers;
  // What was sent here is garbage that may lie about for a while; what were kept of 16 forms would be far more.
  for (let n = 0; n < 16; n += 1) {
    const sent = await browser.send('/chat/say', form(2));
    expect(sent).toEqual({ status: 413, error: 'At most 12 MB can be sent at once.' });
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(250 * 2 ** 20);
  expect(inbox).toEqual([]);
  expect((await browser.send('/chat/say', form(1))).status).toBe(200);
});

test('words alone are no place for megabytes, whatever they call themselves, and a stream without a length no way around', async () => {
  const much = `text=${'x'.repeat(300 * 2 ** 10)}`;
  expect((await post('/chat/say', much, urlencoded)).status).toBe(413);
  expect((await post('/act', much, urlencoded)).status).toBe(413);
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(2 ** 20)),
  });
  const cut = await post('/chat/say', endless, { 'content-type': 'multipart/form-data; boundary=x' }).then(
    ({ status }) => status,
    () => 413,
  );
  expect(cut).toBe(413);
  const nobody = await served.browser();
  const stranger = { cookie: nobody.cookie, 'content-type': 'multipart/form-data; boundary=x' };
  expect((await post('/chat/say', new Uint8Array(2 ** 20), stranger)).status).toBe(401);
});

test.each([
  ['no boundary', 'x', { 'content-type': 'multipart/form-data' }],
  ['another boundary', '--a\r\n\r\n--a--', { 'content-type': 'multipart/form-data; boundary=b' }],
  [
    'no end',
    '--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nx',
    { 'content-type': 'multipart/form-data; boundary=b' },
  ],
  ['a thousand fields', Array.from({ length: 1_000 }, (_, n) => `field.${n}=x`).join('&'), urlencoded],
  ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x00]), { 'content-type': 'multipart/form-data; boundary=b' }],
])('a form with %s is refused in words', async (_, body, headers) => {
  for (const path of ['/act', '/chat/say', '/chat/react', '/sign-in']) {
    const answer = await post(path, body, { ...headers, accept: 'application/json' });
    expect(answer.status, path).toBeLessThan(500);
    expect(answer.status, path).toBeGreaterThanOrEqual(400);
  }
  expect(inbox).toEqual([]);
});

test('a form of very many parts is refused in bearable time', async () => {
  const part = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n';
  const begun = Date.now();
  const answer = await post('/chat/say', `${part.repeat(200_000)}--b--\r\n`, {
    'content-type': 'multipart/form-data; boundary=b',
  });
  expect(answer.status).toBe(400);
  expect(Date.now() - begun).toBeLessThan(20_000);
});

test('fields that are repeated, of the wrong kind, or named like what every object has are nothing', async () => {
  for (const body of ['token=a&token=b', '__proto__=x&constructor=y', 'token=', 'toString=1'])
    expect((await post('/act', `${body}&nonce=${nonce()}`, urlencoded)).status, body).toBe(400);
  const form = { token: 'change:7', nonce: nonce(), 'field.__proto__': 'x', 'field.text': 'y' };
  expect((await browser.send('/act', form)).status).toBe(200);
  expect(inbox.map((inbound) => inbound.kind === 'form' && inbound.fields.text)).toEqual(['y']);
});

test.each([
  ...['//evil.example', '/\\evil.example', '/.//evil.example', '/..//evil.example', '/a/..//evil.example'],
  ...['/\t/evil.example', '/\n//evil.example', 'https://evil.example/x', 'javascript:alert(1)', '', '\\\\evil.example'],
  ...['/%2f%2fevil.example', '/x\r\nset-cookie: a=b', '/\u0000', '/@evil.example', `/${'x'.repeat(20_000)}`],
])('a form leads back to a page of ours, whatever it says: %j', async (back) => {
  const answer = await post('/act', new URLSearchParams({ token: 'confirm:7', nonce: nonce(), back }), urlencoded);
  expect(answer.status).toBe(303);
  const location = answer.headers.get('location') ?? '';
  expect(location).toMatch(/^\/(?![/\\])/);
  expect(new URL(location, served.origin).origin).toBe(served.origin);
  expect(answer.headers.getSetCookie()).toEqual([]);
});

test('a command in a form is what its person says, word for word, and nothing more', async () => {
  await browser.send('/act', { command: 'cancel #1', nonce: nonce() });
  await browser.send('/act', { command: 'steer #1', text: 'to the left', token: 'confirm:1', nonce: nonce() });
  expect(inbox).toMatchObject([
    { kind: 'command', text: 'cancel #1', account: { id: String(house.ana.id) } },
    { kind: 'command', text: 'steer #1 to the left' },
  ]);
});

test("nobody reads another person's task, message or file by its number, nor what was told to them", async () => {
  const { store, ben, mia } = house;
  const task = await house.task({ repo: 'acme/api', by: mia });
  const run = `${task}.1`;
  await store.runs.queue({ id: run, task, kind: 'plan' }, 1, 20, () => 'Do it.');
  const shot = { name: 'shot.png', mimeType: 'image/png', kind: 'image' as const, hash: 'h' };
  await store.files.handOver({ ...shot, task, run, bytes: new Uint8Array([1]), at: 1 });
  const [handed] = await store.files.handedFor(task);
  const files = [{ name: 'a.txt', mimeType: 'text/plain', bytes: new Uint8Array([1]) }];
  const said = await store.web.say({ person: mia.id, key: 'mine', text: 'psst', files }, 1);
  const told = await store.web.post({ person: mia.id, key: 'told', doc: { text: 'psst' } }, 1);
  const paths = [
    ...[`/tasks/${task}`, `/tasks/${task}/log`, `/tasks/${task}/files/${handed?.id}`, '/projects/acme/api'],
    ...[`/chat/messages/${said?.id}`, `/chat/messages/${told?.id}`, `/chat/files/${said?.files[0]?.handle}`],
  ];
  const [theirs, others] = [await served.browser(mia.id), await served.browser(ben.id)];
  for (const path of paths) {
    expect((await theirs.get(path)).status, path).toBe(200);
    expect((await others.get(path)).status, path).toBe(404);
  }
  const thread = `/tasks/${task}/thread`;
  const place = (await store.tasks.get(task)).place;
  const there = `https://${place.platform}.example/${place.channel}/${place.thread}`;
  expect((await theirs.get(thread)).headers.get('location')).toBe(there);
  expect((await others.get(thread)).status).toBe(404);
  expect(await (await theirs.get(`/tasks/${task}`)).text()).toContain(`href="${thread}"`);
  for (const path of [
    `/tasks?told=${told?.id}`,
    '/tasks?repo=acme/api',
    '/chat',
    `/chat?before=${Number(told?.id) + 1}`,
  ])
    expect(await (await others.get(path)).text(), path).not.toMatch(/psst|href="\/tasks\/2"/);
});

test.each([
  ...['/tasks?repo=%00', '/tasks?repo=%ff', '/tasks?person=99999999999', '/tasks?before=999999999', '/tasks?done=x'],
  ...[
    '/tasks?told=9007199254740991',
    '/tasks?told=-1',
    '/tasks?told=x',
    '/tasks/999999999',
    '/tasks/1/files/999999999',
  ],
  ...['/chat?before=999999999999999', '/chat?before=0', '/chat?before=-1', '/chat/messages/999999999999999'],
  ...['/chat/files/%00', '/chat/files/999999999', '/projects/%00/%00', '/projects/a/%2e%2e', '/projects/%ff/%ff'],
  ...['/tasks/1/log?after=x', '/tasks/1/log?before=%00', '/tasks/1/log?after=1-1-1', '/tasks/1/log?q=%00%25_%5c'],
  ...['/tasks/1/log?before=99999999999999999999', '/tasks/1/log?q=%ed%a0%80', '/badges?tab=%00', '/static/%00'],
  ...['/static/..%2f..%2fapp.ts', '/static/../app.ts', '//evil.example/', '//evil.example', '/tasks//1', '/tasks/1/'],
  ...['/%2e%2e/', '/%', '/%c0%ae', '/sign-in?code=%00', '/tasks/%31', '/live?since=%00', `/${'a'.repeat(10_000)}`],
])('no path makes the page fail or lead elsewhere: %s', async (path) => {
  const [status = 0, location] = path.startsWith('/live') ? [200] : await raw(path);
  expect([200, 303, 404, 410], String(status)).toContain(status);
  expect(location ?? '/').toMatch(/^\/(?!\/)/);
});

test('no name of a host, no second address in the request and no forwarded one leads a reader elsewhere', async () => {
  const asAny = (headers: Record<string, string>) => ({ cookie: '', ...headers });
  expect(await raw('/chat', asAny({ host: 'evil.example' }))).toEqual([303, '/sign-in']);
  expect(await raw('/chat', asAny({ host: 'evil.example', 'x-forwarded-host': 'evil.example' }))).toEqual([
    303,
    '/sign-in',
  ]);
  expect(await raw('http://evil.example/chat', asAny({}))).toEqual([303, '/sign-in']);
  for (const host of ['evil.example/x?', 'a@evil.example', '\\evil', 'a b'])
    expect([303, 400], host).toContain((await raw('/chat', asAny({ host })))[0]);
});

test('headers without number or end are refused', async () => {
  expect((await raw('/tasks', { 'x-much': 'x'.repeat(20_000) }))[0]).toBe(431);
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`x-${n}`, '1']));
  expect([200, 431]).toContain((await raw('/tasks', many))[0]);
  expect((await raw('/tasks', { cookie: `${browser.cookie}; ${'a=b; '.repeat(1_000)}` }))[0]).toBe(200);
});
