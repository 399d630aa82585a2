import { expect, test } from 'vitest';
import { plainText, safeMarkdown, settledLength, toMrkdwn } from './markdown.ts';

test.each(['<!channel>', '<!here|here>', '<!everyone>', '<!subteam^S1>', '<@U012AB>', '<#C1>', '`<!channel>`'])(
  '%s no longer means anything to Slack',
  (text) => {
    expect(safeMarkdown(text)).not.toMatch(/<[@#!]/);
    expect(safeMarkdown(text).replaceAll('\u2060', '')).toBe(text);
  },
);

test('links that run code keep only their words', () => {
  expect(safeMarkdown('[click](javascript:alert(1)) [b]( DATA:text/html,x)')).toBe('click b');
  expect(safeMarkdown('<javascript:alert(1)>')).toBe('<alert(1)>');
  expect(safeMarkdown('[ok](https://a.example)')).toBe('[ok](https://a.example)');
});

test('ordinary code is untouched', () => {
  const code = 'Array<T>, a < b, <!-- note -->, <!DOCTYPE html>, <div>';
  expect(safeMarkdown(code)).toBe(code);
});

test.each([
  ['a plain word', 'The parser', 10],
  ['a begun mention', 'see <!chan', 4],
  ['a begun link', 'see [this](java', 4],
  ['a finished link', 'see [this](https://a.example)', 29],
  ['a task list', '- [ ] one', 9],
])('%s is sent as far as it is settled', (_, text, length) => {
  expect(settledLength(text)).toBe(length);
});

test('a mention that arrives in pieces is sent whole and harmless', () => {
  const text = 'hey <!channel> and [x](javascript:alert(1)) end';
  let out = '';
  let sent = 0;
  for (let i = 1; i <= text.length; i += 1) {
    const until = settledLength(text.slice(0, i));
    if (until <= sent) continue;
    out += safeMarkdown(text.slice(sent, until));
    sent = until;
  }
  expect(out).toBe('hey <\u2060!channel> and x) end');
});

test('mrkdwn fields cannot be broken out of', () => {
  expect(toMrkdwn('a <b> & **c** [d](https://e.example/?f=1&g=2) <!here>')).toBe(
    'a &lt;b&gt; &amp; *c* <https://e.example/?f=1&amp;g=2|d> &lt;\u2060!here&gt;',
  );
});

test('a notification has the words alone', () => {
  expect(plainText('# Title\n\n**Plan** in [issue 1](https://x.example)\n```ts\nlet a;\n```')).toBe(
    'Title\nPlan in issue 1\nlet a;',
  );
});
