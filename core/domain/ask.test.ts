import { describe, expect, test } from 'vitest';
import { answerFromWords, plainDecision } from './ask.ts';

test.each([
  'yes',
  'Yes.',
  '  YES!  ',
  'yes, go',
  'yes please',
  'ok',
  'okay, thanks',
  'go ahead',
  'Go for it!',
  'approve',
  'Approved.',
  'LGTM',
  'ship it',
  'do it',
  'looks good',
  '👍',
  ':+1:',
  '✅',
])('"%s" is a yes', (text) => {
  expect(plainDecision(text)).toBe('yes');
});

test.each(['no', 'No.', 'nope', 'no thanks', 'No, drop it', 'cancel', 'never mind', "don't", 'stop', '👎', '❌'])(
  '"%s" is a no',
  (text) => {
    expect(plainDecision(text)).toBe('no');
  },
);

test.each([
  '',
  ' ',
  'Approved? no - not yet',
  'looks good but change the title',
  'looks good, but keep the old text',
  'yes but later',
  'yes and no',
  'yes?',
  'not yes',
  'no go',
  'yes\nno',
  'no worries',
  'not approved',
  'approve nothing',
  'should I approve?',
  'do it differently',
  'start over',
  'go away',
  'oui',
  'ja, bitte',
  'да',
  'はい',
  'sí',
  '🎉',
  '👍👎',
  '> yes',
  '`yes`',
  '"yes"',
  'yеs',
  'y',
  `yes${' '.repeat(50)}but not now`,
  `${'yes '.repeat(11)}`,
  'y'.repeat(100_000),
])('"%s" decides nothing', (text) => {
  expect(plainDecision(text)).toBeNull();
});

test('41 characters decide nothing, whatever they say', () => {
  expect(plainDecision(`yes${'.'.repeat(37)}`)).toBe('yes');
  expect(plainDecision(`yes${'.'.repeat(38)}`)).toBeNull();
});

test('a long run of almost-yes is judged at once', () => {
  const begun = Date.now();
  for (let n = 0; n < 1_000; n += 1) plainDecision(`ok${' ,.!'.repeat(9)}x`);
  expect(Date.now() - begun).toBeLessThan(2_000);
});

describe('a written reply to an ask', () => {
  type Body = Parameters<typeof answerFromWords>[0];
  const plan: Body = { kind: 'plan', summary: '', version: 1 };
  const review: Body = { kind: 'review', summary: '' };
  const budget: Body = { kind: 'budget', spentUsd: 4, limitUsd: 5, hard: true };
  const failure: Body = { kind: 'failure', title: '', reason: '', choices: ['retry', 'drop'] };

  test.each([
    [plan, 'approve', { type: 'approve' }],
    [plan, 'no', { type: 'drop' }],
    [plan, 'looks good, but keep it', { type: 'revise', text: 'looks good, but keep it' }],
    [plan, 'Approved? no - not yet', { type: 'revise', text: 'Approved? no - not yet' }],
    [review, 'lgtm', null],
    [review, 'no', null],
    [review, 'rename it', { type: 'revise', text: 'rename it' }],
    [budget, 'yes', { type: 'raise', usd: 5 }],
    [budget, 'no', { type: 'drop' }],
    [budget, 'why so much?', null],
    [failure, 'yes', { type: 'choose', choice: 'retry' }],
    [failure, 'drop it', { type: 'choose', choice: 'drop' }],
    [failure, 'use the other runner', { type: 'revise', text: 'use the other runner' }],
  ] as const)('%j: "%s" is %j', (body, text, answer) => {
    expect(answerFromWords(body, text)).toEqual(answer);
  });
});
