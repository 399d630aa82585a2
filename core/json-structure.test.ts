import { expect, test } from 'vitest';
import { hasTooMuchStructure, mostStructure } from './json-structure.ts';

const json = (text: string) => hasTooMuchStructure(Buffer.from(text));

test('JSON of very many small values is too much, whatever they are', () => {
  for (const value of ['[],', '{},', '1,', '"",', '{"a":1},', '[[[[[['])
    expect(json(`[${value.repeat(mostStructure)}`), value).toBe(true);
});

test('text is not, however long and whatever stands in it', () => {
  for (const text of [',[{:', '\\"[', '\\\\', '\\",\\"', 'ü,"'])
    expect(json(JSON.stringify({ text: text.repeat(mostStructure), after: [1, 2] })), text).toBe(false);
});

test('a quote that is escaped ends no string, and a backslash that is escaped escapes nothing', () => {
  const many = '[],'.repeat(mostStructure);
  expect(json(`["\\"${many}"]`)).toBe(false);
  expect(json(`["\\\\",${many}1]`)).toBe(true);
});

test('32 MB are looked through in a moment', () => {
  const body = Buffer.from(JSON.stringify('say \\"'.repeat(4_000_000)).slice(0, 32 * 1024 * 1024));
  const from = performance.now();
  hasTooMuchStructure(body);
  expect(performance.now() - from).toBeLessThan(1_000);
});
