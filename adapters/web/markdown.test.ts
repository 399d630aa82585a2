import { expect, test } from 'vitest';
import { markdown } from './markdown.ts';

test.each([
  ['<script>alert(1)</script>', '&#x3C;script>alert(1)&#x3C;/script>'],
  ['<img src=x onerror=alert(1)>', '&#x3C;img src=x onerror=alert(1)>'],
  ['say <b onmouseover="x()">this</b>', '<p>say &#x3C;b onmouseover="x()">this&#x3C;/b></p>'],
  ['[x](javascript:alert(1))', '<p><a rel="noopener noreferrer nofollow" target="_blank">x</a></p>'],
  ['[x](data:text/html,hi)', '<p><a rel="noopener noreferrer nofollow" target="_blank">x</a></p>'],
  ['![pixel](https://evil.example/p.png)', '<p></p>'],
  ['<!-- hidden -->', '&#x3C;!-- hidden -->'],
  ['`<a href="x">`', '<p><code>&#x3C;a href="x"></code></p>'],
])('%s cannot act', (text, shown) => {
  expect(String(markdown(text))).toBe(shown);
});

test('what people write often looks as it should', () => {
  expect(String(markdown('# Plan\n\n1. **one**\n2. `two`\n\n- [x] done'))).toBe(
    [
      '<p class="heading">Plan</p>',
      '<ol>\n<li><strong>one</strong></li>\n<li><code>two</code></li>\n</ol>',
      '<ul>\n<li><input type="checkbox" checked disabled aria-label="done"> done</li>\n</ul>',
    ].join('\n'),
  );
});

test('a text that is nested without end comes to an end', () => {
  expect(String(markdown(`${'> '.repeat(500)}deep\n\n${'['.repeat(1_000)}`))).toContain('deep');
});

test.each([
  ['>'.repeat(20_000), '<pre tabindex="0">&gt;&gt;'],
  ['> '.repeat(10_000), '<pre tabindex="0">&gt; &gt;'],
  [`- ${'- '.repeat(3_000)}x`, '<pre tabindex="0">- - '],
  [`a\n${'1. '.repeat(3_000)}x`, '<pre tabindex="0">a'],
  [Array.from({ length: 300 }, (_, n) => `${'  '.repeat(n)}- <b>`).join('\n'), '<pre tabindex="0">- &lt;b&gt;'],
  [`<script>${'[a]('.repeat(8_000)}`, '<pre tabindex="0">&lt;script&gt;'],
  ['*a '.repeat(6_000), '<pre tabindex="0">*a'],
  ['[a]('.repeat(5_000), '<pre tabindex="0">[a]('],
  [`${'**a *b '.repeat(1_300)}x${' b* a**'.repeat(1_300)}`, '<pre tabindex="0">**a'],
  ['_*'.repeat(9_500), '<pre tabindex="0">_*'],
  [`${'~~a '.repeat(2_300)}${' b~~'.repeat(2_300)}`, '<pre tabindex="0">~~a'],
  [`${'['.repeat(6_000)}a${'](b)'.repeat(3_000)}`, '<pre tabindex="0">[['],
  ['*a_ '.repeat(1_000), '<p>*a_'],
])('what is made to be hard to draw is drawn all the same, soon: %.20s', (text, begin) => {
  const begun = Date.now();
  expect(markdown(text).slice(0, begin.length)).toBe(begin);
  expect(Date.now() - begun).toBeLessThan(10_000);
});
