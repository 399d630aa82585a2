import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { logLines } from '../adapters/web/log-page.ts';
import { type TestDatabase, testDatabase } from '../core/testing/postgres.ts';
import { freePort } from './demo/free-port.ts';
import { accessibilityFaults, findChromium, openBrowser } from './testing/browser.ts';
import { type Desk, openDesk } from './testing/desk.ts';
import { servePages } from './testing/served-pages.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const chromium = findChromium();
if (!chromium) process.stdout.write('○ This machine has no Chromium: the log in the browser is not tested.\n');

const written = 20_000;

describe.skipIf(chromium === null)('the log of a task in a browser', () => {
  let database: TestDatabase;
  let desk: Desk;
  let stop: () => Promise<void>;
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    database = await testDatabase();
    desk = await openDesk(database.url);
    const port = await freePort();
    stop = await servePages(database.url, port);
    address = `http://127.0.0.1:${port}`;
    browser = await openBrowser(chromium ?? '');
  });
  afterAll(async () => {
    await browser?.close();
    await stop?.();
    await desk?.close();
    await database?.drop();
  });

  let context: BrowserContext;
  let page: Page;
  let task: number;
  let faults: string[];
  beforeEach(async () => {
    task = await desk.task('Read the log');
    await desk.write(task, 1, written);
    return () => context.close();
  });

  async function open(path: string, javaScriptEnabled = true): Promise<void> {
    faults = [];
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, javaScriptEnabled });
    await context.addCookies([{ ...desk.cookie, domain: '127.0.0.1', path: '/' }]);
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`${address}/tasks/${task}${path}`);
  }
  const line = (n: number) => page.locator('.log').getByText(new RegExp(`line ${n} of`));
  const state = async () => (await page.locator('#log-state').textContent()) ?? '';
  const follow = () => page.getByRole('button', { name: 'Follow', exact: true });
  /** The numbers of the lines that are drawn. */
  const numbers = async (): Promise<number[]> =>
    (await page.locator('.log .line').allTextContents()).map((text) => Number(/line (\d+) of/.exec(text)?.[1]));
  const fromEnd = () =>
    page.evaluate<number>(
      '(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)(document.querySelector(".log"))',
    );
  const toStart = () => page.evaluate('document.querySelector(".log").scrollTop = 0');
  const count = (from: number, through: number) => Array.from({ length: through - from + 1 }, (_, n) => from + n);

  test('it opens at its end and follows what comes, one line or thousands', async () => {
    await open('');
    await line(written).waitFor();
    for (const [from, through] of [
      [1, 1],
      [2, 30],
      [31, 3_000],
    ] as const) {
      await desk.write(task, written + from, written + through);
      await line(written + through).waitFor();
      await expect.poll(fromEnd).toBeLessThan(2);
    }
    const drawn = await numbers();
    expect(drawn).toEqual(count(drawn[0] ?? 0, written + 3_000));
    expect(faults).toEqual([]);
  });

  test('scrolled up it stands still and says that there is more; Follow goes on from the end', async () => {
    await open('');
    await line(written).waitFor();
    await page.locator('.log').hover();
    await page.mouse.wheel(0, -2_000);
    await expect.poll(() => follow().getAttribute('aria-pressed')).toBe('false');
    const seen = await fromEnd();
    await desk.write(task, written + 1, written + 900);
    await expect.poll(state).toBe('There is more below.');
    expect(await fromEnd()).toBe(seen);
    await follow().click();
    await line(written + 900).waitFor();
    await expect.poll(fromEnd).toBeLessThan(2);
    expect(await state()).toBe('');
    await desk.write(task, written + 901, written + 901);
    await line(written + 901).waitFor();
    const drawn = await numbers();
    expect(drawn).toEqual(count(drawn[0] ?? 0, written + 901));
  });

  test('it is read back to its first line and forth again with no line lost or twice, and few in the page', async () => {
    await open('');
    await line(written).waitFor();
    for (const [end, edge] of [
      [0, 1],
      [1e9, written],
    ] as const) {
      const { seen, most, gaps } = await page.evaluate<Scrolled>(scrolled(end, edge));
      expect(gaps).toEqual([]);
      expect(most).toBeLessThanOrEqual(2_400);
      // The way back begins with what is in the page already.
      expect(seen).toBe(written);
    }
    expect(faults).toEqual([]);
  });

  test('a search marks what it finds, also what stands far back, and can be stopped', async () => {
    await open('');
    await page.getByRole('searchbox').fill('LINE 7 of');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await line(7).waitFor();
    await expect.poll(state).toBe('1 line with “LINE 7 of”.');
    expect(await page.locator('.log mark').allTextContents()).toEqual(['line 7 of']);
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.goto(`${address}/tasks/${task}/log?q=of+the+work`);
    await expect.poll(state).toBe(`${logLines} lines with “of the work” so far, more above.`);
    await toStart();
    await expect.poll(state).toMatch(new RegExp(`^${2 * logLines} lines`));

    await page.route('**/log?before=*', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue();
    });
    await page.goto(`${address}/tasks/${task}/log?q=nowhere+at+all`);
    await expect.poll(state).toMatch(/^Searching… No line/);
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(state).toMatch(/^Stopped: No line with/);
    await page.getByRole('button', { name: 'Search on' }).click();
    await expect.poll(state, { timeout: 20_000 }).toBe('No line with “nowhere at all”.');
    expect(faults).toEqual([]);
  });

  test('without JavaScript links lead to older and newer lines, and through a search', async () => {
    await open('', false);
    expect((await numbers()).at(-1)).toBe(written);
    await page.getByRole('link', { name: 'Older lines' }).click();
    const drawn = await numbers();
    expect(drawn).toEqual(count(written - 2 * logLines + 1, written - logLines));
    await page.getByRole('link', { name: 'Newer lines' }).click();
    expect(await numbers()).toEqual(count(written - logLines + 1, written));
    expect(await page.getByRole('link', { name: 'Newer lines' }).count()).toBe(0);
    await page.getByRole('searchbox').fill('line 7 of');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    while ((await line(7).count()) === 0) await page.getByRole('link', { name: 'Older lines' }).click();
    expect(await page.locator('.log mark').allTextContents()).toEqual(['line 7 of']);
  });
});

interface Scrolled {
  /** How many different lines were drawn on the way, and at most at once. */
  readonly seen: number;
  readonly most: number;
  /** Where a line was drawn that does not follow the one above it. */
  readonly gaps: readonly string[];
}

/** Scrolls to one end of the log again and again until a line is drawn. */
const scrolled = (end: number, edge: number): string => `new Promise((resolve) => {
  const log = document.querySelector('.log');
  const all = new Set();
  const gaps = [];
  let most = 0;
  const look = () => {
    const drawn = [...log.querySelectorAll('.line')].map((line) => Number(/line (\\d+) of/.exec(line.textContent)[1]));
    drawn.forEach((n, at) => at > 0 && n !== drawn[at - 1] + 1 && gaps.push(drawn[at - 1] + ' ' + n));
    for (const n of drawn) all.add(n);
    most = Math.max(most, drawn.length);
    if (drawn.includes(${edge})) resolve({ seen: all.size, most, gaps });
    else log.scrollTop = ${end};
  };
  new MutationObserver(look).observe(log, { childList: true, subtree: true });
  look();
})`;
