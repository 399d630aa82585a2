import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examine, findingLine } from './check.ts';
import { checks } from './checks.ts';
import { readConfig } from './config.ts';
import { createWorld, type World } from './demo/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld(1);
});
afterAll(() => world.close());

test('where workers run in a cluster doctor tries no subscription here, and tells what a token lets the broker do', async () => {
  const config = readConfig({
    ...world.environment(1),
    CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-a',
    SANDBOX: 'kubernetes',
    KUBERNETES_WORKER_IMAGE: `registry.example.com/mainloop/worker@sha256:${'a'.repeat(64)}`,
    BROKER_ADDRESS: 'broker:8080',
    DOOR_LISTEN: '0.0.0.0:3001',
  });
  const all = await checks(config, pino({ level: 'silent' }), { thorough: true });
  const accounts = all.filter(({ part }) => ['GITHUB', 'ANTHROPIC', 'CLAUDE'].includes(part));
  expect((await Promise.all(accounts.map(examine))).flat().map(findingLine)).toEqual([
    '✔ GitHub: mainloop-bot (token)',
    expect.stringMatching(/^○ GITHUB_TOKEN goes to the broker as it is.*GitHub App/),
    expect.stringMatching(/^○ GITHUB_TOKEN has the scope workflow/),
    expect.stringMatching(/^✔ Anthropic: /),
    '○ CLAUDE_CODE_OAUTH_TOKEN is not tried: no Claude Code here; the first worker will tell.',
  ]);
});
