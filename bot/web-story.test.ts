import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { environment } from './config.ts';
import { anaOnGitHub, reaches, repo } from './faults/testing.ts';
import { accessibilityFaults } from './testing/browser.ts';
import { chromiumHere, openPageHouse, type PageHouse, patienceMs } from './testing/page-house.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const chromium = chromiumHere();

/** The pictures in docs/ are drawn anew with PICTURES=1: these, of all that the story looks at. */
const pictures = environment().PICTURES ? fileURLToPath(new URL('../docs/web', import.meta.url)) : null;
const drawn = new Set([
  ...['desktop-proposal', 'desktop-inbox', 'desktop-task'],
  ...['phone-proposal', 'phone-tasks', 'phone-inbox'],
]);

describe.skipIf(chromium === null).each([
  ['phone', { width: 390, height: 844 }],
  ['desktop', { width: 1280, height: 800 }],
])('the newcomer’s story on a %s', (size, viewport) => {
  let house: PageHouse;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    house = await openPageHouse(chromium ?? '', { viewport, hasTouch: size === 'phone' });
    page = house.page;
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
  });
  afterAll(() => house?.close());

  /** What a person sees now is drawn for the docs, and read by axe as a screen reader would. */
  async function look(name: string): Promise<void> {
    const picture = `${size}-${name}`;
    if (pictures && drawn.has(picture)) await page.screenshot({ path: join(pictures, `${picture}.png`) });
    expect(await accessibilityFaults(page), name).toEqual([]);
  }
  const press = (name: string) => page.getByRole('button', { name, exact: true }).last().click();
  const open = (tab: string) =>
    page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: tab }).click();

  test('from the printed link to a merged pull request', async () => {
    await page.goto(house.way);
    await look('welcome');
    await page.getByLabel('Your name').fill('Ana');
    await press('Begin');

    await page.getByLabel('Message').fill('please export the list with a plan');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Start it?').waitFor();
    await look('proposal');
    await press('Start');
    await page.getByText('started by Ana').waitFor();
    // The button that was pressed, and has the focus, says what it does now.
    await page.getByRole('button', { name: 'Start', exact: true }).waitFor({ state: 'detached' });

    await page.getByRole('link', { name: /Inbox.*waiting for you/ }).click();
    const inbox = size === 'desktop' ? page.getByRole('dialog') : page.getByRole('main');
    await inbox.getByRole('button', { name: 'Approve plan' }).waitFor();
    await look('inbox');
    await press('Approve plan');

    await page.goto(house.at('/tasks'));
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
      await page.goto(house.at(path));
      expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(320);
      expect(await accessibilityFaults(page), path).toEqual([]);
    }
  });
});
