import { expect, it } from 'vitest';
import { once, telling } from './killed.ts';
import { tell } from './story.ts';

const newerBuild = new URL('./newer-build.ts', import.meta.url).href;

it('a new release finishes the tasks that the old one began', async () => {
  const told = await telling(null, async ({ house, keeper }) => {
    const story = tell(house);
    await house.until('work on a plan', async () => (await house.store.runs.openAttempts())[0], 60_000);
    await keeper.replace([newerBuild]);
    await house.until('a pull request', () => house.world.github.prs('acme/ledger')[0], 60_000);
    await keeper.replace([]);
    await story;
    expect(keeper.starts).toBe(3);
  });
  expect(told.outcome).toEqual(once);
}, 300_000);
