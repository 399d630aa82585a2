import pg from 'pg';
import { freePort } from '../bot/demo/free-port.ts';
import { findChromium, openBrowser } from '../bot/testing/browser.ts';
import { type Desk, openDesk } from '../bot/testing/desk.ts';
import type { Benchmark, Figures } from './benchmark.ts';
import { startChild } from './child.ts';
import { openPostgres } from './postgres.ts';
import { median, quantile } from './statistics.ts';
import { longestLogTask } from './web-log.ts';
import { readableMs } from './web-phone.ts';
import { openStreams } from './web-streams.ts';
import { pageWeight } from './web-weight.ts';

const streams = 200;
const changes = 200;
const everyMs = 100;
const tasks = 20;
const logLines = 100_000;
const loads = 7;

type Say = (line: string) => void;

export const web: Benchmark = {
  name: 'web',
  what: `a task’s change → ${streams} open event streams; weight and first text of the chat; a log of ${logLines} lines in a browser`,
  goals: () => ({
    event_p50_ms: null,
    event_p99_ms: { atMost: 200 },
    page_kb: { atMost: 60 },
    readable_ms: { atMost: 1_000 },
    log_longest_task_ms: { atMost: 50 },
  }),
  async run(scope, say) {
    const postgres = await openPostgres(scope);
    const databaseUrl = await postgres.database('web');
    const desk = await openDesk(databaseUrl);
    scope.defer(() => desk.close());
    for (let n = 0; n < tasks; n += 1) await desk.task(`Export the list, part ${n + 1}`);
    await sayMuch(desk);
    const port = await freePort();
    const env = { DATABASE_URL: databaseUrl, PORT: String(port) };
    await startChild(scope, new URL('web-process.ts', import.meta.url), env);
    const address = `http://127.0.0.1:${port}`;
    await bareEvents(scope, say);
    const { name, value } = desk.cookie;
    const live = `${address}/live?since=${await desk.store.changes.now()}`;
    const events = await tellAll(scope, databaseUrl, live, { cookie: `${name}=${value}` });
    say(`${streams} streams have heard of ${changes} changes each`);
    const bytes = await pageWeight(`${address}/chat`, `${name}=${value}`);
    return {
      event_p50_ms: median(events),
      event_p99_ms: quantile(events, 0.99),
      page_kb: bytes / 1_000,
      ...(await inBrowser(scope, address, desk, say)),
    };
  },
};

/** A chat as long as its page shows. */
async function sayMuch({ store, owner }: Desk): Promise<void> {
  for (let n = 0; n < 25; n += 1) {
    const at = Date.now();
    const text = `What does part ${n} of the list do?`;
    await store.web.say({ person: owner.id, key: `said:${n}`, text, files: [] }, at);
    const doc = { text: `Part **${n}** exports the rows that \`list.ts\` shows, in the order of the page.` };
    await store.web.post({ person: owner.id, key: `answer:${n}`, doc }, at);
  }
}

/** From the commit of a task's change to its arrival at each stream. */
async function tellAll(
  scope: AsyncDisposableStack,
  databaseUrl: string,
  address: string,
  headers: Readonly<Record<string, string>>,
): Promise<number[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  scope.defer(() => client.end());
  const opened = new AsyncDisposableStack();
  const { measure } = await openStreams(opened, address, headers, streams);
  const samples = await measure(changes, everyMs, async (n) => {
    const number = 1 + (n % tasks);
    await client.query('begin');
    await client.query('update mainloop.tasks set spent_usd = spent_usd + 0.01 where number = $1', [number]);
    return { topic: `task:${number}`, commit: () => client.query('commit') };
  });
  await opened.disposeAsync();
  return samples;
}

/** What telling as many streams costs where nothing is asked of a database. */
async function bareEvents(scope: AsyncDisposableStack, say: Say): Promise<void> {
  const port = await freePort();
  await startChild(scope, new URL('bare-web.ts', import.meta.url), { PORT: String(port) });
  const address = `http://127.0.0.1:${port}`;
  const opened = new AsyncDisposableStack();
  const { measure } = await openStreams(opened, `${address}/live`, {}, streams);
  const samples = await measure(changes, everyMs, async (n) => {
    const topic = `task:${1 + (n % tasks)}`;
    return { topic, commit: () => fetch(`${address}/change/${topic}`, { method: 'POST' }) };
  });
  await opened.disposeAsync();
  say(
    `bare Hono streams, fed from memory: p50 ${median(samples).toFixed(1)} ms, p99 ${quantile(samples, 0.99).toFixed(1)} ms`,
  );
}

async function inBrowser(scope: AsyncDisposableStack, address: string, desk: Desk, say: Say): Promise<Figures> {
  const path = findChromium();
  if (path === null) {
    say('This machine has no Chromium: readable_ms and log_longest_task_ms are not measured.');
    return { readable_ms: null, log_longest_task_ms: null };
  }
  const browser = await openBrowser(path);
  scope.defer(() => browser.close());
  const cookie = { ...desk.cookie, domain: '127.0.0.1', path: '/', expires: -1 };
  const state = { cookies: [{ ...cookie, httpOnly: true, secure: false, sameSite: 'Lax' as const }], origins: [] };
  const readable: number[] = [];
  for (let n = 0; n < loads; n += 1) readable.push(await readableMs(browser, `${address}/chat`, state));
  say(`first text after ${readable.map(Math.round).join(', ')} ms`);
  const task = await desk.task('Read the whole log');
  for (let n = 0; n < logLines; n += 10_000) await desk.write(task, n + 1, n + 10_000);
  const longest = await longestLogTask(browser, `${address}/tasks/${task}`, state, {
    ...{ desk, task, lines: logLines, query: 'line 7 of', say },
  });
  if (longest === 0) say('no task of the log’s page took 50 ms, the least that a browser reports');
  return { readable_ms: median(readable), log_longest_task_ms: longest };
}
