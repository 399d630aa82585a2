import { expect, it } from 'vitest';
import { ago, clock, count, money, soon, span } from './time.ts';

const now = Date.parse('2026-03-12T09:14:00Z');
const minute = 60_000;
const hour = 60 * minute;

it.each([
  [-5_000, 'just now'],
  [30_000, 'just now'],
  [6.9 * minute, '6 min'],
  [2.5 * hour, '2 h'],
  [30 * hour, 'yesterday'],
  [72 * hour, '3 days'],
  [30 * 24 * hour, '10 Feb'],
])('%d ms ago is "%s"', (past, words) => {
  expect(ago(now - past, now)).toBe(words);
});

it.each([
  [200, '1 s'],
  [40_000, '40 s'],
  [59_700, '1 min'],
  [843_200, '14 min'],
  [130 * minute, '2 h 10 min'],
  [120 * minute, '2 h'],
  [9.6 * hour, '9 h'],
  [24 * hour, '24 h'],
  [50 * hour, '2 days'],
])('%d ms last "%s"', (ms, words) => {
  expect(span(ms)).toBe(words);
});

it.each([
  [0, '$0'],
  [0.001, 'less than $0.01'],
  [0.48, '$0.48'],
  [1.2, '$1.20'],
  [1.309, '$1.31'],
  [5, '$5'],
  [6.999, '$7'],
  [123.4, '$123'],
])('%d dollars are "%s"', (usd, words) => {
  expect(money(usd)).toBe(words);
});

it('the clock says so when it is UTC', () => {
  expect(clock(now, 'Europe/Berlin')).toBe('10:14');
  expect(clock(now, 'UTC')).toBe('09:14 UTC');
});

it('what is due happens any moment', () => {
  expect(soon(now + 2 * minute, now)).toBe('in 2 min');
  expect(soon(now - 1, now)).toBe('any moment');
});

it('one is not many', () => {
  expect([count(1, 'commit'), count(3, 'commit')]).toEqual(['1 commit', '3 commits']);
});
