import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { reaches, repo } from './faults/testing.ts';
import { chromiumHere, openPageHouse, type PageHouse, patienceMs } from './testing/page-house.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const chromium = chromiumHere();

describe.skipIf(chromium === null)('without a script', () => {
  let house: PageHouse;
  beforeAll(async () => {
    house = await openPageHouse(chromium ?? '', { javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  });
  afterAll(() => house?.close());

  const button = (name: string) => house.page.getByRole('button', { name, exact: true }).last();

  /** Loads a page again until it shows what is waited for, as its reader would. */
  async function reading(path: string, what: () => Locator): Promise<Locator> {
    await house.page.goto(house.at(path));
    for (const end = Date.now() + patienceMs; Date.now() < end; await house.page.reload())
      if (await what().isVisible()) return what();
    throw new Error(`${path} does not show ${what()}`);
  }
  const reads = (path: string, text: string) => reading(path, () => house.page.getByText(text).first());

  test('a task is asked for, started, put off, planned and answered in words', async () => {
    const { page } = house;
    await page.goto(house.way);
    await page.getByLabel('Your name').fill('Ana');
    await button('Begin').click();
    await page.getByLabel('Message').fill('please export the list with a plan');
    await button('Send').click();
    await (await reading('/chat', () => button('Start'))).click();
    await reads('/chat', 'started by Ana');

    await (await reading('/inbox', () => button('Later…'))).click();
    await page.getByText('When shall I ask you about').waitFor();
    expect(new URL(page.url()).pathname).toBe('/inbox');
    await button('In 1 hour').click();
    await page.getByText("I'll ask you about").first().waitFor();
    await reads('/inbox', 'comes again');
    await button('Approve plan').click();
    await reads('/inbox', 'approved by Ana on the web page');

    await reads('/tasks/1', 'Which format should the export have?');
    await page.getByText('Other…').click();
    await page.getByLabel('Which format should the export have?').fill('CSV, with a header');
    await button('Send').click();
    await reads('/inbox', 'CSV, with a header');
    await reaches(house, 1, 'review', patienceMs);
    await reads('/tasks/1', 'is ready for your review');
  });

  test('every page can be read', async () => {
    const paths = ['/chat', '/tasks', '/tasks/1', '/tasks/1/log?q=format', '/inbox', '/projects', `/projects/${repo}`];
    for (const path of paths) {
      const answer = await house.page.goto(house.at(path));
      expect(answer?.status(), path).toBe(200);
      expect(await house.page.locator('h1').count(), path).toBe(1);
      expect(await house.page.getByRole('navigation', { name: 'Pages' }).isVisible(), path).toBe(true);
    }
    await house.page.goto(house.at('/tasks/1/log?q=format'));
    expect(await house.page.locator('.log .line').count()).toBeGreaterThan(0);
  });
});
