import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createPages } from '../../core/pages/index.ts';
import { type OpenStore, openStore } from '../../core/store/testing.ts';
import { quiet } from '../../core/testing/listener.ts';
import { createSignIn } from '../../core/workflows/sign-in.ts';
import { createOidcSim, type OidcSim } from '../../sim/oidc/index.ts';
import { createWeb, type Web } from './index.ts';

let house: OpenStore;
let provider: OidcSim;
let web: Web;
let server: Server;
let origin: string;

beforeAll(async () => {
  house = await openStore();
  provider = await createOidcSim();
  server = createServer((request, response) => void web.handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { store } = house;
  const parts = { store, pages: createPages(store), signIn: createSignIn(store), oidc: provider };
  web = createWeb({ ...parts, publicUrl: origin, log: quiet });
});
beforeEach(() => {
  provider.person = { sub: 'u-1', name: 'Ana' };
  provider.forge = {};
});
afterAll(async () => {
  await web?.stop();
  server?.close();
  await provider?.close();
  await house?.close();
});

/** A browser as far as it matters here: it keeps cookies and says where its forms come from. */
function browser() {
  const cookies = new Map<string, string>();
  const ask = async (path: string, method: 'GET' | 'POST' = 'GET') => {
    const headers = { cookie: [...cookies].map((pair) => pair.join('=')).join('; '), origin };
    const answer = await fetch(path.startsWith('/') ? origin + path : path, { method, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return answer;
  };
  /** Leaves for the provider; answers where it sends the browser back to. */
  const leave = async (): Promise<string> => {
    const going = await ask('/sign-in/oidc', 'POST');
    const url = /url=(.*)/.exec(going.headers.get('refresh') ?? '')?.[1] ?? '';
    return (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '';
  };
  return { ask, leave, signIn: async () => ask(await leave()), isIn: async () => (await ask('/chat')).status === 200 };
}

test('somebody unknown gets a code for an owner, and is in once they are let in', async () => {
  const ana = browser();
  const refused = await ana.signIn();
  expect(refused.status).toBe(403);
  expect(await refused.text()).toMatch(/I don.*t know you yet.*[0-9A-Z]{4}-[0-9A-Z]{4}/s);
  expect(await ana.isIn()).toBe(false);
  await house.store.people.admit({ platform: 'oidc', space: '', id: 'u-1', name: 'Ana' }, 'member', Date.now());
  expect((await ana.signIn()).headers.get('location')).toBe('/chat');
  expect(await ana.isIn()).toBe(true);
});

test('who is signed in already joins the account to themselves, and nobody joins another person’s', async () => {
  const { store } = house;
  const ben = await store.people.admit({ platform: 'slack', space: 'T1', id: 'U2', name: 'Ben' }, 'member', Date.now());
  const signedIn = browser();
  const way = await createSignIn(store).link(ben.id, Date.now());
  expect((await signedIn.ask(way)).status).toBe(200);
  const form = new URLSearchParams({ code: new URL(way, origin).searchParams.get('code') ?? '' });
  const entered = await fetch(`${origin}/sign-in`, {
    method: 'POST',
    body: form,
    headers: { origin },
    redirect: 'manual',
  });
  const session = /^([^;]+)/.exec(entered.headers.getSetCookie()[0] ?? '')?.[1] ?? '';
  provider.person = { sub: 'u-2', name: 'Benjamin' };
  const chat = await fetch(`${origin}/chat`, { headers: { cookie: session } });
  expect(await chat.text()).toContain('Connect your sign-in provider');
  const there = await fetch(`${origin}/sign-in/oidc`, { method: 'POST', headers: { origin, cookie: session } });
  const url = /url=(.*)/.exec(there.headers.get('refresh') ?? '')?.[1] ?? '';
  const back = (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '';
  const errand = /^([^;]+)/.exec(there.headers.getSetCookie()[0] ?? '')?.[1] ?? '';
  const joined = await fetch(back, { headers: { cookie: `${session}; ${errand}` }, redirect: 'manual' });
  expect(joined.headers.get('location')).toBe('/chat');
  expect(await store.people.of({ platform: 'oidc', space: '', id: 'u-2', bot: false })).toMatchObject({ id: ben.id });
});

test.each([
  ['for another client', { aud: 'somebody' }],
  ['of another issuer', { iss: 'http://127.0.0.1:1' }],
  ['with another nonce', { nonce: 'other' }],
  ['that has expired', { exp: 1 }],
])('a token %s lets nobody in', async (_, forge) => {
  provider.forge = forge;
  const ana = browser();
  expect((await ana.signIn()).status).toBe(400);
  expect(await ana.isIn()).toBe(false);
});

test('what comes back without having left, to another browser, or twice lets nobody in', async () => {
  const ana = browser();
  const back = await ana.leave();
  const eve = browser();
  expect((await eve.ask(back)).status).toBe(400);
  expect((await ana.ask(back)).headers.get('location')).toBe('/chat');
  expect((await eve.ask(back)).status).toBe(400);
  expect(await eve.isIn()).toBe(false);
});

test('a person who says no at the provider reads what to do', async () => {
  provider.person = null;
  const answer = await browser().signIn();
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('Begin again on the sign-in page.');
});
