import { expect, test } from 'vitest';
import { markdownFromMrkdwn, mentions } from './mrkdwn.ts';

const names = { bot: 'UBOT', user: (id: string) => (id === 'U1' ? 'Ana' : undefined) };

test.each([
  ['the bot’s own mention is taken out', '<@UBOT> fix <@UBOT|mainloop> it', 'fix it'],
  ['a known person gets a name', 'ask <@U1>, please', 'ask @Ana, please'],
  ['an unknown person keeps the id', 'ask <@U2> and <@U3|ben>', 'ask @U2 and @ben'],
  ['channels and groups are written out', '<#C1|web> <#C2> <!here> <!subteam^S1|@devs>', '#web #C2 @here @devs'],
  ['links become markdown links', 'see <https://a.example/x|the page>', 'see [the page](https://a.example/x)'],
  ['a bare link stays bare', '<https://a.example> <http://b.example|b.example>', 'https://a.example b.example'],
  ['entities are decoded once', 'a &lt;b&gt; &amp;amp; c', 'a <b> &amp; c'],
  ['bold and strike become markdown', '*bold* and ~gone~ and _it_', '**bold** and ~~gone~~ and _it_'],
  ['arithmetic is not bold', '2 * 3 * 4', '2 * 3 * 4'],
  ['code is left alone', '`*a* &lt;T&gt;` and ```\n*b*\n```', '`*a* <T>` and ```\n*b*\n```'],
])('%s', (_, mrkdwn, markdown) => {
  expect(markdownFromMrkdwn(mrkdwn, names)).toBe(markdown);
});

test('a mention is recognised with and without a name', () => {
  expect(mentions('<@UBOT> hi', 'UBOT')).toBe(true);
  expect(mentions('<@UBOT|mainloop> hi', 'UBOT')).toBe(true);
  expect(mentions('&lt;@UBOT&gt; <@UBOTTOM>', 'UBOT')).toBe(false);
});
