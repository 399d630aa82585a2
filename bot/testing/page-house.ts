/** The program with its page as the only face, and a browser on it, for tests of the page. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { ask, continuing, finish, script } from '../../sim/anthropic/script.ts';
import { model, openQuickHouse, shell } from '../faults/testing.ts';
import { findChromium, openBrowser } from './browser.ts';
import type { House } from './house.ts';

/** Longest wait for one thing to happen, milliseconds, also on a machine that does much else. */
export const patienceMs = 60_000;

/** The machine's browser, or null, which is said: what is skipped then is no surprise. */
export function chromiumHere(): string | null {
  const path = findChromium();
  if (!path) process.stdout.write('○ This machine has no Chromium: the stories in the browser are skipped.\n');
  return path;
}

export interface PageHouse extends House {
  readonly page: Page;
  /** The printed way in for the first owner. */
  readonly way: string;
  /** Address of a path of the page. */
  at(path: string): string;
}

/** What asks for an export, asks back about its format, and then is done. */
const asks = continuing(
  /The person answered what you asked/,
  script([
    ask('Which format should the export have?', ['CSV', 'JSON']),
    shell('echo csv > format.txt && git add -A && git commit -q -m "Write the format"'),
    finish({ title: 'Export the list', summary: 'Exports the list as CSV.' }),
  ]),
);

/** Nobody is signed in yet. The task "export…" plans, asks one question and exports. */
export async function openPageHouse(chromium: string, context: BrowserContextOptions): Promise<PageHouse> {
  const browser: Browser = await openBrowser(chromium);
  const page = await (await browser.newContext({ colorScheme: 'light', ...context })).newPage();
  page.setDefaultTimeout(patienceMs);
  const house = await openQuickHouse(model([[/export/i, { implement: asks }]]), {
    env: { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '', OWNERS: '' },
  });
  const way = await house.until(
    'the printed link',
    async () => /http:\S+\/sign-in\?code=\S+/.exec(await house.log())?.[0],
  );
  return {
    ...{ ...house, page, way: way.replace('localhost', '127.0.0.1') },
    at: (path) => `http://127.0.0.1:${house.port}${path}`,
    async close() {
      await browser.close();
      await house.close();
    },
  };
}
