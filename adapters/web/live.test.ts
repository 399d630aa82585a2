import { type IncomingMessage, request } from 'node:http';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { sql } from '../../core/store/drizzle.ts';
import { type OpenStore, openStore } from '../../core/store/testing.ts';
import { eventually } from '../../core/testing/core.ts';
import { createLive } from './live.ts';
import { type Browser, type ServedWeb, serveWeb } from './testing.ts';

let house: OpenStore;
let store: OpenStore['store'];
let replicas: ServedWeb[];
let ana: number;
let ben: number;

beforeAll(async () => {
  house = await openStore();
  store = house.store;
  const admit = async (id: string, projects: string[] | null) =>
    (await store.people.admit({ platform: 'slack', space: 'T1', id }, projects ? 'member' : 'owner', 1, projects)).id;
  [ana, ben] = [await admit('U1', null), await admit('U2', ['acme/web'])];
  replicas = [await serveWeb(store), await serveWeb(store)];
});
afterAll(async () => {
  for (const replica of replicas) await replica.close();
  await house.close();
});

const browserOf = (person: number, replica = 0) => (replicas[replica] as ServedWeb).browser(person);
const change = (topic: string, repo: string | null = null, person: number | null = null) =>
  house.db.execute(sql`insert into mainloop.changes (topic, repo, person) values (${topic}, ${repo}, ${person})`);

/** A stream as a browser reads it. */
async function listen(browser: Browser, since: string, headers: Record<string, string> = {}) {
  const cut = new AbortController();
  const answer = await fetch(`${browser.origin}/live?since=${encodeURIComponent(since)}`, {
    ...{ headers: { cookie: browser.cookie, ...headers }, signal: cut.signal },
  });
  const heard = { text: '', isOver: false };
  void (async () => {
    for await (const chunk of answer.body ?? []) heard.text += Buffer.from(chunk).toString();
  })()
    .catch(() => undefined)
    .then(() => {
      heard.isOver = true;
    });
  return {
    heard,
    cut: () => cut.abort(),
    topics: () =>
      [...heard.text.matchAll(/^data: (\[.*\])$/gm)].flatMap(([, data]) => JSON.parse(data ?? '[]') as string[]),
    last: () => [...heard.text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? since,
  };
}

test('what changes right after a page was drawn is told, also by a program that nobody listened to before', async () => {
  for (let round = 0; round < 5; round += 1) {
    const fresh = await serveWeb(store);
    onTestFinished(() => fresh.close());
    const stream = await listen(await fresh.browser(ana), await store.changes.now());
    await eventually('the stream', async () => stream.heard.text.includes('retry'));
    await change(`task:${round}`);
    await eventually('the change', async () => stream.topics().includes(`task:${round}`));
    stream.cut();
  }
});

test('a reader who comes back, to whichever program, with the last that they saw misses nothing', async () => {
  const browsers = [await browserOf(ana, 0), await browserOf(ana, 1)];
  const seen = new Set<string>();
  let since = await store.changes.now();
  let made = 0;
  const making = (async () => {
    for (; made < 120; made += 1) {
      await change(`task:${1_000 + made}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  for (let turn = 0; seen.size < 120; turn += 1) {
    const stream = await listen(browsers[turn % 2] as Browser, 'ignored', { 'last-event-id': since });
    const before = seen.size;
    await eventually('more', async () => {
      for (const topic of stream.topics()) if (topic.startsWith('task:1')) seen.add(topic);
      return seen.size > before;
    });
    since = stream.last();
    stream.cut();
  }
  await making;
  expect([...seen].sort()).toEqual(Array.from({ length: 120 }, (_, n) => `task:${1_000 + n}`).sort());
});

test.each(['', 'x', '1', '1-', '-1-0', '1-1-1', '999999999999999999-0', "1-0'; --", '\u0000', '9'.repeat(5_000)])(
  'an id that is none of ours makes the page be read anew: %j',
  async (id) => {
    const stream = await listen(await browserOf(ana), id);
    await eventually('the end', async () => stream.heard.isOver);
    expect(stream.heard.text).toContain('event: lost');
  },
);

test('a stream tells nothing of projects and people that its reader may not see', async () => {
  const since = await store.changes.now();
  const [early, late] = [await listen(await browserOf(ben), since), async () => listen(await browserOf(ben), since)];
  await change('task:7', 'acme/api');
  await change('chat:8', null, ana);
  await change('asks', 'acme/web', ana);
  await change('chat:9', null, ben);
  await change('task:10', 'ACME/Web');
  for (const stream of [early, await late()]) {
    await eventually('what is theirs', async () => stream.topics().includes('task:10'));
    expect(stream.topics().sort()).toEqual(['chat:9', 'task:10']);
  }
});

test('a reader who never reads is cut, after little was kept for them', async () => {
  const browser = await browserOf(ana);
  const { hostname, port } = new URL(browser.origin);
  const path = `/live?since=${await store.changes.now()}`;
  const asked = request({ hostname, port, path, agent: false, headers: { cookie: browser.cookie } }).end();
  const answer = await new Promise<IncomingMessage>((resolve) => asked.on('response', resolve));
  answer.pause();
  const others = await listen(browser, await store.changes.now());
  const before = process.memoryUsage().arrayBuffers;
  // More than the buffers of both ends hold.
  const [times, size] = [80, 2 ** 18];
  for (let n = 0; n < times; n += 1) await change(`${n} `.padEnd(size, 'x'));
  await eventually('the last', async () => others.heard.text.includes(`"${times - 1} x`));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 2 ** 20);
  let read = 0;
  answer.on('data', (chunk: Buffer) => {
    read += chunk.length;
  });
  await new Promise((resolve) => answer.on('close', resolve).on('error', resolve).resume());
  expect(read).toBeLessThan((times * size) / 2);
  expect(others.heard.isOver).toBe(false);
  others.cut();
});

test('a database that is away ends the stream, and the program lives on', async () => {
  let isAway = true;
  const changes: typeof store.changes = {
    ...store.changes,
    since: (...args) => (isAway ? Promise.reject(new Error('select secret')) : store.changes.since(...args)),
  };
  const live = createLive(changes, pino({ level: 'silent' }));
  onTestFinished(() => live.stop());
  const reader = await store.people.byId(ana);
  if (!reader) throw new Error('nobody');
  const open = async () =>
    live.open(reader, await store.changes.now(), { stillIn: async () => reader, cut: () => undefined });
  expect(await new Response(await open()).text()).toBe('retry: 1000\n\n');
  isAway = false;
  const stream = (await open()).getReader();
  expect(Buffer.from((await stream.read()).value ?? []).toString()).toBe('retry: 1000\n\n');
  await change('task:77');
  expect(Buffer.from((await stream.read()).value ?? []).toString()).toContain('"task:77"');
});

test('who leaves before the first word is forgotten', async () => {
  let wake: () => void = () => undefined;
  const asked: string[] = [];
  const changes: typeof store.changes = {
    ...store.changes,
    watch: (listener) => {
      wake = listener;
      return async () => undefined;
    },
    async since(cursor, limit) {
      asked.push(cursor);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return store.changes.since(cursor, limit);
    },
  };
  const live = createLive(changes, pino({ level: 'silent' }));
  const reader = await store.people.byId(ana);
  if (!reader) throw new Error('nobody');
  let looks = 0;
  const stillIn = async () => {
    looks += 1;
    return reader;
  };
  const stream = live.open(reader, await store.changes.now(), { stillIn, cut: () => undefined });
  await eventually('the read', async () => asked.length > 0);
  await stream.cancel();
  await new Promise((resolve) => setTimeout(resolve, 100));
  await change('person', null, ana);
  const before = asked.length;
  wake();
  await eventually('the change to be read', async () => asked.length > before);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(looks).toBe(0);
  await live.stop();
});

test('asking for the head of a stream opens none', async () => {
  const browser = await browserOf(ana);
  const answer = await fetch(`${browser.origin}/live`, { method: 'HEAD', headers: { cookie: browser.cookie } });
  expect([answer.status, await answer.text()]).toEqual([200, '']);
});
