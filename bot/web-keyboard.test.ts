import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { chromiumHere, openPageHouse, type PageHouse } from './testing/page-house.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const chromium = chromiumHere();

/** More stops than a page of these tests has. */
const mostStops = 60;

describe.skipIf(chromium === null)('with a keyboard alone', () => {
  let house: PageHouse;
  beforeAll(async () => {
    house = await openPageHouse(chromium ?? '', { viewport: { width: 1280, height: 800 } });
  });
  afterAll(() => house?.close());

  const isFocused = (what: Locator) => what.evaluate((element) => element === element.ownerDocument.activeElement);
  const press = (key: string) => house.page.keyboard.press(key);
  const button = (name: string) => house.page.getByRole('button', { name, exact: true }).last();
  const message = () => house.page.getByLabel('Message');

  /** Goes there from stop to stop. */
  async function goTo(what: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    await what.waitFor();
    for (let stops = 0; stops < mostStops; stops += 1) {
      if (await isFocused(what)) return;
      await press(key);
    }
    throw new Error(`${key} does not reach ${what}`);
  }

  test('its person signs in, sends, starts and approves; Escape closes the inbox and goes back', async () => {
    const { page } = house;
    await page.goto(house.way);
    await goTo(page.getByLabel('Your name'));
    await page.keyboard.type('Ana');
    await press('Enter');
    await message().waitFor();
    await page.waitForFunction(`document.activeElement?.name === 'text'`);
    await page.keyboard.type('please export the list with a plan');
    await press('Enter');
    await goTo(button('Start'), 'Shift+Tab');
    await press('Enter');
    await page.getByText('started by Ana').waitFor();

    const inbox = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: /Inbox.*waiting for you/ });
    const over = page.getByRole('dialog', { name: 'Inbox' });
    await goTo(inbox);
    await press('Enter');
    await over.getByRole('button', { name: 'Approve plan' }).waitFor();
    await press('Escape');
    await over.waitFor({ state: 'hidden' });
    expect(await isFocused(inbox)).toBe(true);

    await press('Enter');
    await goTo(over.getByRole('button', { name: 'Later…' }));
    await press('Enter');
    await over.getByText('When shall I ask you about').waitFor();
    await goTo(over.getByRole('button', { name: 'Approve plan' }));
    await press('Enter');
    await over.getByText('approved by Ana on the web page').first().waitFor();
  });

  test('the first stop of a page skips what stands on every page', async () => {
    const { page } = house;
    await page.goto(house.at('/tasks'));
    await press('Tab');
    expect(await isFocused(page.getByRole('link', { name: 'Skip to the page' }))).toBe(true);
    await press('Enter');
    await press('Tab');
    expect(await page.evaluate(`document.querySelector('main').contains(document.activeElement)`)).toBe(true);
  });

  test('what was begun is there again on another tab and after a reload, and gone once sent', async () => {
    const { page } = house;
    await page.goto(house.at('/chat'));
    await message().fill('half a thought');
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.getByRole('link', { name: 'Tasks' }).click();
    await page.getByRole('heading', { name: 'Tasks', level: 1 }).waitFor();
    await pages.getByRole('link', { name: 'Chat' }).click();
    await expect.poll(() => message().inputValue()).toBe('half a thought');
    await page.reload();
    await expect.poll(() => message().inputValue()).toBe('half a thought');
    await message().press('Enter');
    await page.getByText('You said: half a thought').waitFor();
    await page.reload();
    await message().waitFor();
    expect(await message().inputValue()).toBe('');
  });

  test('what is typed while a message is on its way stays, and goes as the next one', async () => {
    const { page } = house;
    await page.goto(house.at('/chat'));
    await page.route('**/chat/say', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await route.continue();
    });
    await message().fill('first words');
    await press('Enter');
    await page.keyboard.type('second words');
    await page.getByText('You said: first words').waitFor();
    expect(await message().inputValue()).toBe('second words');
    await press('Enter');
    await page.getByText('You said: second words').waitFor();
    await page.unroute('**/chat/say');
  });

  test('a message whose answer was lost comes back, counts once when it is sent again, and is another one when changed', async () => {
    const { page } = house;
    const sent = async (text: string) => (await page.getByText(text, { exact: true }).all()).length;
    const lose = () =>
      page.route(
        '**/chat/say',
        async (route) => {
          await route.fetch();
          await route.abort();
        },
        { times: 1 },
      );
    for (const [first, then] of [
      ['the same again', 'the same again'],
      ['before the change', 'after the change'],
    ] as const) {
      await lose();
      await message().fill(first);
      await press('Enter');
      await page.getByText('No answer, so it may not have arrived.').waitFor();
      expect(await message().inputValue()).toBe(first);
      await message().fill(then);
      await press('Enter');
      await page.getByText(`You said: ${then}`).waitFor();
    }
    expect(await sent('the same again')).toBe(1);
    expect([await sent('before the change'), await sent('after the change')]).toEqual([1, 1]);
  });

  test('what was begun is nobody’s after signing out', async () => {
    const { page } = house;
    await message().fill('a secret');
    await page.getByText('Ana', { exact: true }).first().click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).toBe('{}');
  });
});
