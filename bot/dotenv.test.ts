import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { withValues, writeDotenv } from './dotenv.ts';

test('a value takes the place of its line, others go to the end, and all else stays', () => {
  const text = '# Slack\nSLACK_BOT_TOKEN=\n# Port\nPORT=3000\n';
  expect(withValues(text, { SLACK_BOT_TOKEN: 'xoxb-1', OWNERS: 'discord:1' })).toBe(
    '# Slack\nSLACK_BOT_TOKEN=xoxb-1\n# Port\nPORT=3000\nOWNERS=discord:1\n',
  );
  expect(withValues('', { A: 'b' })).toBe('A=b\n');
});

test.each(['a b', 'x#y', "it's", '"q"', `both ' and "`, 'line\nline', '$HOME', ''])(
  '%j is read back as it is',
  (value) => {
    expect(parseEnv(withValues('A=1\nB=2\n', { A: value }))).toEqual({ A: value, B: '2' });
  },
);

test('only its owner may read the file, also one that was there before', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'mainloop-env-')), '.env');
  writeFileSync(file, 'PORT=1\n', { mode: 0o644 });
  writeDotenv(file, { PORT: '2' });
  expect(readFileSync(file, 'utf8')).toBe('PORT=2\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
