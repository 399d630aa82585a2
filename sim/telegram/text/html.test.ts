import { expect, test } from 'vitest';
import { Links } from './formatted.ts';
import { parseHtml } from './html.ts';

const ANA = { id: 7, is_bot: false, first_name: 'Ana' };
const links = new Links(new Map([[ANA.id, ANA]]));
const html = (source: string) => parseHtml(source, links);

test('tags become entities whose offsets count UTF-16 code units', () => {
  expect(html('👍 <b>bold <i>both</i></b> &lt;x&gt; <code>a&amp;b</code>')).toEqual({
    text: '👍 bold both <x> a&b',
    entities: [
      { type: 'bold', offset: 3, length: 9 },
      { type: 'italic', offset: 8, length: 4 },
      { type: 'code', offset: 17, length: 3 },
    ],
  });
});

test('a block of code carries its language, and is one entity', () => {
  expect(html('<pre><code class="language-ts">let a;</code></pre><pre>b</pre>').entities).toEqual([
    { type: 'pre', language: 'ts', offset: 0, length: 6 },
    { type: 'pre', offset: 6, length: 1 },
  ]);
});

test('links, mentions, quotations and spoilers', () => {
  const source =
    '<a href="https://x.dev/?a=1&amp;b=2">l</a><a href="tg://user?id=7">m</a><tg-spoiler>s</tg-spoiler>' +
    '<blockquote expandable>q</blockquote><blockquote>r</blockquote>';
  expect(html(source).entities).toEqual([
    { type: 'text_link', offset: 0, length: 1, url: 'https://x.dev/?a=1&b=2' },
    { type: 'text_mention', offset: 1, length: 1, user: ANA },
    { type: 'spoiler', offset: 2, length: 1 },
    { type: 'expandable_blockquote', offset: 3, length: 1 },
    { type: 'blockquote', offset: 4, length: 1 },
  ]);
});

test('a link to localhost is silently plain text', () => {
  expect(html('<a href="http://localhost:3000/">here</a>')).toEqual({ text: 'here', entities: [] });
});

test.each([
  ['<b>open', `Can't find end tag corresponding to start tag "b"`],
  ['é<h1>x</h1>', 'Unsupported start tag "h1" at byte offset 2'],
  ['if a <b', 'Unclosed start tag at byte offset 5'],
  ['x</b>', 'Unexpected end tag at byte offset 1'],
  ['<b><i>x</b></i>', 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'],
  ['<b>x</b', 'Unclosed end tag at byte offset 4'],
  ['<span>x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
  ['<a href>x</a>', 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'],
  ['<a ="x">x</a>', 'Empty attribute name in the tag "a" at byte offset 0'],
  ['<a href="x>x</a>', 'Unclosed start tag at byte offset 0'],
  ['<a href=x/y>x</a>', 'Unexpected end of name token at byte offset 8'],
  ['<br>', 'Unsupported start tag "br" at byte offset 0'],
])('%s is refused with: %s', (source, message) => {
  expect(() => html(source)).toThrow(message);
});
