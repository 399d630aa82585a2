import { expect, test } from 'vitest';
import { budgetLevel } from './budget.ts';

test.each([
  [0, 5, 'fine'],
  [3.99, 5, 'fine'],
  [4, 5, 'soft'],
  [4.999, 5, 'soft'],
  [5, 5, 'spent'],
  [7, 5, 'spent'],
  [0, 0, 'spent'],
])('%d of %d dollars: %s', (spent, limit, level) => {
  expect(budgetLevel(spent, limit)).toBe(level);
});
