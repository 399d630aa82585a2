import { mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
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

test.each([
  ['a comment behind the value', 'A=1 # one\nB=2\n', 'A=x # one\nB=2\n'],
  ['a name that stands there twice', 'A=1\nB=2\nA=3\n', 'A=x\nB=2\nA=x\n'],
  ['a value of several lines', 'A="-----BEGIN\nB=0\n-----END"\nB=2\n', 'A=x\nB=2\n'],
  ['a name that is exported', 'export A=1\nB=2\n', 'export A=x\nB=2\n'],
  ['a comment that looks like a setting', '# A=1\nA=\nB=2\n', '# A=1\nA=x\nB=2\n'],
  ['line ends of Windows', 'A=1\r\nB=2\r\n', 'A=x\r\nB=2\r\n'],
])('with %s only the value changes', (_, before, after) => {
  expect(withValues(before, { A: 'x' })).toBe(after);
  expect(parseEnv(after)).toEqual({ A: 'x', B: '2' });
});

test('a link stays a link, and nothing is left beside the file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'mainloop-env-'));
  const kept = join(directory, 'kept');
  const file = join(directory, '.env');
  writeFileSync(kept, 'PORT=1\n');
  symlinkSync(kept, file);
  writeDotenv(file, { PORT: '2' });
  expect(readFileSync(kept, 'utf8')).toBe('PORT=2\n');
  expect(readdirSync(directory).sort()).toEqual(['.env', 'kept']);
  expect(statSync(kept).mode & 0o777).toBe(0o600);
});

test('a directory that cannot be written to is told in words', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'mainloop-env-')), 'none', '.env');
  expect(() => writeDotenv(file, { PORT: '2' })).toThrow(`${file} cannot be written (ENOENT).`);
});
