import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FILES, type Fixture, openFixture, repo } from './fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture.close());

test('an issue becomes a branch, a draft pull request, red checks, green checks and a merge', async () => {
  const { sim, octokit, git, scratch, remote } = fixture;
  await sim.createRepo('acme/web', { files: FILES });
  const { data: issue } = await octokit.rest.issues.create({ ...repo, title: 'Fix it', body: 'please' });
  expect(issue.number).toBe(1);

  await git(scratch, 'clone', '-q', remote(sim.token), 'web');
  const web = join(scratch, 'web');
  await git(web, 'checkout', '-q', '-b', 'fix');
  await writeFile(join(web, 'value'), '2\n');
  await git(web, 'commit', '-qam', 'Break it');
  await git(web, 'push', '-q', 'origin', 'fix');
  const { data: pr } = await octokit.rest.pulls.create({
    ...repo,
    title: 'Fix',
    head: 'fix',
    base: 'main',
    draft: true,
  });
  expect(pr).toMatchObject({ number: 2, draft: true, mergeable_state: 'draft', commits: 1, changed_files: 1 });
  await sim.settled();
  const checks = async (ref: string) => {
    const { data } = await octokit.rest.checks.listForRef({ ...repo, ref });
    return data.check_runs.map((check) => `${check.name}: ${check.conclusion}`);
  };
  expect(await checks(pr.head.sha)).toEqual(['unit: failure', 'unit: failure']);
  const { data: runs } = await octokit.rest.actions.listWorkflowRunsForRepo({ ...repo, head_sha: pr.head.sha });
  const { data: jobs } = await octokit.rest.actions.listJobsForWorkflowRun({
    ...repo,
    run_id: runs.workflow_runs[0]?.id ?? 0,
  });
  expect(jobs.jobs[0]?.steps?.map((step) => [step.number, step.name, step.conclusion])).toEqual([
    [1, 'Set up job', 'success'],
    [2, 'Run actions/checkout@v4', 'success'],
    [3, 'Run node check.js', 'failure'],
    [4, 'Complete job', 'success'],
  ]);
  const log = await octokit.rest.actions.downloadJobLogsForWorkflowRun({ ...repo, job_id: jobs.jobs[0]?.id ?? 0 });
  expect(log.data).toMatch(/^\S+Z ##\[error\]Process completed with exit code 1\.$/m);

  await writeFile(join(web, 'value'), '1 \n');
  await git(web, 'commit', '-qam', 'Mend it');
  await git(web, 'push', '-q', 'origin', 'fix');
  await sim.settled();
  const head = await git(web, 'rev-parse', 'HEAD');
  expect(await checks(head)).toEqual(['unit: success', 'unit: success']);
  await octokit.graphql(
    'mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { isDraft } } }',
    { id: pr.node_id },
  );
  const { data: ready } = await octokit.rest.pulls.get({ ...repo, pull_number: 2 });
  expect(ready).toMatchObject({ draft: false, mergeable: true, mergeable_state: 'clean', head: { sha: head } });
  const { data: merged } = await octokit.rest.pulls.merge({ ...repo, pull_number: 2, sha: head });
  expect(await sim.head('acme/web', 'main')).toBe(merged.sha);
  await git(web, 'fetch', '-q', 'origin');
  expect(await git(web, 'show', 'origin/main:value')).toBe('1');
});
