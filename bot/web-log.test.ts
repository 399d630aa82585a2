import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
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
  const edges = () =>
    page.evaluate<string>(
      '[".block:first-child .line:first-child", ".block:last-child .line:last-child"].map((edge) => /line (\\d+) of/.exec(document.querySelector(`.log ${edge}`).textContent)[1]).join("-")',
    );
  const fromEnd = () =>
    page.evaluate<number>(
      '(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)(document.querySelector(".log"))',
    );
  const to = (top: number | 'end') =>
    page.evaluate(`document.querySelector(".log").scrollTop = ${top === 'end' ? 1e9 : top}`);
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
    const seen = await page.evaluate('document.querySelector(".log").scrollTop');
    await desk.write(task, written + 1, written + 900);
    await expect.poll(state).toBe('There is more below.');
    expect(await page.evaluate('document.querySelector(".log").scrollTop')).toBe(seen);
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
    const all = new Set<number>();
    for (const [end, edge] of [
      [0, 1],
      ['end', written],
    ] as const) {
      all.clear();
      for (let drawn = await numbers(); ; drawn = await numbers()) {
        expect(drawn).toEqual(count(drawn[0] ?? 0, drawn.at(-1) ?? 0));
        expect(drawn.length).toBeLessThanOrEqual(2_400);
        for (const one of drawn) all.add(one);
        if (drawn.includes(edge)) break;
        await to(end);
        await expect.poll(edges).not.toBe(`${drawn[0]}-${drawn.at(-1)}`);
      }
      expect(all.size).toBeGreaterThanOrEqual(end === 0 ? written : written - 2_400);
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
    await expect.poll(state).toMatch(/^200 lines with “of the work” so far, more above/);
    await to(0);
    await expect.poll(state).toMatch(/^400 lines/);

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
    expect(drawn).toEqual(count(written - 399, written - 200));
    await page.getByRole('link', { name: 'Newer lines' }).click();
    expect(await numbers()).toEqual(count(written - 199, written));
    expect(await page.getByRole('link', { name: 'Newer lines' }).count()).toBe(0);
    await page.getByRole('searchbox').fill('line 7 of');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    while ((await line(7).count()) === 0) await page.getByRole('link', { name: 'Older lines' }).click();
    expect(await page.locator('.log mark').allTextContents()).toEqual(['line 7 of']);
  });
});
