import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Desk } from '../bot/testing/desk.ts';

const batches = 40;
const batchLines = 25;
const batchEveryMs = 100;
const scrolledLines = 5_000;

/** Notes the long tasks of the page (W3C Long Tasks: 50 ms and more), before anything of it runs. */
const observe = `
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration, startTime } of list.getEntries()) globalThis.longTasks.push([startTime, duration]);
  }).observe({ type: 'longtask', buffered: true });`;

/**
 * The longest task of the main thread, milliseconds, while a person opens the page of a task with a long log, follows it,
 * scrolls far up and searches; 0: none was long.
 */
export async function longestLogTask(
  browser: Browser,
  address: string,
  storageState: NonNullable<BrowserContextOptions['storageState']>,
  { desk, task, lines, query, say }: LogTask,
): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, storageState });
  await context.addInitScript(observe);
  const page = await context.newPage();
  const longest: number[] = [0];
  const note = async (what: string) => {
    await sleep(300);
    const tasks: [number, number][] = await page.evaluate('globalThis.longTasks.splice(0)');
    if (tasks.length > 0) say(`${what}: long tasks of ${tasks.map(([, ms]) => Math.round(ms)).join(', ')} ms`);
    longest.push(...tasks.map(([, ms]) => ms));
  };
  try {
    await page.goto(address);
    await shows(page, lines);
    await note('opening');
    for (let last = lines; last < lines + batches * batchLines; last += batchLines) {
      await desk.write(task, last + 1, last + batchLines);
      await sleep(batchEveryMs);
    }
    await shows(page, lines + batches * batchLines);
    await note('following');
    await scrollUp(page, lines + batches * batchLines - scrolledLines);
    await note('scrolling up');
    await page.getByRole('searchbox').fill(query);
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.locator('.log mark').first().waitFor({ timeout: 30_000 });
    await note('searching');
    return Math.max(...longest);
  } finally {
    await context.close();
  }
}

export interface LogTask {
  readonly desk: Desk;
  readonly task: number;
  /** How many its log has. */
  readonly lines: number;
  /** What is searched: it stands in one line, far back. */
  readonly query: string;
  readonly say: (line: string) => void;
}

/** Waits until a line is drawn. */
const shows = (page: Page, line: number) =>
  page
    .locator('.log')
    .getByText(new RegExp(`line ${line} of`))
    .waitFor({ timeout: 30_000 });

/** Turns the wheel until a line, and what lies before it, is in the page. */
async function scrollUp(page: Page, line: number): Promise<void> {
  await page.locator('.log').hover();
  const first = () =>
    page.evaluate<number>(
      'Number(/line (\\d+) of/.exec(document.querySelector(".log .line")?.textContent ?? "")?.[1] ?? Infinity)',
    );
  for (const until = Date.now() + 60_000; (await first()) > line; ) {
    if (Date.now() > until) throw new Error(`line ${line} was not reached by scrolling`);
    await page.mouse.wheel(0, -2_000);
    await sleep(30);
  }
}
