import { expect, test } from 'vitest';
import { splitMarkdown } from './split.ts';

test('short text is one piece', () => {
  expect(splitMarkdown('hello', 100)).toEqual(['hello']);
});

test('long text is cut between paragraphs and nothing is lost', () => {
  const paragraphs = Array.from({ length: 30 }, (_, i) => `Paragraph ${i} ${'word '.repeat(10).trim()}`);
  const pieces = splitMarkdown(paragraphs.join('\n\n'), 400);
  expect(pieces.every((piece) => piece.length <= 400)).toBe(true);
  expect(pieces.join('\n\n')).toBe(paragraphs.join('\n\n'));
});

test('a cut code fence is closed and opened again with its language', () => {
  const code = Array.from({ length: 40 }, (_, i) => `const a${i} = ${i};`).join('\n');
  const pieces = splitMarkdown(`\`\`\`ts\n${code}\n\`\`\``, 300);
  expect(pieces.length).toBeGreaterThan(1);
  for (const piece of pieces) {
    expect(piece.startsWith('```ts\n')).toBe(true);
    expect(piece.endsWith('\n```')).toBe(true);
    expect(piece.length).toBeLessThanOrEqual(300);
  }
});

test('a line without a border is cut anyway', () => {
  expect(splitMarkdown('x'.repeat(250), 100).map((piece) => piece.length)).toEqual([96, 96, 58]);
});

test('no character is cut in two', () => {
  const pieces = splitMarkdown('😀'.repeat(100), 51);
  expect(pieces.join('')).toBe('😀'.repeat(100));
  for (const piece of pieces) expect(piece).toMatch(/^(?:😀)+$/u);
});
