import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fixture, openFixture, repo } from '../fixture.ts';
import type { GitHubPerson } from '../index.ts';

let fixture: Fixture;
let ana: GitHubPerson;
beforeEach(async () => {
  fixture = await openFixture({ actions: { timeoutMs: 20_000 } });
  await fixture.sim.createRepo('acme/web');
  ana = fixture.sim.person('ana', { permission: 'write' });
});
afterEach(() => fixture.close());

const push = (jobs: string, on = 'push', message = 'Add CI') =>
  ana.push('acme/web', 'ci', { '.github/workflows/ci.yml': `name: CI\non: ${on}\njobs:\n${jobs}` }, message);
const jobsOf = async (filter: 'latest' | 'all' = 'latest') => {
  const { rest } = fixture.octokit;
  const { data } = await rest.actions.listWorkflowRunsForRepo({ ...repo, branch: 'ci' });
  const run = data.workflow_runs[0];
  const { data: jobs } = await rest.actions.listJobsForWorkflowRun({ ...repo, run_id: run?.id ?? 0, filter });
  return { run, jobs: jobs.jobs, conclusions: jobs.jobs.map(({ name, conclusion }) => `${name}: ${conclusion}`) };
};
const logOf = async (id: number | undefined) =>
  String((await fixture.octokit.rest.actions.downloadJobLogsForWorkflowRun({ ...repo, job_id: id ?? 0 })).data);

test('steps run in order in a clean environment, and the rest is skipped after a failure', async () => {
  await push(`  build:
    env: {COLOR: blue}
    steps:
      - uses: actions/checkout@v4
      - name: Look
        run: |
          echo "$COLOR $CI $GITHUB_REPOSITORY $(git rev-parse HEAD) [$HOME]"
          printf 'no newline'
      - run: exit 3
      - run: echo never
      - if: always()
        run: echo finally
  after:
    needs: build
    steps: [{run: echo unreachable}]
  beside:
    steps: [{run: echo fine}]
`);
  await fixture.sim.settled();
  const { run, jobs, conclusions } = await jobsOf();
  expect(conclusions.sort()).toEqual(['after: skipped', 'beside: success', 'build: failure']);
  expect(run?.conclusion).toBe('failure');
  const build = jobs.find(({ name }) => name === 'build');
  expect(build?.steps?.map(({ name, conclusion }) => `${name}: ${conclusion}`)).toEqual([
    'Set up job: success',
    'Run actions/checkout@v4: success',
    'Look: success',
    'Run exit 3: failure',
    'Run echo never: skipped',
    'Run echo finally: success',
    'Complete job: success',
  ]);
  const log = await logOf(build?.id);
  expect(log).toContain(`blue true acme/web ${await fixture.sim.head('acme/web', 'ci')} [`);
  expect(log).toMatch(/Z no newline\n\S+Z ##\[group\]Run exit 3\n/);
  expect(log).toContain('##[error]Process completed with exit code 3.');
  expect(log).not.toContain('never');
  const { data: notes } = await fixture.octokit.rest.checks.listAnnotations({ ...repo, check_run_id: build?.id ?? 0 });
  expect(notes).toMatchObject([{ annotation_level: 'failure', message: 'Process completed with exit code 3.' }]);
});

test('a job that needs another has no check run until that has ended; its run tells that something is to come', async () => {
  const { sim, octokit } = fixture;
  sim.actions.gapMs = 1_000;
  const ref = await push(
    '  build:\n    steps: [{run: echo fine}]\n  test:\n    needs: build\n    steps: [{run: exit 1}]\n',
  );
  const checks = async () => {
    const { data } = await octokit.rest.checks.listForRef({ ...repo, ref });
    return data.check_runs.map(({ name, status, conclusion }) => `${name}: ${conclusion ?? status}`);
  };
  await sim.waitFor(async () => (await checks()).includes('build: success'));
  expect(await checks()).toEqual(['build: success']);
  expect(await jobsOf()).toMatchObject({ run: { status: 'in_progress' }, conclusions: ['build: success'] });
  await sim.settled();
  expect((await checks()).sort()).toEqual(['build: success', 'test: failure']);
  expect(await jobsOf()).toMatchObject({ run: { status: 'completed', conclusion: 'failure' } });
});

test('a repository without workflows has no checks, and a broken or unwanted one none either', async () => {
  const { sim, octokit } = fixture;
  const checks = async (ref: string) => (await octokit.rest.checks.listForRef({ ...repo, ref })).data.total_count;
  expect(await checks(await ana.push('acme/web', 'plain', { a: 'a' }, 'A'))).toBe(0);
  expect(await checks(await push('  - [broken', 'push'))).toBe(0);
  const job = '  a:\n    steps: [{run: "true"}]\n';
  expect(await checks(await push(job, '{push: {branches: [main, "release/**"]}}'))).toBe(0);
  expect(await checks(await push(job, 'push', 'Say nothing [skip ci]'))).toBe(0);
  expect(await checks(await push(job, '{push: {branches: ["c*"]}}'))).toBe(1);
  sim.actions.enabled = false;
  expect(await checks(await push(job))).toBe(0);
});

test('a pull request with a conflict runs nothing until the conflict is gone', async () => {
  const { sim, octokit } = fixture;
  await push('  one:\n    steps: [{run: echo fine}]\n', 'pull_request');
  await ana.push('acme/web', 'ci', { 'README.md': 'mine' }, 'Mine');
  const trunk = (await sim.head('acme/web', 'main')) ?? '';
  await ana.push('acme/web', 'main', { 'README.md': 'theirs' }, 'Theirs');
  await octokit.rest.pulls.create({ ...repo, title: 'CI', head: 'ci', base: 'main' });
  await sim.settled();
  expect(sim.actions.started).toBe(0);
  await octokit.rest.git.updateRef({ ...repo, ref: 'heads/main', sha: trunk, force: true });
  await ana.push('acme/web', 'ci', { other: 'x' }, 'More');
  await sim.settled();
  expect(sim.actions.started).toBe(1);
});

test('a failed job is run again as a new attempt', async () => {
  const { sim, octokit } = fixture;
  sim.actions.script({ conclusion: 'failure', job: 'flaky', log: 'network down\n' });
  await push('  flaky:\n    steps: [{run: echo fine}]\n  steady:\n    steps: [{run: echo fine}]\n');
  await sim.settled();
  const first = await jobsOf();
  expect(first.conclusions.sort()).toEqual(['flaky: failure', 'steady: success']);
  expect(await logOf(first.jobs.find(({ name }) => name === 'flaky')?.id)).toBe('network down\n');
  await octokit.rest.actions.reRunWorkflowFailedJobs({ ...repo, run_id: first.run?.id ?? 0 });
  await sim.settled();
  const second = await jobsOf();
  expect(second.run).toMatchObject({ run_attempt: 2, conclusion: 'success' });
  expect(second.conclusions.sort()).toEqual(['flaky: success', 'steady: success']);
  expect((await jobsOf('all')).jobs).toHaveLength(3);
  const ref = first.run?.head_sha ?? '';
  expect((await octokit.rest.checks.listForRef({ ...repo, ref })).data.total_count).toBe(2);
  expect((await octokit.rest.checks.listForRef({ ...repo, ref, filter: 'all' })).data.total_count).toBe(3);
  await octokit.rest.actions.reRunWorkflow({ ...repo, run_id: first.run?.id ?? 0 });
  await sim.settled();
  expect((await jobsOf('all')).jobs).toHaveLength(5);
});

test('a running job can be cancelled, and a hanging one is killed with all it started', async () => {
  const { sim, octokit } = fixture;
  await push('  slow:\n    steps: [{run: "sleep 60 & sleep 60"}]\n');
  await sim.waitFor(async () => (await jobsOf()).jobs[0]?.status === 'in_progress');
  const { run } = await jobsOf();
  await octokit.rest.actions.cancelWorkflowRun({ ...repo, run_id: run?.id ?? 0 });
  await sim.settled();
  expect((await jobsOf()).conclusions).toEqual(['slow: cancelled']);
  await expect(octokit.rest.actions.cancelWorkflowRun({ ...repo, run_id: run?.id ?? 0 })).rejects.toMatchObject({
    status: 409,
  });
  sim.actions.timeoutMs = 300;
  await octokit.rest.actions.reRunWorkflow({ ...repo, run_id: run?.id ?? 0 });
  await sim.settled();
  expect((await jobsOf()).conclusions).toEqual(['slow: timed_out']);
  expect(await logOf((await jobsOf()).jobs[0]?.id)).toContain('##[error]The operation was canceled.');
});

test('a log of 50 MB can be asked for', async () => {
  const { sim } = fixture;
  sim.actions.script({ conclusion: 'failure', log: { bytes: 50_000_000 } });
  await push('  huge:\n    steps: [{run: echo fine}]\n');
  await sim.settled();
  const log = await logOf((await jobsOf()).jobs[0]?.id);
  expect(log.length).toBeGreaterThan(50_000_000);
  expect(log.slice(-200)).toContain('##[error]Process completed with exit code 1.');
});

test('a log link works without a token, for its own job only, and not before the job has ended', async () => {
  const { sim } = fixture;
  sim.actions.delayMs = 300;
  await push('  one:\n    steps: [{run: echo fine}]\n');
  const { jobs } = await jobsOf();
  await expect(logOf(jobs[0]?.id)).rejects.toMatchObject({ status: 404 });
  await sim.settled();
  const path = `${sim.apiUrl}/repos/acme/web/actions/jobs/${jobs[0]?.id}/logs`;
  const { status, headers } = await fetch(path, {
    redirect: 'manual',
    headers: { authorization: `Bearer ${sim.token}` },
  });
  expect(status).toBe(302);
  const link = headers.get('location') ?? '';
  expect(await (await fetch(link)).text()).toContain('fine');
  expect((await fetch(link.replace(/sig=..../, 'sig=0000'))).status).toBe(403);
});
