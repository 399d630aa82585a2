import { describe, expect, test } from 'vitest';
import { splitMarkdown } from '../../core/words/split.ts';
import { componentsOf } from './components.ts';
import { formButtonId, formOf } from './form.ts';
import { toDiscord } from './markdown.ts';
import { contentOf, fitted, partsOf } from './render.ts';
import { threadName } from './threads.ts';

describe('markdown', () => {
  test.each([
    ['deep headings become bold', '#### Deep ####\n# Top', '**Deep**\n# Top'],
    ['an image becomes a link', '![a cat](https://x.example/cat.png "Cat")', '[a cat](https://x.example/cat.png)'],
    ['a comment goes', 'a <!-- mainloop:1 --> b', 'a  b'],
    [
      'a table is aligned in a code block',
      '| a | long |\n|---|:--:|\n| 12 | x |\nafter',
      '```\na   long\n12  x\n```\nafter',
    ],
    ['code stays as it is', '```md\n#### no\n| a | b |\n|---|---|\n```', '```md\n#### no\n| a | b |\n|---|---|\n```'],
    ['code that is not closed stays too', '```\n#### no', '```\n#### no'],
  ])('%s', (_, given, expected) => expect(toDiscord(given)).toBe(expected));
});

describe('a message', () => {
  const steps = [
    { id: 'plan', title: 'Plan *x*', state: 'done' as const, detail: 'approved' },
    { id: 'work', title: 'Work', state: 'running' as const },
  ];

  test('shows title, steps, text and small print, one below the other', () => {
    expect(contentOf({ title: '#41 a_b', text: 'Nothing **needed**.', steps, note: '6 min' })).toBe(
      '**#41 a\\_b**\n✔ Plan \\*x\\* · approved\n▶ Work\nNothing **needed**.\n-# 6 min',
    );
  });

  test('is never longer than Discord allows nor empty', () => {
    const long = 'x'.repeat(5_000);
    const doc = { title: long, text: long, note: long, steps: steps.map((step) => ({ ...step, detail: long })) };
    for (const part of [...partsOf(doc), fitted(doc)]) expect(contentOf(part).length).toBeLessThanOrEqual(2_000);
    expect(contentOf({ text: '' })).not.toBe('');
  });

  test('of several pieces has its title first and its buttons last', () => {
    const text = Array.from({ length: 90 }, (_, n) => `Line ${n} of a text that goes on.`).join('\n');
    const parts = partsOf({ title: 'T', text, note: 'n', buttons: [[{ label: 'Go', token: 'go' }]] });
    expect(parts).toHaveLength(2);
    expect(parts[0]).not.toHaveProperty('buttons');
    expect(parts[1]).not.toHaveProperty('title');
    expect(parts.map((part) => part.text).join('\n')).toBe(text);
  });

  test('that would take more than three is its beginning and a file with all of it', () => {
    const text = 'word '.repeat(2_000);
    expect(partsOf({ text })).toMatchObject([{ attachment: { name: 'message.md', text } }]);
  });
});

test('a cut never goes through a character', () => {
  for (const piece of splitMarkdown('👍'.repeat(500), 101)) expect(piece).not.toMatch(/[\ud800-\udbff]$/);
});

test('more rows than Discord has become one menu, and its number is on the first', () => {
  const rows = Array.from({ length: 6 }, (_, n) => [{ label: `${n}`, token: `t${n}` }]);
  const [row, ...others] = componentsOf(rows, 2 ** 30);
  expect(others).toEqual([]);
  expect(row).toMatchObject({ id: 2 ** 30, components: [{ type: 3, options: { length: 6 } }] });
});

test('a form button carries what fits, and what does not comes from the button', () => {
  const token = `answer:${'9'.repeat(50)}`;
  const id = formButtonId(token, { title: 'Change | it', label: 'x'.repeat(80) });
  expect(id.length).toBeLessThanOrEqual(100);
  expect(formOf(id, 'Change…')).toMatchObject({ custom_id: token, title: 'Change / it' });
  expect(formOf(`form|${token}||`, 'Change…')).toMatchObject({ title: 'Change…', components: [{ label: 'Change…' }] });
});

test.each([
  ['<@123> **Fix** the `date` picker', 'Fix the date picker'],
  ['', 'Mainloop'],
  [`${'word '.repeat(30)}`, `${'word '.repeat(19).trim()}…`],
])('a thread about %j is named %j', (text, name) => {
  expect(threadName(text)).toBe(name);
  expect(threadName(text).length).toBeLessThanOrEqual(100);
});
