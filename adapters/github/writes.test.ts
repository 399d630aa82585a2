import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGitHubSim, type FaultKind, type GitHubSim } from '../../sim/github/index.ts';
import { createGitHub, type GitHubHost } from './index.ts';
import { markerOf } from './marker.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const repo = 'acme/web';
const issue = { marker: 'task-1-issue', title: 'Fix the sum', body: 'The plan.', labels: ['mainloop'] };
const pull = { branch: 'mainloop/1-fix', base: 'main', title: 'Fix the sum', body: 'Closes #1' };
/** Ways in which a request fails, with or without having been carried out. */
const faults: FaultKind[] = [
  'error500',
  'error502',
  'error502_after',
  'drop_after',
  'rate_limit',
  'secondary_rate_limit',
];

let sim: GitHubSim;
let github: GitHubHost;
beforeEach(async () => {
  sim = await createGitHubSim();
  await sim.createRepo(repo);
  github = createGitHub({ auth: { token: sim.token }, apiUrl: sim.apiUrl, url: sim.url, log: silent });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await sim.close();
});

async function branchWithCommit(): Promise<void> {
  await github.ensureBranch(repo, pull.branch, 'main');
  await sim.person('ana', { permission: 'write' }).push(repo, pull.branch, { 'a.txt': 'a' }, 'Add a');
}

describe('ensureIssue', () => {
  it('creates the issue with its marker and labels once, and answers the same one ever after', async () => {
    const first = await github.ensureIssue(repo, issue);
    expect(await github.ensureIssue(repo, { ...issue, title: 'Other words' })).toEqual(first);
    expect(sim.issues(repo)).toHaveLength(1);
    expect(sim.issues(repo)[0]?.labels.map((label) => [label.name, label.color])).toEqual([
      ['mainloop', expect.stringMatching(/^[0-9a-f]{6}$/)],
    ]);
    expect(markerOf(sim.issues(repo)[0]?.body)).toBe(issue.marker);
  });

  it.each(faults)('is created exactly once through a %s', async (kind) => {
    sim.faults.add({ kind, method: 'POST', path: /\/issues$/ });
    const made = await github.ensureIssue(repo, issue);
    expect(sim.faults.pending).toBe(0);
    expect(sim.issues(repo).map((each) => each.number)).toEqual([made.number]);
  });

  it('is created exactly once when the answer never comes', async () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 60));
    sim.faults.add({ kind: 'timeout_after', method: 'POST', path: /\/issues$/ });
    await github.ensureIssue(repo, issue);
    expect(sim.issues(repo)).toHaveLength(1);
  });

  it('two callers at once make one issue', async () => {
    const made = await Promise.all([1, 2, 3].map(() => github.ensureIssue(repo, issue)));
    expect(new Set(made.map(({ number }) => number)).size).toBe(1);
    expect(sim.issues(repo)).toHaveLength(1);
  });

  it('is found among more than a hundred newer ones, also when it is closed', async () => {
    const { number } = await github.ensureIssue(repo, issue);
    await github.updateIssue(repo, number, { state: 'closed' });
    for (let i = 0; i < 120; i++) sim.person('mainloop-bot', {}).openIssue(repo, { title: `${i}`, body: '' });
    expect((await github.ensureIssue(repo, issue)).number).toBe(number);
  });

  it("a stranger's issue with our marker is not taken for ours", async () => {
    sim.person('mallory').openIssue(repo, { title: 'x', body: `x\n\n<!-- mainloop:${issue.marker} -->` });
    await github.ensureIssue(repo, issue);
    expect(sim.issues(repo)).toHaveLength(2);
  });

  it('a body of 100,000 characters and a title of 1,000 are cut and keep the marker', async () => {
    await github.ensureIssue(repo, { ...issue, title: 't'.repeat(1_000), body: 'x'.repeat(100_000) });
    const [made] = sim.issues(repo);
    expect(made?.title).toHaveLength(256);
    expect(markerOf(made?.body)).toBe(issue.marker);
  });
});

describe('updateIssue', () => {
  it('sets what is given, leaves the rest, and keeps the marker under a new body', async () => {
    const { number } = await github.ensureIssue(repo, issue);
    await github.updateIssue(repo, number, { body: 'A better plan.' });
    await github.updateIssue(repo, number, { addLabels: ['planned'], removeLabels: ['mainloop', 'never there'] });
    const [made] = sim.issues(repo);
    expect(made).toMatchObject({ title: issue.title, state: 'open' });
    expect(made?.body).toContain('A better plan.');
    expect(markerOf(made?.body)).toBe(issue.marker);
    expect(made?.labels.map((label) => label.name)).toEqual(['planned']);
  });

  it.each(['', `\n\n<!-- mainloop:${issue.marker} -->`])(
    'cuts a body that is too long and keeps the marker: %j',
    async (end) => {
      const { number } = await github.ensureIssue(repo, issue);
      await github.updateIssue(repo, number, { body: 'x'.repeat(100_000) + end });
      const body = sim.issues(repo)[0]?.body ?? '';
      expect(body.length).toBeLessThanOrEqual(65_536);
      expect(body).toContain('the rest is cut');
      expect(markerOf(body)).toBe(issue.marker);
    },
  );
});

describe('ensureComment', () => {
  it('creates one comment and brings its body up to date', async () => {
    const { number } = await github.ensureIssue(repo, issue);
    const first = await github.ensureComment(repo, number, { marker: 'progress', body: 'Working' });
    const second = await github.ensureComment(repo, number, { marker: 'progress', body: 'Done' });
    expect(second).toEqual(first);
    expect(sim.comments(repo, number).map((comment) => comment.body)).toEqual(['Done\n\n<!-- mainloop:progress -->']);
  });

  it.each(faults)('is created exactly once through a %s', async (kind) => {
    const { number } = await github.ensureIssue(repo, issue);
    sim.faults.add({ kind, method: 'POST', path: /\/comments$/ });
    await github.ensureComment(repo, number, { marker: 'progress', body: 'Working' });
    expect(sim.faults.pending).toBe(0);
    expect(sim.comments(repo, number)).toHaveLength(1);
  });

  it('is found behind a hundred others, and a copy of its marker by a stranger is not', async () => {
    const { number } = await github.ensureIssue(repo, issue);
    const ana = sim.person('ana');
    ana.comment(repo, number, 'copied\n\n<!-- mainloop:progress -->');
    for (let i = 0; i < 110; i++) ana.comment(repo, number, `comment ${i}`);
    const { id } = await github.ensureComment(repo, number, { marker: 'progress', body: 'Working' });
    expect((await github.ensureComment(repo, number, { marker: 'progress', body: 'Done' })).id).toBe(id);
    expect(sim.comments(repo, number)).toHaveLength(112);
  });
});

describe('ensureBranch', () => {
  it('makes the branch at the head of its base and leaves one that is there', async () => {
    const main = await sim.head(repo, 'main');
    expect(await github.ensureBranch(repo, pull.branch, 'main')).toBe(main);
    const pushed = await sim.person('ana', { permission: 'write' }).push(repo, pull.branch, { 'a.txt': 'a' }, 'Add a');
    expect(await github.ensureBranch(repo, pull.branch, 'main')).toBe(pushed);
  });

  it.each(faults)('is made through a %s', async (kind) => {
    sim.faults.add({ kind, method: 'POST', path: /\/git\/refs$/ });
    expect(await github.ensureBranch(repo, pull.branch, 'main')).toBe(await sim.head(repo, 'main'));
  });

  it('says when there is no such base', async () => {
    await expect(github.ensureBranch(repo, pull.branch, 'dev')).rejects.toMatchObject({
      code: 'conflict',
      remedy: 'never',
    });
  });
});

describe('ensurePullRequest', () => {
  it('opens a draft once and answers it again', async () => {
    await branchWithCommit();
    const made = await github.ensurePullRequest(repo, pull);
    expect(made).toMatchObject({ draft: true, state: 'open', headBranch: pull.branch, base: 'main' });
    expect((await github.ensurePullRequest(repo, pull)).number).toBe(made.number);
    expect(sim.prs(repo)).toHaveLength(1);
  });

  it.each(faults)('is opened exactly once through a %s', async (kind) => {
    await branchWithCommit();
    sim.faults.add({ kind, method: 'POST', path: /\/pulls$/ });
    await github.ensurePullRequest(repo, pull);
    expect(sim.faults.pending).toBe(0);
    expect(sim.prs(repo)).toHaveLength(1);
  });

  it('two callers at once open one', async () => {
    await branchWithCommit();
    const other = createGitHub({ auth: { token: sim.token }, apiUrl: sim.apiUrl, url: sim.url, log: silent });
    const [a, b] = await Promise.all([github.ensurePullRequest(repo, pull), other.ensurePullRequest(repo, pull)]);
    expect(a.number).toBe(b.number);
  });

  it('a closed one is not taken up again, a reopened one is', async () => {
    await branchWithCommit();
    const first = await github.ensurePullRequest(repo, pull);
    const ana = sim.person('ana', { permission: 'write' });
    ana.close(repo, first.number);
    expect((await github.pullRequest(repo, first.number)).state).toBe('closed');
    const second = await github.ensurePullRequest(repo, pull);
    expect(second.number).not.toBe(first.number);
    ana.close(repo, second.number);
    await ana.reopen(repo, first.number);
    expect((await github.ensurePullRequest(repo, pull)).number).toBe(first.number);
  });

  it('throws no_commits for a branch without any', async () => {
    await github.ensureBranch(repo, pull.branch, 'main');
    await expect(github.ensurePullRequest(repo, pull)).rejects.toMatchObject({ code: 'no_commits', remedy: 'never' });
  });

  it('throws what GitHub says of a branch that is not there', async () => {
    await expect(github.ensurePullRequest(repo, pull)).rejects.toMatchObject({ code: 'conflict', remedy: 'never' });
  });
});

describe('markReady', () => {
  it.each([undefined, 'error502', 'error502_after', 'drop_after'] as const)(
    'makes a draft ready (%s), and again is success',
    async (kind) => {
      await branchWithCommit();
      const { number } = await github.ensurePullRequest(repo, pull);
      if (kind) sim.faults.add({ kind, path: /graphql/ });
      await github.markReady(repo, number);
      await github.markReady(repo, number);
      expect(await github.pullRequest(repo, number)).toMatchObject({ draft: false, state: 'open' });
    },
  );
});

describe('updatePullRequest', () => {
  it('sets what is given and leaves the rest', async () => {
    await branchWithCommit();
    const { number } = await github.ensurePullRequest(repo, pull);
    await github.updatePullRequest(repo, number, { body: 'Summary' });
    expect(sim.prs(repo)[0]).toMatchObject({ title: pull.title, body: 'Summary' });
  });
});
