import { beforeAll, expect, it } from 'vitest';
import { once, steps, type Telling, telling } from './killed.ts';
import { tell } from './story.ts';

const hourMs = 3_600_000;
let undisturbed: Telling;
let disturbed: Telling;

beforeAll(async () => {
  undisturbed = await telling(null, ({ house }) => tell(house));
  disturbed = await telling('before', ({ house }) => tell(house));
}, hourMs);

it('undisturbed, everything is there once', () => {
  expect(undisturbed.outcome).toEqual(once);
});

it('killed before every step of every workflow, everything is there once', () => {
  expect(disturbed.outcome).toEqual(once);
  expect(disturbed.crashes).toEqual([]);
});

it('the program died at every boundary that it reached, and the story has no other steps than undisturbed', () => {
  expect(disturbed.killed).toEqual(disturbed.reached);
  expect(steps(disturbed.killed)).toEqual(steps(undisturbed.reached));
});
