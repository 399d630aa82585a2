import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ciVerdict } from '../../core/domain/ci.ts';
import { createGitHubSim, type GitHubPerson, type GitHubSim } from '../../sim/github/index.ts';
import { createGitHub, type GitHubHost } from './index.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const repo = 'acme/web';
const workflow = `
name: CI
on: [push, pull_request]
jobs:
  unit:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo before
      - name: Unit tests
        run: node check.js
      - run: echo after
        if: always()
`;
const files = { 'check.js': 'console.log("checking"); process.exit(0);\n', '.github/workflows/ci.yml': workflow };
const broken = { 'check.js': 'console.error("✗ expected 4, got 5"); process.exit(1);\n' };

let sim: GitHubSim;
let github: GitHubHost;
let ana: GitHubPerson;
beforeEach(async () => {
  sim = await createGitHubSim();
  await sim.createRepo(repo, { files });
  ana = sim.person('ana', { permission: 'write' });
  github = createGitHub({ auth: { token: sim.token }, apiUrl: sim.apiUrl, url: sim.url, log: silent });
});
afterEach(() => sim.close());

async function pullRequest(change: Record<string, string>): Promise<string> {
  const head = await ana.push(repo, 'fix', change, 'Change');
  await sim.settled();
  await github.ensurePullRequest(repo, { branch: 'fix', base: 'main', title: 'Fix', body: '' });
  return head;
}

describe('checks', () => {
  it('a commit without any has none, which is not green', async () => {
    await sim.createRepo('acme/quiet');
    const head = (await github.head('acme/quiet', 'main')) ?? '';
    expect(ciVerdict(await github.checks('acme/quiet', head))).toEqual({ state: 'none' });
  });

  it('real Actions on push and pull request make one check per name', async () => {
    const head = await pullRequest({ 'a.txt': 'a' });
    await sim.settled();
    expect(await github.checks(repo, head)).toMatchObject([{ name: 'unit', source: 'check_run', state: 'success' }]);
  });

  it('of two checks with one name the red one counts, whichever ran later', async () => {
    for (const conclusion of ['failure', 'success'] as const) sim.actions.script({ conclusion, job: 'unit' });
    const head = await pullRequest({ 'a.txt': 'a' });
    await sim.settled();
    expect(await github.checks(repo, head)).toMatchObject([{ name: 'unit', state: 'failure' }]);
  });

  it('the run of a reopened pull request replaces the one before', async () => {
    for (const conclusion of ['success', 'failure', 'success'] as const) {
      sim.actions.script({ conclusion, job: 'unit' });
    }
    const head = await pullRequest({ 'a.txt': 'a' });
    await sim.settled();
    expect(await github.checks(repo, head)).toMatchObject([{ state: 'failure' }]);
    const number = sim.prs(repo)[0]?.number ?? 0;
    ana.close(repo, number);
    await ana.reopen(repo, number);
    await sim.settled();
    expect(await github.checks(repo, head)).toMatchObject([{ state: 'success' }]);
  });

  it('other Apps and statuses are read beside, the latest of each, more than a page of them', async () => {
    const head = (await github.head(repo, 'main')) ?? '';
    for (let i = 0; i < 130; i++) await sim.check(repo, { sha: head, name: `check ${i}`, conclusion: 'success' });
    await sim.check(repo, { sha: head, name: 'skipped', conclusion: 'skipped' });
    await sim.check(repo, { sha: head, name: 'late', conclusion: 'timed_out' });
    await sim.check(repo, { sha: head, name: 'asks', conclusion: 'action_required' });
    await sim.status(repo, head, { state: 'failure', context: 'ci/old' });
    await sim.status(repo, head, { state: 'success', context: 'ci/old' });
    await sim.status(repo, head, { state: 'error', context: 'ci/new' });
    await sim.settled();
    const items = await github.checks(repo, head);
    const states = Object.fromEntries(items.map(({ name, state }) => [name, state]));
    expect(items.filter(({ source }) => source === 'check_run').length).toBeGreaterThanOrEqual(133);
    expect(states).toMatchObject({
      'check 129': 'success',
      skipped: 'neutral',
      late: 'timed_out',
      asks: 'action_required',
      'ci/old': 'success',
      'ci/new': 'failure',
    });
  });

  describe('while only the run tells of the job that comes next', () => {
    const needing = `${workflow}  later:\n    needs: unit\n    steps: [{run: exit 1}]\n`;
    let head: string;
    beforeEach(async () => {
      sim.actions.gapMs = 3_000;
      head = await ana.push(repo, 'fix', { '.github/workflows/ci.yml': needing }, 'Change');
      await sim.waitFor(async () => {
        const [unit] = await github.checks(repo, head);
        return unit?.state === 'success';
      });
    });

    it('they are pending, and red in the end', async () => {
      const items = await github.checks(repo, head);
      expect(items).toMatchObject([{ name: 'unit' }, { name: 'workflow CI', source: 'check_run', state: 'pending' }]);
      expect(ciVerdict(items)).toEqual({ state: 'pending', done: 1, total: 2 });
      await sim.settled();
      expect(ciVerdict(await github.checks(repo, head))).toMatchObject({ state: 'red', failed: [{ name: 'later' }] });
    });

    it('a token that may not read check runs sees it too', async () => {
      const door = await refuse('/check-runs', 403);
      const refused = createGitHub({ auth: { token: sim.token }, apiUrl: `${door.url}/api/v3`, log: silent });
      const items = await refused.checks(repo, head);
      door.server.close();
      expect(ciVerdict(items)).toEqual({ state: 'pending', done: 1, total: 2 });
    });

    it.each([403, 404])('a host that answers %i for the runs is believed by its check runs', async (status) => {
      const door = await refuse('/actions/runs', status);
      const blind = createGitHub({ auth: { token: sim.token }, apiUrl: `${door.url}/api/v3`, log: silent });
      const items = await blind.checks(repo, head);
      door.server.close();
      expect(items).toMatchObject([{ name: 'unit', state: 'success' }]);
    });
  });

  it('a suite of another App that stays queued is not waited for', async () => {
    const head = await pullRequest({ 'a.txt': 'a' });
    await sim.settled();
    const { suite } = await sim.check(repo, { sha: head, name: 'lint', conclusion: 'success' });
    Object.assign(suite, { status: 'queued', conclusion: null });
    expect(ciVerdict(await github.checks(repo, head))).toEqual({ state: 'green', total: 2 });
  });

  it('a token that may not read check runs reads the jobs of Actions instead', async () => {
    const head = await pullRequest(broken);
    await sim.settled();
    const door = await refuse('/check-runs', 403);
    const refused = createGitHub({ auth: { token: sim.token }, apiUrl: `${door.url}/api/v3`, log: silent });
    const items = await refused.checks(repo, head);
    door.server.close();
    expect(items).toMatchObject([{ name: 'unit', state: 'failure' }]);
    expect(await github.failureLog(repo, items[0] ?? never(), 5_000)).toContain('expected 4, got 5');
  });
});

describe('failureLog', () => {
  it("is the failed step's part of a real job", async () => {
    const head = await pullRequest(broken);
    await sim.settled();
    const [item] = await github.checks(repo, head);
    const log = await github.failureLog(repo, item ?? never(), 5_000);
    expect(log).toMatch(/^Step "Unit tests": failure\nRun node check.js/);
    expect(log).toContain('✗ expected 4, got 5');
    expect(log.trimEnd().endsWith('##[error]Process completed with exit code 1.')).toBe(true);
    for (const other of ['echo before', 'echo after', '2026-', 'Z ##']) expect(log).not.toContain(other);
  });

  it('of 50 MB is read as a stream and cut to what tells', async () => {
    sim.actions.script({ conclusion: 'failure', job: 'unit', log: { bytes: 50_000_000 } });
    const head = await ana.push(repo, 'fix', { 'a.txt': 'a' }, 'Change');
    await sim.settled();
    const [item] = await github.checks(repo, head);
    const log = await github.failureLog(repo, item ?? never(), 20_000);
    expect(log.length).toBeLessThanOrEqual(20_000);
    expect(log).toContain('not ok - the one test that fails');
    expect(log).toMatch(/… \d+ lines left out …/);
  });

  it('that GitHub has deleted is said, with the step that failed', async () => {
    const head = await pullRequest(broken);
    await sim.settled();
    const [item] = await github.checks(repo, head);
    sim.faults.add({ kind: 'not_found', path: /\/logs$/ });
    expect(await github.failureLog(repo, item ?? never(), 5_000)).toBe(
      'unit: failure in step "Unit tests". Its log is no longer available.',
    );
  });

  it('of another App is what it says of itself, of a status its description', async () => {
    const head = (await github.head(repo, 'main')) ?? '';
    await sim.check(repo, { sha: head, name: 'lint', conclusion: 'failure', summary: 'unused variable x' });
    const targetUrl = 'https://ci.example/1';
    await sim.status(repo, head, { state: 'failure', context: 'ci/a: b', description: 'Build failed', targetUrl });
    const items = await github.checks(repo, head);
    const log = (name: string) => github.failureLog(repo, items.find((item) => item.name === name) ?? never(), 5_000);
    expect(await log('lint')).toContain('unused variable x');
    expect(await log('ci/a: b')).toBe('Build failed\nhttps://ci.example/1');
  });
});

/** The miniature behind a door that refuses some of its answers, as GitHub refuses check runs to a fine-grained token. */
async function refuse(path: string, status: number): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    if (request.url?.includes(path)) {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end('{"message":"Resource not accessible by personal access token"}');
      return;
    }
    const headers = { authorization: request.headers.authorization ?? '' };
    fetch(`${sim.url}${request.url}`, { headers })
      .then(async (answer) => {
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(await answer.text());
      })
      .catch((error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function never(): never {
  throw new Error('no such check');
}
