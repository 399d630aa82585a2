import type { Browser, BrowserContextOptions } from 'playwright-core';

const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, isMobile: true, hasTouch: true } as const;
/** "Fast 3G" of Chrome's developer tools, and a phone's processor against this one's. */
const network = { latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 } as const;
const slowdown = 4;

/** Resolves with the time at which the page had something to read (W3C Paint Timing). */
const firstText = `new Promise((resolve) =>
  new PerformanceObserver((list) => {
    const [paint] = list.getEntriesByName('first-contentful-paint');
    if (paint) resolve(paint.startTime);
  }).observe({ type: 'paint', buffered: true }),
)`;

/**
 * Milliseconds from the start of the navigation to the first text on the screen, of a phone on a slow network that has never
 * seen the page.
 */
export async function readableMs(
  browser: Browser,
  address: string,
  storageState: NonNullable<BrowserContextOptions['storageState']>,
): Promise<number> {
  const context = await browser.newContext({ ...phone, storageState });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', { offline: false, ...network });
    await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    await page.goto(address, { waitUntil: 'commit' });
    return await page.evaluate<number>(firstText);
  } finally {
    await context.close();
  }
}
