import { describe, expect, it } from 'vitest';
import { hostile } from './examples.ts';
import { code, ended, firstLines, headline, listed, plain, quote } from './text.ts';

describe('headline', () => {
  it('cuts at a word and stays within 60 characters', () => {
    const title = headline('The date picker lets me choose Feb 30 in Safari, which no month has ever had');
    expect(title).toBe('The date picker lets me choose Feb 30 in Safari, which no…');
    expect(title.length).toBeLessThanOrEqual(60);
  });

  it('keeps a title that fits as it was written', () => {
    expect(headline('  Fix   the\n\tpicker ')).toBe('Fix the picker');
  });

  it('cuts a word without end, never in the middle of a character', () => {
    expect(headline('x'.repeat(100))).toHaveLength(60);
    expect(headline('💡'.repeat(100))).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  });

  it('drops control, zero-width and bidirectional characters', () => {
    expect(headline('a\u202eb\u200bc\u0007d\u2066e\u{e0041}')).toBe('abcde');
  });

  it('keeps the joiners that Persian and composed emoji need', () => {
    expect(headline('می\u200cخواهم 👩\u200d🚀')).toBe('می\u200cخواهم 👩\u200d🚀');
  });

  it.each(['', ' \u200b\n', '\u202e\u2066', '\u200d\ufe0f', '\u3164\u3164', '\u2800'])(
    'has a word for nothing (%j)',
    (text) => {
      expect(headline(text)).toBe('Untitled');
    },
  );

  it('cannot be turned around to read as another title', () => {
    expect(headline('Fix \u202e)egnahc on( \u202cnothing')).toBe('Fix )egnahc on( nothing');
    expect(headline('تسجيل الدخول معطّل 🔒')).toBe('تسجيل الدخول معطّل 🔒');
  });
});

describe('plain', () => {
  it.each([
    ['a Discord ping', 'hi @everyone and @here', /@(?:everyone|here)/],
    ['a GitHub mention', 'cc @octocat, @acme/core', /@(?:octocat|acme)/],
    ['a Discord user or role', '<@123> <@&456> <#789>', /<[@#]/],
    ['a Slack ping', '<!channel> <@U012> <!subteam^S1>', /<[!@]/],
    ['a masked Slack link', '<https://evil.example|https://good.example>', /<https:\/\/evil\.example\|/],
    ['a script link', '[x](javascript:alert(1))', /\]\(/],
    ['a script link with a blank', '[x]( JavaScript:alert(1))', /\]\(/],
    ['a script link as an entity', '[x](&#106;avascript:alert(1))', /\]\(/],
    ['a data link', '[x](data:text/html;base64,xx)', /\]\(/],
    ['a reference to a script', '[x]: javascript:alert(1)', /\]:/],
    ['a marker of ours', 'a <!-- mainloop:task:41 --> b', /<!--/],
    ['an HTML comment that spans lines', '<!--\nhidden\n-->', /<!--/],
    ['an image', '![pixel](https://evil.example/p.png)', /!\[/],
    ['an HTML tag', '<img src=x onerror=alert(1)> <details>', /<[a-z]/],
    ['a closing keyword', 'Fixes #5', /fixes #5/i],
    ['a closing keyword for another repository', 'closes: acme/api#5', /closes: acme/i],
    ['a closing keyword with a link', 'Resolved https://github.com/acme/web/issues/5', /resolved https/i],
  ])('takes the effect out of %s', (_, text, effect) => {
    expect(text).toMatch(effect);
    expect(plain(text)).not.toMatch(effect);
  });

  it('finds what hidden characters would hide', () => {
    expect(plain('@\u202eeveryone <\u200b!channel>')).not.toMatch(/@everyone|<!/);
  });

  it('leaves it readable: without what nobody sees, the text is the same', () => {
    const text = 'cc @octocat: <b>fixes #5</b>, <!-- note --> and [x](javascript:y)';
    expect(plain(text).replaceAll('\u200b', '')).toBe(text);
  });

  it.each([
    'mail ana@example.com',
    '[docs](https://example.com/a_(b))',
    '[file](./src/calendar.ts)',
    '[section](#how)',
    '<https://example.com>',
    'a < b and c > d, 1<2',
    'the fixture #5 needs',
    '# Plan\n\n1. `parseDay` in `src/calendar.ts`\n\n```ts\nconst a = [1];\n```',
    '| a | b |\n| --- | --- |',
  ])('leaves %j as it is', (text) => {
    expect(plain(text)).toBe(text);
  });

  it('changes nothing the second time', () => {
    expect(plain(plain(hostile))).toBe(plain(hostile));
  });

  it('is quick on a very long text', () => {
    const started = performance.now();
    plain('[](['.repeat(25_000));
    plain(`${'<'.repeat(50_000)}${' '.repeat(50_000)}`);
    plain(`](${' '.repeat(100_000)}`);
    plain('fix '.repeat(25_000));
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

it('the first lines are the ones that say something, safe, and say when there is more', () => {
  expect(firstLines('# Plan\n\n```ts\na\n```\n- @everyone\nd\n', 2)).toBe('Plan\na …');
  expect(firstLines('one\n\ntwo', 3)).toBe('one\ntwo');
  expect(firstLines(hostile, 1)).not.toMatch(/@everyone|<!/);
  expect(firstLines('', 3)).toBe('');
});

it('a sentence ends once, whatever a person ended it with', () => {
  expect(['waits for you', 'asks which?', 'more…', '"Which?"', 'done.'].map(ended)).toEqual([
    ...['waits for you.', 'asks which?', 'more…', '"Which?"', 'done.'],
  ]);
});

it('a quotation keeps every line behind its mark', () => {
  expect(quote('a\n\nb')).toBe('> a\n>\n> b');
});

it('a code span cannot be left', () => {
  expect(code('a`b\nc')).toBe("`a'b c`");
});

it('a list reads as a person says it', () => {
  expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
  ]);
});
