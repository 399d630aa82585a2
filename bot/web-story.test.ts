import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ask, continuing, finish, script } from '../sim/anthropic/script.ts';
import { environment } from './config.ts';
import { anaOnGitHub, model, openQuickHouse, reaches, repo, shell } from './faults/testing.ts';
import { accessibilityFaults, findChromium, openBrowser } from './testing/browser.ts';
import type { House } from './testing/house.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const chromium = findChromium();
if (!chromium) process.stdout.write('○ This machine has no Chromium: the stories in the browser are skipped.\n');

/** The pictures in docs/ are drawn anew with PICTURES=1. */
const pictures = environment().PICTURES ? fileURLToPath(new URL('../docs/web', import.meta.url)) : null;

const asks = continuing(
  /The person answered what you asked/,
  script([
    ask('Which format should the export have?', ['CSV', 'JSON']),
    shell('echo csv > format.txt && git add -A && git commit -q -m "Write the format"'),
    finish({ title: 'Export the list', summary: 'Exports the list as CSV.' }),
  ]),
);

const patienceMs = 60_000;

describe.skipIf(chromium === null).each([
  ['phone', { width: 390, height: 844 }],
  ['desktop', { width: 1280, height: 800 }],
])('the newcomer’s story on a %s', (size, viewport) => {
  let house: House;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser(chromium ?? '');
    const context = await browser.newContext({ viewport, hasTouch: size === 'phone', colorScheme: 'light' });
    page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    house = await openQuickHouse(model([[/export/i, { implement: asks }]]), {
      env: { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '', OWNERS: '' },
    });
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  /** What a person sees now is drawn for the docs, and read by axe as a screen reader would. */
  async function look(name: string): Promise<void> {
    if (pictures) await page.screenshot({ path: join(pictures, `${size}-${name}.png`) });
    expect(await accessibilityFaults(page), name).toEqual([]);
  }
  const press = (name: string) => page.getByRole('button', { name, exact: true }).last().click();
  const open = (tab: string) =>
    page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: tab }).click();

  test('from the printed link to a merged pull request', async () => {
    const way = await house.until(
      'the printed link',
      async () => /http:\S+\/sign-in\?code=\S+/.exec(await house.log())?.[0],
    );
    await page.goto(way.replace('localhost', '127.0.0.1'));
    await look('welcome');
    await page.getByLabel('Your name').fill('Ana');
    await press('Begin');

    await page.getByLabel('Message').fill('please export the list with a plan');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Start it?').waitFor();
    await look('proposal');
    await press('Start');
    await page.getByText('started by Ana').waitFor();

    await page.getByRole('link', { name: /Inbox.*waiting for you/ }).click();
    await page.getByRole('button', { name: 'Approve plan' }).last().waitFor();
    await look('inbox');
    await press('Approve plan');

    await page.goto(`${new URL(page.url()).origin}/tasks`);
    await look('tasks');
    await page.getByRole('link', { name: /^#1 / }).click();
    await page.getByText('Which format should the export have?').first().waitFor();
    await look('task');
    await press('CSV');
    await page.getByRole('heading', { name: 'Waits for an answer' }).waitFor({ state: 'hidden' });

    await reaches(house, 1, 'review', patienceMs);
    await page.getByText('is ready for your review').first().waitFor();
    await look('review');
    const [pull] = house.world.github.prs(repo);
    await anaOnGitHub(house).merge(repo, pull?.number ?? 0);
    await page.getByText('merged').first().waitFor();
    await look('merged');
    await open('Chat');
    await page.getByText('is merged').first().waitFor();
    await look('chat');
    expect(faults).toEqual([]);
  });

  test('every page can be read on the narrowest phone', async () => {
    await page.setViewportSize({ width: 320, height: 568 });
    for (const path of ['/chat', '/tasks', '/tasks/1', '/inbox', '/projects', `/projects/${repo}`]) {
      await page.goto(`${new URL(page.url()).origin}${path}`);
      expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(320);
      expect(await accessibilityFaults(page), path).toEqual([]);
    }
  });
});
