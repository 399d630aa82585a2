import { afterAll, beforeEach, expect, test } from 'vitest';
import { sql } from '../../core/store/drizzle.ts';
import { type OpenStore, openStore } from '../../core/store/testing.ts';
import { hashCode, newCode } from '../../core/workflows/code.ts';
import { ownerCode } from '../../core/workflows/pairing.ts';
import { linkPath } from '../../core/workflows/sign-in.ts';
import { type Browser, type ServedWeb, serveWeb } from './testing.ts';

let house: OpenStore | undefined;
let store: OpenStore['store'];
let served: ServedWeb;
let nobody: Browser;

beforeEach(async () => {
  house ??= await openStore();
  store = house.store;
  await house.db.execute(sql`truncate mainloop.people, mainloop.accounts, mainloop.codes, mainloop.limits`);
  served ??= await serveWeb(store);
  nobody = await served.browser();
});
afterAll(async () => {
  await served?.close();
  await house?.close();
});

const admit = (name: string) => store.people.admit({ platform: 'slack', space: 'T1', id: name, name }, 'member', 1);
const codeIn = (path: string) => path.split('=')[1] ?? '';
const linkOf = async (person: number, lifeMs?: number) => served.signIn.link(person, Date.now(), lifeMs);
const enter = (code: string, name = 'Eve') => nobody.post('/sign-in', { code, name });
const outcome = ({ status, headers }: Response) => [status, headers.get('location'), headers.getSetCookie().length];
const isIn = [303, '/chat', 1];
const isRefused = [410, null, 0];

test('a link may be opened by any number of previews; the press on its page uses it up', async () => {
  const { id } = await admit('Ana');
  const way = await linkOf(id);
  for (const method of ['GET', 'HEAD', 'GET', 'HEAD'])
    expect((await fetch(served.origin + way, { method })).status).toBe(200);
  expect(await (await nobody.get(way)).text()).toContain('Sign in as Ana');
  expect(outcome(await enter(codeIn(way)))).toEqual(isIn);
  expect(outcome(await enter(codeIn(way)))).toEqual(isRefused);
  expect((await nobody.get(way)).status).toBe(410);
});

test('of ten presses at once on one link one signs in', async () => {
  const way = await linkOf((await admit('Ana')).id);
  const all = await Promise.all(Array.from({ length: 10 }, () => enter(codeIn(way))));
  expect(all.filter(({ status }) => status === 303)).toHaveLength(1);
});

test('an expired, a guessed and a forged code, and that of who was removed, sign nobody in and read the same', async () => {
  const [ana, ben] = [await admit('Ana'), await admit('Ben')];
  const owner = await store.people.admit({ platform: 'slack', space: 'T1', id: 'Own' }, 'owner', 1);
  const expired = codeIn(await linkOf(ana.id, -1));
  const ofNobody = codeIn(await linkOf(ben.id));
  await store.people.remove(ben.id);
  const good = codeIn(await linkOf(owner.id));
  const bad = [
    '',
    ' ',
    '0'.repeat(48),
    good.slice(0, -1),
    `${good}0`,
    `signin:${owner.id}`,
    '\u0000',
    '%',
    'ß'.repeat(99),
  ];
  const pages = new Set<string>();
  for (const code of [expired, ofNobody, ...bad]) {
    const answer = await enter(code);
    expect(outcome(answer), code).toEqual(isRefused);
    pages.add(await answer.text());
    expect((await nobody.get(linkPath(encodeURIComponent(code)))).status, code).toBe(410);
  }
  expect(pages.size).toBe(1);
  expect(outcome(await enter(good))).toEqual(isIn);
});

test("a code of another kind is none of the page's", async () => {
  const { id } = await admit('Ana');
  const account = JSON.stringify({ person: id, account: 'slack:T1:Ana' });
  for (const purpose of ['pair', 'link'] as const) {
    const code = newCode();
    await store.codes.put({ hash: hashCode(code), purpose, holder: purpose, account, expiresAt: Date.now() + 9e5 }, 1);
    expect(outcome(await enter(code))).toEqual(isRefused);
    expect(await store.codes.find(hashCode(code), purpose, Date.now())).not.toBeNull();
  }
});

test("a person's next link makes the one before worthless", async () => {
  const { id } = await admit('Ana');
  const [first, second] = [await linkOf(id), await linkOf(id)];
  expect(outcome(await enter(codeIn(first)))).toEqual(isRefused);
  expect(outcome(await enter(codeIn(second)))).toEqual(isIn);
});

test('the code of the first owner is good while nobody is owner, for one of ten who come at once', async () => {
  const code = await ownerCode(store, Date.now());
  expect(await (await nobody.get(linkPath(code))).text()).toContain('Nobody is here yet');
  expect(outcome(await enter(code, '  '))).toEqual(isRefused);
  const all = await Promise.all(Array.from({ length: 10 }, (_, n) => enter(code, `Owner ${n}`)));
  expect(all.filter(({ status }) => status === 303)).toHaveLength(1);
  expect(await store.people.list()).toMatchObject([{ role: 'owner' }]);
});

test('of two good codes of the first owner one makes an owner, however they race', async () => {
  for (let round = 0; round < 5; round += 1) {
    await house?.db.execute(sql`truncate mainloop.people, mainloop.accounts, mainloop.limits`);
    const codes = [await ownerCode(store, Date.now()), await ownerCode(store, Date.now())];
    await Promise.all(codes.map((code) => enter(code)));
    expect(await store.people.list()).toHaveLength(1);
  }
});

test('once somebody is owner its code is good for nothing', async () => {
  const code = await ownerCode(store, Date.now());
  await store.people.admit({ platform: 'slack', space: 'T1', id: 'Own' }, 'owner', 1);
  expect((await nobody.get(linkPath(code))).status).toBe(410);
  expect(outcome(await enter(code))).toEqual(isRefused);
  expect(await store.people.list()).toHaveLength(1);
});

test.each([
  ['as they are', (code: string) => code],
  ['made long', (code: string) => code + '-'.repeat(40)],
])('short codes can be tried twenty times in ten minutes, %s; links go on working', async (_, write) => {
  const code = await ownerCode(store, Date.now());
  for (let n = 0; n < 20; n += 1) expect((await enter(write(`AAAA-AA${n}`))).status).toBe(410);
  expect(outcome(await enter(write(code)))).toEqual(isRefused);
  expect((await nobody.get(linkPath(write(code)))).status).toBe(410);
  const way = await linkOf((await admit('Ana')).id);
  expect((await nobody.get(way)).status).toBe(200);
  expect(outcome(await enter(codeIn(way)))).toEqual(isIn);
});

test('a name is kept as it was written, cut to sixty characters, and shown as text', async () => {
  const name = `<img src=x onerror=alert(1)>${'n'.repeat(100)}`;
  const entered = await enter(await ownerCode(store, Date.now()), name);
  const cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  expect(await store.people.list()).toMatchObject([{ name: name.slice(0, 60) }]);
  const page = await (await nobody.get('/chat', { cookie })).text();
  expect(page).toContain('&lt;img src=x');
  expect(page).not.toContain('<img src=x');
});
