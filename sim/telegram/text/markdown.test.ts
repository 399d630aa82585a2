import { expect, test } from 'vitest';
import { Links } from './formatted.ts';
import { parseMarkdownV2 } from './markdown.ts';

const markdown = (source: string) => parseMarkdownV2(source, new Links(new Map()));

test('marks become entities whose offsets count UTF-16 code units', () => {
  expect(markdown('👍 *bold _both_* __under__ ~gone~ ||secret|| `a_b`')).toEqual({
    text: '👍 bold both under gone secret a_b',
    entities: [
      { type: 'bold', offset: 3, length: 9 },
      { type: 'italic', offset: 8, length: 4 },
      { type: 'underline', offset: 13, length: 5 },
      { type: 'strikethrough', offset: 19, length: 4 },
      { type: 'spoiler', offset: 24, length: 6 },
      { type: 'code', offset: 31, length: 3 },
    ],
  });
});

test('escapes, links, blocks of code and quotations', () => {
  expect(markdown('1\\. [a](https://x.dev/\\)) ```ts\nlet a;```')).toEqual({
    text: '1. a let a;',
    entities: [
      { type: 'text_link', offset: 3, length: 1, url: 'https://x.dev/)' },
      { type: 'pre', offset: 5, length: 6, language: 'ts' },
    ],
  });
  expect(markdown('>one\n>two\nafter')).toEqual({
    text: 'one\ntwo\nafter',
    entities: [{ type: 'blockquote', offset: 0, length: 8 }],
  });
});

test.each([
  ['Done.', "Character '.' is reserved and must be escaped with the preceding '\\'"],
  ['a - b', "Character '-' is reserved and must be escaped with the preceding '\\'"],
  ['a > b', "Character '>' is reserved and must be escaped with the preceding '\\'"],
  ['a | b', "Character '|' is reserved and must be escaped with the preceding '\\'"],
  ['é*open', "Can't find end of Bold entity at byte offset 2"],
  ['snake_case', "Can't find end of Italic entity at byte offset 5"],
  ['```ts\ncode', "Can't find end of PreCode entity at byte offset 0"],
  ['`code', "Can't find end of Code entity at byte offset 0"],
  ['[a](https://x.dev', "Can't find end of a URL at byte offset 4"],
  ['[a', "Can't find end of TextUrl entity at byte offset 0"],
  ['>*a\nb*', "Can't find end of Bold entity at byte offset 1"],
])('%j is refused with: %s', (source, message) => {
  expect(() => markdown(source)).toThrow(message);
});
