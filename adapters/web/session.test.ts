import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../core/store/drizzle.ts';
import { type OpenStore, openStore } from '../../core/store/testing.ts';
import { eventually } from '../../core/testing/core.ts';
import { type ServedWeb, serveWeb } from './testing.ts';

let house: OpenStore;
let store: OpenStore['store'];
let served: ServedWeb;
let made = 0;

beforeAll(async () => {
  house = await openStore();
  store = house.store;
  for (const repo of ['acme/web', 'acme/api']) await store.projects.put({ repo, defaultBranch: 'main', url: 'x' }, 1);
  await person('owner');
  served = await serveWeb(store);
});
afterAll(async () => {
  await served.close();
  await house.close();
});

async function person(role: 'owner' | 'member', projects: string[] | null = null): Promise<number> {
  made += 1;
  const account = { platform: 'slack', space: 'T1', id: `U${made}`, name: `Ana ${made}` };
  return (await store.people.admit(account, role, 1, projects)).id;
}

/** What an open stream has said so far, and whether it is over. */
async function stream(browser: Awaited<ReturnType<ServedWeb['browser']>>) {
  const answer = await browser.get(`/live?since=${await store.changes.now()}`);
  const heard = { text: '', isOver: false };
  void (async () => {
    for await (const chunk of answer.body ?? []) heard.text += Buffer.from(chunk).toString();
    heard.isOver = true;
  })();
  await eventually('the stream', async () => heard.text.includes('retry'));
  return heard;
}

const over = (heard: { isOver: boolean }) => eventually('the end of the stream', async () => heard.isOver);

test.each([
  ['http://m.example', /^mainloop=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/],
  ['https://m.example', /^__Host-mainloop=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/],
])('the cookie behind %s is for no script, no other site and no other host', async (publicUrl, cookie) => {
  const other = await serveWeb(store, publicUrl);
  const code = (await other.signIn.link(await person('member'), Date.now())).split('=')[1] ?? '';
  const nobody = await other.browser();
  const entered = await nobody.post('/sign-in', { code });
  expect(entered.headers.getSetCookie()).toEqual([expect.stringMatching(cookie)]);
  const held = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  expect((await nobody.get('/tasks', { cookie: held })).status).toBe(200);
  // What a neighbour on another port or a subdomain may set is not taken for it.
  const renamed = held.replace(/^[^=]+/, publicUrl.startsWith('https') ? 'mainloop' : '__Host-mainloop');
  expect((await nobody.get('/tasks', { cookie: renamed })).status).toBe(303);
  await other.close();
});

test('the token is kept nowhere', async () => {
  const { cookie } = await served.browser(await person('member'));
  const { rows } = await house.db.execute<{ all: string }>(
    sql`select string_agg(s::text, ' ') as all from mainloop.sessions s`,
  );
  expect(rows[0]?.all).not.toContain(cookie.split('=')[1]);
});

test('a session ends by itself', async () => {
  const id = await person('member');
  const browser = await served.browser(id);
  await house.db.execute(sql`update mainloop.sessions set expires_at = ${Date.now()} where person = ${id}`);
  expect((await browser.get('/tasks')).headers.get('location')).toBe('/sign-in');
});

test('who is not signed in is sent to sign in; scripts, parts and streams are told so', async () => {
  const nobody = await served.browser();
  for (const path of ['/', '/chat', '/tasks', '/tasks/1', '/nothing', '/chat/files/1'])
    expect((await nobody.get(path)).headers.get('location'), path).toBe('/sign-in');
  expect((await nobody.get('/tasks', { 'x-part': '1' })).status).toBe(401);
  expect((await nobody.get('/live')).status).toBe(401);
  for (const path of ['/act', '/chat/say', '/chat/react', '/chat/stop', '/nothing'])
    expect((await nobody.post(path, { text: 'x' })).status, path).toBe(401);
});

test('signing out here ends this browser and its streams, and no other', async () => {
  const id = await person('member');
  const [here, there] = [await served.browser(id), await served.browser(id)];
  const [mine, others] = [await stream(here), await stream(there)];
  const answer = await here.post('/sign-out', {});
  expect([answer.status, answer.headers.getSetCookie()[0]]).toEqual([303, expect.stringContaining('Max-Age=0')]);
  await over(mine);
  expect(mine.text).toContain('event: ended');
  expect((await here.get('/tasks')).status).toBe(303);
  expect((await there.get('/tasks')).status).toBe(200);
  expect(others.isOver).toBe(false);
});

test("signing out everywhere ends all of a person's browsers and streams, and nobody else's", async () => {
  const id = await person('member');
  const [here, there, ben] = [
    await served.browser(id),
    await served.browser(id),
    await served.browser(await person('member')),
  ];
  const [theirs, bens] = [await stream(there), await stream(ben)];
  const sent = await served.signIn.link(id, Date.now());
  await here.post('/sign-out?everywhere', {});
  expect((await (await served.browser()).get(sent)).status).toBe(410);
  await over(theirs);
  expect([(await here.get('/tasks')).status, (await there.get('/tasks')).status]).toEqual([303, 303]);
  expect((await ben.get('/tasks')).status).toBe(200);
  expect(bens.isOver).toBe(false);
});

test('who is removed is out at once, on every page and every stream', async () => {
  const id = await person('member');
  const browser = await served.browser(id);
  const heard = await stream(browser);
  await store.people.remove(id);
  expect((await browser.get('/tasks')).status).toBe(303);
  await over(heard);
  expect(heard.text).toContain('event: ended');
});

test('a project that was taken away or given counts at once, also on an open stream', async () => {
  const id = await person('member', ['acme/web']);
  const browser = await served.browser(id);
  const heard = await stream(browser);
  const change = (repo: string, topic: string) =>
    house.db.execute(sql`insert into mainloop.changes (topic, repo) values (${topic}, ${repo})`);
  const told = (topic: string) => eventually(topic, async () => heard.text.includes(topic));
  await change('acme/web', 'task:1');
  await told('task:1');
  expect((await browser.get('/projects/acme/web')).status).toBe(200);

  await store.people.setProjects(id, ['acme/api']);
  expect((await browser.get('/projects/acme/web')).status).toBe(404);
  expect((await browser.get('/projects/acme/api')).status).toBe(200);
  await eventually('the new projects to count', async () => {
    await change('acme/api', 'task:2');
    return heard.text.includes('task:2');
  });
  await change('acme/web', 'task:3');
  await change('acme/api', 'task:4');
  await told('task:4');
  expect(heard.text).not.toContain('task:3');
});
