import { describe, expect, test } from 'vitest';
import type { Doc } from '../../core/domain/chat.ts';
import type { Flow } from './flow.ts';
import { fromMarkdown } from './markdown.ts';
import { fitted, growing, MAX_TEXT, partsOf } from './render.ts';

/** The flow with its marks written around the words. */
const seen = ({ text, marks }: Flow): [string, string][] =>
  marks.map((mark) => [
    mark.type === 'text_link' ? mark.url : mark.type,
    text.slice(mark.offset, mark.offset + mark.length),
  ]);

const only = (doc: Doc) => {
  const { parts } = partsOf(doc);
  expect(parts).toHaveLength(1);
  return parts[0] as NonNullable<(typeof parts)[0]>;
};

describe('markdown', () => {
  test('headings, emphasis, code, quotations and links become marks over plain words', () => {
    const flow = fromMarkdown(
      '# Title\n\nA **bold** *word*, `a < b` and ~~no~~ [link](https://a.dev/x).\n\n> said\n> twice\n\n```ts\nlet a = 1;\n```',
    );
    expect(flow.text).toBe('Title\n\nA bold word, a < b and no link.\n\nsaid\ntwice\n\nlet a = 1;');
    expect(seen(flow)).toEqual([
      ['bold', 'Title'],
      ['bold', 'bold'],
      ['italic', 'word'],
      ['code', 'a < b'],
      ['strikethrough', 'no'],
      ['https://a.dev/x', 'link'],
      ['blockquote', 'said\ntwice'],
      ['pre', 'let a = 1;'],
    ]);
  });

  test('lists keep their signs, numbers, boxes and levels', () => {
    expect(fromMarkdown('3. three\n4. four\n\n- a\n  - b\n- [x] done\n- [ ] open').text).toBe(
      '3. three\n4. four\n\n• a\n   • b\n• ☑ done\n• ☐ open',
    );
  });

  test('a table is aligned in even letters', () => {
    const flow = fromMarkdown('| file | lines |\n|---|--:|\n| a.ts | 7 |\n| **long**.ts | 120 |');
    expect(flow.text).toBe('file     lines\n───────  ─────\na.ts         7\nlong.ts    120');
    expect(seen(flow)[0]?.[0]).toBe('pre');
  });

  test('a long quotation is folded, and one inside another is one', () => {
    const flow = fromMarkdown(`> ${'word '.repeat(150)}\n> > inner`);
    expect(flow.marks.filter(({ type }) => /blockquote/.test(type)).map(({ type }) => type)).toEqual([
      'expandable_blockquote',
    ]);
  });

  test.each([
    ['javascript:alert(1)', 'x'],
    ['tg://user?id=42', 'x'],
    ['http://localhost:3000/tasks', 'x (http://localhost:3000/tasks)'],
    ['mailto:ana@acme.dev', 'x (mailto:ana@acme.dev)'],
  ])('%s is no link', (address, text) => {
    const flow = fromMarkdown(`[x](${address})`);
    expect(flow.text).toBe(text);
    expect(flow.marks).toEqual([]);
  });

  test('HTML and what looks like it are words', () => {
    expect(fromMarkdown('<b>x</b> & <a href="tg://user?id=1">y</a>\n\n<script>z</script>').text).toBe(
      '<b>x</b> & <a href="tg://user?id=1">y</a>\n\n<script>z</script>',
    );
  });
});

describe('a Doc', () => {
  test('has its title, text, steps and small print in one message, and its buttons below', () => {
    const { flow, keyboard } = only({
      title: '#41 Date picker',
      text: 'Nothing needed from you.',
      steps: [
        { id: 'a', title: 'Plan', state: 'done', detail: 'approved by Ana' },
        { id: 'b', title: 'Implementing', state: 'running' },
        { id: 'c', title: 'CI', state: 'pending' },
      ],
      note: 'or react 👍',
      buttons: [
        [
          { label: 'Start', token: 'confirm:7', style: 'primary' },
          { label: 'Read it all', url: 'https://a.dev' },
        ],
      ],
    });
    expect(flow.text).toBe(
      '#41 Date picker\n\n✔ Plan · approved by Ana\n▶ Implementing\n○ CI\n\nNothing needed from you.\n\nor react 👍',
    );
    expect(keyboard).toEqual([
      [
        { text: 'Start', callback_data: 'confirm:7' },
        { text: 'Read it all', url: 'https://a.dev/' },
      ],
    ]);
  });

  test('a row that is too wide for a phone is broken', () => {
    const labels = ['Start', 'Start without a plan', 'Change…', 'No'];
    const { keyboard } = only({ text: 'x', buttons: [labels.map((label, i) => ({ label, token: `t:${i}` }))] });
    expect(keyboard.map((row) => row.map(({ text }) => text))).toEqual([
      ['Start', 'Start without a plan'],
      ['Change…', 'No'],
    ]);
  });

  test('a link that Telegram refuses as a button stands in the text', () => {
    const { flow, keyboard } = only({ text: 'x', buttons: [[{ label: 'Open', url: 'http://localhost:3000' }]] });
    expect(flow.text).toBe('x\n\nOpen: http://localhost:3000');
    expect(keyboard).toEqual([]);
  });

  test('a token over 64 bytes is refused with its size', () => {
    const buttons = [[{ label: 'Start', token: 'ä'.repeat(33) }]];
    expect(() => partsOf({ text: 'x', buttons })).toThrow(/66 bytes/);
  });

  test('nobody can be called from it, whatever is between the sign and the name', () => {
    const { flow } = only({ title: '@ana', text: 'Hi @everyone, @**bob** and @`eve`, but `@code` and a@b.dev' });
    expect(flow.text).not.toMatch(/(?<!\w)@(?!code)\w/);
    expect(seen(flow)).toContainEqual(['code', 'eve']);
    expect(seen(flow)).toContainEqual(['bold', 'bob']);
    expect(seen(flow)).toContainEqual(['code', '@code']);
  });
});

describe('a long Doc', () => {
  const paragraph = (n: number) => `**p${n}** ${'word '.repeat(150)}`;
  const text = Array.from({ length: 12 }, (_, n) => paragraph(n)).join('\n\n');
  const buttons = [[{ label: 'Start', token: 'confirm:7' }]];

  test('is cut between its blocks, and only the last message has the buttons', () => {
    const { parts, file } = partsOf({ text, buttons });
    expect(parts.length).toBeGreaterThan(1);
    expect(file).toBeUndefined();
    expect(parts.every(({ flow }) => flow.text.length <= MAX_TEXT && /^p\d/.test(flow.text))).toBe(true);
    expect(parts.map(({ keyboard }) => keyboard.length)).toEqual([...parts.slice(1).map(() => 0), 1]);
    expect(parts.flatMap(({ flow }) => seen(flow)).map(([, words]) => words)).toEqual(
      Array.from({ length: 12 }, (_, n) => `p${n}`),
    );
  });

  test('a block that is cut stays a block in both pieces', () => {
    const lines = Array.from({ length: 300 }, (_, n) => `const value${n} = ${n};`).join('\n');
    const { parts } = partsOf({ text: `\`\`\`ts\n${lines}\n\`\`\`` });
    expect(parts.length).toBeGreaterThan(1);
    for (const { flow } of parts) expect(seen(flow)).toEqual([['pre', flow.text]]);
    expect(parts.map(({ flow }) => flow.text).join('\n')).toBe(lines);
  });

  test('no character is cut in two', () => {
    const { parts } = partsOf({ text: '😀'.repeat(2_500) });
    expect(parts.length).toBeGreaterThan(1);
    for (const { flow } of parts) expect(flow.text.isWellFormed()).toBe(true);
  });

  test('longer than three messages becomes its beginning and a file', () => {
    const long = Array.from({ length: 60 }, (_, n) => paragraph(n)).join('\n\n');
    const { parts, file } = partsOf({ title: 'Plan', text: long, buttons });
    expect(parts).toHaveLength(1);
    expect(parts[0]?.flow.text).toMatch(/^Plan\n\np0[\s\S]*The whole text is in the file below\.$/);
    expect(parts[0]?.keyboard).toHaveLength(1);
    expect(file).toEqual({ name: 'message.md', text: long });
  });

  test('an edit, which stays one message, keeps title, small print and buttons', () => {
    const { flow, keyboard } = fitted({ title: 'Plan', text, note: 'Or write.', buttons });
    expect(flow.text.length).toBeLessThanOrEqual(MAX_TEXT);
    expect(flow.text).toMatch(/^Plan\n\np0[\s\S]*…\n\nOr write\.$/);
    expect(keyboard).toHaveLength(1);
  });

  test('of a text that grows, its end is shown', () => {
    expect(growing(text).text.length).toBeLessThanOrEqual(MAX_TEXT);
    expect(growing(text).text).toContain('p11');
  });
});
