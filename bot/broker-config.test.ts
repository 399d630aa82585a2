import { expect, test } from 'vitest';
import { readBrokerConfig } from './broker-config.ts';

const enough = { DOOR_URL: 'http://orchestrator:3001/', ANTHROPIC_API_KEY: 'sk-ant-api03-1' };

test('the door and a key are enough, the rest has defaults', () => {
  expect(readBrokerConfig({ ...enough, EGRESS_HOSTS: ' ' })).toMatchObject({
    ...{ doorUrl: 'http://orchestrator:3001', doorTokenFile: '/var/run/mainloop/token', logLevel: 'info' },
    listen: { host: '0.0.0.0', port: 8080 },
    anthropic: { baseUrl: 'https://api.anthropic.com', apiKey: 'sk-ant-api03-1' },
    egressHosts: expect.arrayContaining(['registry.npmjs.org', 'pypi.org']),
    secrets: ['sk-ant-api03-1'],
  });
});

test('workers use the subscription when there is one', () => {
  const { anthropic } = readBrokerConfig({ ...enough, CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-1' });
  expect(anthropic).toEqual({ baseUrl: 'https://api.anthropic.com', oauthToken: 'sk-ant-oat01-1' });
});

test('everything that is wrong is told at once, by its name and without its value', () => {
  const wrong = {
    ...{
      ANTHROPIC_API_KEY: 'sk-ant- secret',
      BROKER_LISTEN: '8080',
      EGRESS_HOSTS: 'pypi.org,https://x',
      LOG_LEVEL: 'loud',
    },
  };
  const lines = (() => {
    try {
      readBrokerConfig(wrong);
    } catch (error) {
      return (error as Error).message.split('\n');
    }
    return [];
  })();
  expect(lines.map((line) => line.split(' ', 1)[0]).sort()).toEqual([
    'ANTHROPIC_API_KEY',
    'BROKER_LISTEN',
    'DOOR_URL',
    'EGRESS_HOSTS',
    'LOG_LEVEL',
  ]);
  expect(lines).toContain('DOOR_URL is missing');
  expect(lines.join()).not.toContain('secret');
  expect(() => readBrokerConfig({ DOOR_URL: 'http://x' })).toThrow(/ANTHROPIC_API_KEY is missing/);
});
