import { expect, test } from 'vitest';
import { spokenText } from './spoken.ts';

const self = { id: 1, username: 'mainloop_bot' };

test('code and links that a person wrote keep their meaning, and our own name goes', () => {
  const text = 'see docs: run x @Mainloop_bot';
  const entities = [
    { type: 'text_link' as const, offset: 4, length: 4, url: 'https://a.dev/' },
    { type: 'code' as const, offset: 14, length: 1 },
    { type: 'mention' as const, offset: 16, length: 13 },
  ];
  expect(spokenText(text, entities, self)).toBe('see [docs](https://a.dev/): run `x`');
});

test('a block of code is a fence with its language, and other people stay named', () => {
  const text = 'fix: a = 1 with @ana';
  const entities = [
    { type: 'pre' as const, offset: 5, length: 5, language: 'ts' },
    { type: 'mention' as const, offset: 16, length: 4 },
  ];
  expect(spokenText(text, entities, self)).toBe('fix:\n```ts\na = 1\n```\n with @ana');
});
