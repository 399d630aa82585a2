import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGitHubSim, type GitHubSim } from '../../sim/github/index.ts';
import { createGitHub, type GitHubHost } from './index.ts';

let sim: GitHubSim;
let host: GitHubHost;
beforeAll(async () => {
  sim = await createGitHubSim();
  host = createGitHub({ auth: { token: sim.token }, apiUrl: sim.apiUrl, url: sim.url, log: pino({ level: 'silent' }) });
});
afterAll(() => sim.close());

test('the guarded files of a commit are told by their content, and those that are not there', async () => {
  const files = { 'a.txt': 'a', '.github/workflows/ci.yml': 'on: push\n', 'docs/CODEOWNERS': '* @ana\n' };
  await sim.createRepo('acme/web', { files });
  const main = (await host.head('acme/web', 'main')) ?? '';
  const before = await host.guarded('acme/web', main);
  expect(before).toEqual({
    '.github/workflows': expect.stringMatching(/^[0-9a-f]{40}$/),
    '.github/CODEOWNERS': null,
    CODEOWNERS: null,
    'docs/CODEOWNERS': expect.stringMatching(/^[0-9a-f]{40}$/),
  });
  const ana = sim.person('ana', { permission: 'write' });
  await ana.push('acme/web', 'other', { ...files, 'a.txt': 'b' }, 'Other');
  await ana.push('acme/web', 'evil', { ...files, '.github/workflows/evil.yml': 'on: push\n' }, 'Evil');
  const [other = '', evil = ''] = [await host.head('acme/web', 'other'), await host.head('acme/web', 'evil')].map(
    String,
  );
  expect(await host.guarded('acme/web', other)).toEqual(before);
  expect((await host.guarded('acme/web', evil))['.github/workflows']).not.toBe(before['.github/workflows']);
  expect(await host.mergeBase('acme/web', other, evil)).toBe(main);
});
