import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError, environment, readConfig, strayLines } from './config.ts';
import { settings } from './settings.ts';

const enough = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  GITHUB_TOKEN: 'github_pat_1',
  ANTHROPIC_API_KEY: 'sk-ant-api03-1',
};
const problemsOf = (env: NodeJS.ProcessEnv): string[] => {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
};
const temporary = () => {
  const directory = mkdtempSync(join(tmpdir(), 'mainloop-config-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
};
const key = () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();

describe('readConfig', () => {
  test('credentials alone are enough, the rest has defaults', () => {
    expect(readConfig(enough)).toMatchObject({
      slack: { botToken: 'xoxb-1', appToken: 'xapp-1', apiUrl: 'https://slack.com/api/' },
      github: {
        auth: { kind: 'token', token: 'github_pat_1' },
        apiUrl: 'https://api.github.com',
        url: 'https://github.com',
      },
      anthropic: { apiKey: 'sk-ant-api03-1', baseUrl: 'https://api.anthropic.com' },
      chatModel: 'claude-sonnet-5-5',
      workerModel: 'claude-opus-5-5',
      port: 3000,
      publicUrl: 'http://localhost:3000',
      logLevel: 'info',
      projects: [],
      owners: [],
    });
  });

  test('every problem is told at once, with variable and example', () => {
    const lines = problemsOf({
      ...enough,
      ANTHROPIC_API_KEY: '',
      PORT: 'http',
      PROJECTS: 'web',
      OWNERS: 'ana,slack:T1/U1',
    });
    expect(lines).toEqual([
      'ANTHROPIC_API_KEY is missing, e.g. sk-ant-api03-a',
      'PROJECTS "web" is not owner/repo, e.g. acme/web,acme/api',
      'OWNERS "ana" is not an account, e.g. slack:T012AB3C4/U012AB3C4,discord:80351110224678912,telegram:123456789',
      'PORT expected a whole number from 1 to 65535, e.g. 3000',
    ]);
  });

  test('an empty environment names what is needed and nothing else', () => {
    expect(problemsOf({}).map((line) => line.split(' ')[0])).toEqual(['GITHUB_TOKEN', 'ANTHROPIC_API_KEY']);
  });

  test('a bot token needs an app token or a signing secret', () => {
    expect(problemsOf({ ...enough, SLACK_APP_TOKEN: '' })[0]).toMatch(/^SLACK_APP_TOKEN .*SLACK_SIGNING_SECRET/);
    expect(readConfig({ ...enough, SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: 's' }).slack?.signingSecret).toBe('s');
  });

  test('no chat platform is needed', () => {
    const config = readConfig({ GITHUB_TOKEN: 'github_pat_1', ANTHROPIC_API_KEY: 'sk-ant-api03-1' });
    expect([config.slack, config.discord, config.telegram, config.terminal]).toEqual(Array(4).fill(undefined));
  });

  test('any one chat platform is enough, and half of one is a mistake', () => {
    const { SLACK_BOT_TOKEN: _bot, SLACK_APP_TOKEN: _app, ...rest } = enough;
    const config = readConfig({ ...rest, TELEGRAM_BOT_TOKEN: '1:t', TELEGRAM_WEBHOOK_SECRET: 'a-b' });
    expect(config.slack).toBeUndefined();
    expect(config.telegram).toEqual({ token: '1:t', apiUrl: 'https://api.telegram.org', webhookSecret: 'a-b' });
    expect(problemsOf({ ...rest, TELEGRAM_BOT_TOKEN: '1:t', SLACK_APP_TOKEN: 'xapp-1' })[0]).toMatch(
      /^SLACK_BOT_TOKEN is missing, SLACK_APP_TOKEN needs it/,
    );
    expect(problemsOf({ ...enough, TELEGRAM_WEBHOOK_SECRET: 'a' })[0]).toMatch(/^TELEGRAM_BOT_TOKEN is missing/);
    expect(problemsOf({ ...enough, TELEGRAM_BOT_TOKEN: '1:t', TELEGRAM_WEBHOOK_SECRET: 'ä' })[0]).toMatch(
      /^TELEGRAM_WEBHOOK_SECRET expected/,
    );
  });

  test('swapped tokens are noticed', () => {
    expect(problemsOf({ ...enough, SLACK_BOT_TOKEN: 'xapp-1', SLACK_APP_TOKEN: 'xoxb-1' })).toHaveLength(2);
    expect(problemsOf({ ...enough, ANTHROPIC_API_KEY: 'sk-ant-oat01-1' })[0]).toMatch(/CLAUDE_CODE_OAUTH_TOKEN/);
  });

  test('an OAuth token does not replace the API key', () => {
    expect(problemsOf({ ...enough, ANTHROPIC_API_KEY: '', CLAUDE_CODE_OAUTH_TOKEN: 'o' })[0]).toMatch(
      /^ANTHROPIC_API_KEY .*serves workers only/,
    );
  });

  test('GitHub takes a token or an App, not both and not half', () => {
    const { GITHUB_TOKEN: _, ...rest } = enough;
    expect(problemsOf({ ...enough, GITHUB_APP_ID: '1' })[0]).toMatch(/^GITHUB_TOKEN .*both set/);
    expect(problemsOf({ ...rest, GITHUB_APP_ID: '1' })[0]).toMatch(/^GITHUB_APP_PRIVATE_KEY is missing/);
    expect(problemsOf({ ...rest, GITHUB_APP_PRIVATE_KEY: key() })[0]).toMatch(/^GITHUB_APP_ID is missing/);
    expect(problemsOf({ ...rest, GITHUB_APP_ID: '1', GITHUB_APP_PRIVATE_KEY: '-----BEGIN' })[0]).toMatch(/PEM/);
  });

  test.each([
    ['PEM text', (pem: string) => pem],
    ['text with written-out line ends', (pem: string) => pem.replaceAll('\n', '\\n')],
    [
      'a file',
      (pem: string) => {
        const file = join(temporary(), 'key.pem');
        writeFileSync(file, pem);
        return file;
      },
    ],
  ])('the private key is taken as %s', (_, spell) => {
    const pem = key();
    const { GITHUB_TOKEN: _token, ...rest } = enough;
    const { github, secrets } = readConfig({ ...rest, GITHUB_APP_ID: '1', GITHUB_APP_PRIVATE_KEY: spell(pem) });
    const { auth } = github;
    expect(auth.kind === 'app' && auth.privateKey.trim()).toBe(pem.trim());
    expect(secrets.map((secret) => secret.trim())).toContain(pem.trim());
  });

  test('owners are parsed by platform', () => {
    expect(readConfig({ ...enough, OWNERS: 'slack:T1/U1, discord:42 telegram:7' }).owners).toEqual([
      { platform: 'slack', space: 'T1', id: 'U1' },
      { platform: 'discord', space: '', id: '42' },
      { platform: 'telegram', space: '', id: '7' },
    ]);
  });

  test.each([
    [{ GITHUB_URL: 'https://git.acme.com/' }, 'https://git.acme.com/api/v3', 'https://git.acme.com'],
    [{ GITHUB_API_URL: 'https://git.acme.com/api/v3/' }, 'https://git.acme.com/api/v3', 'https://git.acme.com'],
    [{ GITHUB_URL: 'https://acme.ghe.com' }, 'https://api.acme.ghe.com', 'https://acme.ghe.com'],
    [{ GITHUB_API_URL: 'http://127.0.0.1:9' }, 'http://127.0.0.1:9', 'http://127.0.0.1:9'],
  ])('GitHub addresses %j', (env, apiUrl, url) => {
    expect(readConfig({ ...enough, ...env }).github).toMatchObject({ apiUrl, url });
  });

  test('a Slack API address keeps its one slash at the end', () => {
    for (const given of ['http://127.0.0.1:9/api', 'http://127.0.0.1:9/api/']) {
      expect(readConfig({ ...enough, SLACK_API_URL: given }).slack?.apiUrl).toBe('http://127.0.0.1:9/api/');
    }
  });

  test('Discord alone is enough', () => {
    const { SLACK_BOT_TOKEN: _, SLACK_APP_TOKEN: __, ...rest } = enough;
    const config = readConfig({ ...rest, DISCORD_TOKEN: 'd' });
    expect(config.slack).toBeUndefined();
    expect(config.discord).toEqual({ token: 'd', apiUrl: 'https://discord.com/api' });
  });

  test('the secrets are listed for the log, the password of the database too', () => {
    const { secrets } = readConfig({ ...enough, DATABASE_URL: 'postgres://u:p%40ss@h/d' });
    expect(secrets).toEqual(expect.arrayContaining(['xoxb-1', 'xapp-1', 'github_pat_1', 'sk-ant-api03-1', 'p@ss']));
  });
});

describe('environment', () => {
  test('the real environment wins over .env', () => {
    const file = join(temporary(), '.env');
    writeFileSync(file, 'PORT=1\nLOG_LEVEL="debug" # quiet\n');
    expect(environment(file, { PORT: '2' })).toEqual({ PORT: '2', LOG_LEVEL: 'debug' });
  });

  test('a misspelt name in .env is said', () => {
    const file = join(temporary(), '.env');
    writeFileSync(file, 'PORT=1\nSLAK_APP_TOKEN=xapp-1\n');
    expect(strayLines(file)).toEqual([expect.stringContaining('SLAK_APP_TOKEN')]);
  });

  test('a missing .env is no problem', () => {
    expect(environment(join(temporary(), '.env'), { PORT: '2' })).toEqual({ PORT: '2' });
  });
});

test('.env.example lists every setting with its default, and no other', () => {
  const example = parseEnv(readFileSync(new URL('../.env.example', import.meta.url), 'utf8'));
  const fallbacks = Object.entries(settings).map(([name, { fallback }]) => [name, fallback ?? '']);
  expect(example).toEqual(Object.fromEntries(fallbacks));
});
