import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { quiet } from '../../core/testing/listener.ts';
import { createSlackSim, type SlackSim, type SlackSimOptions } from '../../sim/slack/index.ts';
import { SCOPES } from './check.ts';
import { createSlack, type SlackOptions } from './index.ts';

async function startSim(options: SlackSimOptions = {}): Promise<SlackSim> {
  const sim = await createSlackSim(options);
  onTestFinished(() => sim.close());
  return sim;
}

function check({ botToken, appToken, apiUrl }: SlackSim, options: Partial<SlackOptions> = {}): Promise<unknown> {
  return createSlack({ botToken, appToken, apiUrl, log: quiet, ...options }).check();
}

test('good settings name the team and the bot', async () => {
  const sim = await startSim();
  expect(await check(sim)).toMatchObject({
    names: { team: 'Acme', bot: sim.botName },
    team: sim.teamId,
    botUser: sim.botUserId,
    scopes: expect.arrayContaining([...SCOPES]),
  });
});

test.each([
  ['a user token as bot token', { botToken: 'xoxp-1' }, 'SLACK_BOT_TOKEN is a user token'],
  ['an app token as bot token', { botToken: 'xapp-1' }, 'SLACK_BOT_TOKEN is an app-level token'],
  ['a bot token as app token', { appToken: 'xoxb-1' }, 'SLACK_APP_TOKEN is a bot token'],
  ['a wrong bot token', { botToken: 'xoxb-wrong' }, 'Slack refuses SLACK_BOT_TOKEN (invalid_auth)'],
  ['a wrong app token', { appToken: 'xapp-wrong' }, 'Slack refuses SLACK_APP_TOKEN (invalid_auth)'],
  ['no app token and no secret', { appToken: undefined }, 'SLACK_APP_TOKEN is missing'],
])('%s is named', async (_, options, message) => {
  const sim = await startSim();
  await expect(check(sim, options)).rejects.toMatchObject({
    message: expect.stringContaining(message),
    code: 'invalid_credentials',
    advice: expect.any(String),
  });
});

test('each missing scope is named', async () => {
  const sim = await startSim({ scopes: SCOPES.filter((scope) => scope !== 'im:write' && scope !== 'files:write') });
  await expect(check(sim)).rejects.toMatchObject({
    code: 'missing_scope',
    message: 'SLACK_BOT_TOKEN lacks the scopes files:write, im:write.',
  });
});

test('an app token without connections:write is named', async () => {
  const sim = await startSim();
  sim.faults.add({ kind: 'error', method: 'apps.connections.open', error: 'missing_scope' });
  await expect(check(sim)).rejects.toMatchObject({
    code: 'missing_scope',
    message: 'SLACK_APP_TOKEN lacks the scope connections:write.',
  });
});

test.each(['adapters/slack/manifest.yaml', 'docs/slack.md'])('%s names the scopes that are checked', async (path) => {
  const text = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
  const named = new Set(text.match(/\b(?:app_mentions|channels|groups|im|chat|files|reactions|users):[a-z]+\b/g));
  expect([...named, 'commands'].sort()).toEqual([...SCOPES].sort());
});
