import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { findClaudeCredentials } from './claude-credentials.ts';

const stored = (accessToken: string) =>
  JSON.stringify({
    claudeAiOauth: {
      accessToken,
      refreshToken: 'sk-ant-ort01-r',
      expiresAt: 1_900_000_000_000,
      subscriptionType: 'max',
    },
  });

let home: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mainloop-home-'));
  env = { HOME: home, PATH: `${home}/bin:/usr/bin:/bin` };
  return () => rmSync(home, { recursive: true, force: true });
});

function put(path: string, text: string): void {
  mkdirSync(join(home, path, '..'), { recursive: true });
  writeFileSync(join(home, path), text);
}

/** A `security` that knows the items given, and answers 44 for others as the real one does. */
function keychain(items: Readonly<Record<string, string>>): void {
  const cases = Object.entries(items).map(([item, text]) => `"find-generic-password -s ${item} -w") echo '${text}' ;;`);
  put('bin/security', `#!/bin/sh\ncase "$*" in\n${cases.join('\n')}\n*) exit 44 ;;\nesac\n`);
  chmodSync(join(home, 'bin/security'), 0o755);
}

test('where Claude Code never was, nothing is found', async () => {
  expect(await findClaudeCredentials(env, 'linux')).toEqual({});
  expect(await findClaudeCredentials(env, 'darwin')).toEqual({});
});

test('on Linux the subscription is in the credentials file, the key of a Console account in the settings', async () => {
  put('.claude/.credentials.json', stored('sk-ant-oat01-a'));
  put('.claude.json', JSON.stringify({ primaryApiKey: 'sk-ant-api03-k', numStartups: 3 }));
  expect(await findClaudeCredentials(env, 'linux')).toEqual({
    subscription: {
      kind: 'max',
      accessToken: 'sk-ant-oat01-a',
      where: '~/.claude/.credentials.json',
    },
    apiKey: { value: 'sk-ant-api03-k', where: '~/.claude.json' },
  });
});

test('CLAUDE_CONFIG_DIR moves both', async () => {
  put('elsewhere/.credentials.json', stored('sk-ant-oat01-b'));
  put('elsewhere/.claude.json', JSON.stringify({ primaryApiKey: 'sk-ant-api03-e' }));
  const found = await findClaudeCredentials({ ...env, CLAUDE_CONFIG_DIR: join(home, 'elsewhere') }, 'linux');
  expect([found.subscription?.accessToken, found.apiKey?.value]).toEqual(['sk-ant-oat01-b', 'sk-ant-api03-e']);
});

test('on macOS the Keychain is asked, and the file when it has nothing', async () => {
  put('.claude/.credentials.json', stored('sk-ant-oat01-file'));
  keychain({ 'Claude Code': 'sk-ant-api03-chain' });
  const first = await findClaudeCredentials(env, 'darwin');
  expect([first.subscription?.accessToken, first.apiKey?.value]).toEqual(['sk-ant-oat01-file', 'sk-ant-api03-chain']);
  keychain({ 'Claude Code-credentials': stored('sk-ant-oat01-chain') });
  const { subscription } = await findClaudeCredentials(env, 'darwin');
  expect(subscription).toMatchObject({ accessToken: 'sk-ant-oat01-chain', where: expect.stringMatching(/Keychain/) });
});

test('on macOS another settings directory has Keychain items of its own', async () => {
  const directory = join(home, 'work');
  const suffix = createHash('sha256').update(directory).digest('hex').slice(0, 8);
  keychain({ [`Claude Code-credentials-${suffix}`]: stored('sk-ant-oat01-work') });
  const { subscription } = await findClaudeCredentials({ ...env, CLAUDE_CONFIG_DIR: directory }, 'darwin');
  expect(subscription?.accessToken).toBe('sk-ant-oat01-work');
});

test.each(['', '{', '[]', '{"claudeAiOauth":{}}', '{"mcpOAuth":{}}'])(
  'a file that holds %j holds nothing',
  async (text) => {
    put('.claude/.credentials.json', text);
    put('.claude.json', text);
    expect(await findClaudeCredentials(env, 'linux')).toEqual({});
  },
);
