import { expect, test } from 'vitest';
import { discreetly } from './discreet-io.ts';
import { secretsIn } from './secret-settings.ts';

const secrets = ['hunter2+/=', 'sk-gateway-1'];

test.each([
  ['as it is', 'the key hunter2+/= is wrong'],
  ['as an address spells it', `GET /x?key=${encodeURIComponent('hunter2+/=')}`],
  ['as JSON spells it', JSON.stringify({ key: 'hunter2+/=' })],
  ['torn by what nobody sees', 'hunter2\u200b+/= and hunt\u202eer2+/='],
  ['of a kind that no setting names', 'Bearer ghs_0123456789abcdefghij01'],
])('a secret %s is not shown', (_, text) => {
  expect(discreetly(text, secrets)).not.toMatch(/hunter2\+|hunter2%2B|ghs_/);
});

test('a line stays one line and moves no cursor', () => {
  expect(discreetly('no\r\n✔ GitHub: fine\u001b[2K\u001b]0;title\u0007\u2028x', [])).toBe(
    'no ✔ GitHub: fine [2K ]0;title x',
  );
  expect(discreetly('x'.repeat(5000), []).length).toBeLessThan(800);
});

test('secret settings are known however they are written, and the path of a key is none', () => {
  const env = {
    GITHUB_TOKEN: ' ghp_1 ',
    GITHUB_APP_PRIVATE_KEY: './key.pem',
    DATABASE_URL: 'postgres://u:p%40ss@h/d',
    TELEGRAM_BOT_TOKEN: '1:a',
    PORT: '3000',
    CLAUDE_CODE_OAUTH_TOKEN: 'not even a token',
  };
  expect(secretsIn(env)).toEqual(['1:a', 'ghp_1', 'not even a token', 'p%40ss', 'p@ss']);
  expect(secretsIn({ DATABASE_URL: 'user/password@host' })).toEqual(['user/password@host']);
});
