import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Hono } from 'hono';
import { requireRead, requireWrite } from '../access.ts';
import { latestJobs } from '../actions/actions.ts';
import { headCommit } from '../actions/announce.ts';
import { forbidden, GitHubApiError, notFound } from '../errors.ts';
import type { Repo } from '../model.ts';
import type { WorkflowJob } from '../model-checks.ts';
import { jobShape, workflowRunShape } from '../shapes/workflow.ts';
import type { World } from '../world.ts';
import { type Ctx, type Env, numberOf, page, repoOf } from './context.ts';

/** GitHub Actions: runs, jobs, logs. */
export function actionsRoutes(api: Hono<Env>, world: World): void {
  const readable = (c: Ctx) => {
    const repo = repoOf(world, c);
    requireRead(repo, c.var.actor, 'actions');
    return repo;
  };
  const runOf = (c: Ctx, repo: Repo) => {
    const run = repo.runs.find((known) => known.id === numberOf(c, 'id'));
    if (!run) throw notFound();
    return run;
  };
  api.get('/repos/:owner/:repo/actions/runs', async (c) => {
    const repo = readable(c);
    const { head_sha: sha, branch, event, status } = c.req.query();
    const found = repo.runs
      .filter(
        (run) =>
          (!sha || run.headSha === sha) &&
          (!branch || run.headBranch === branch) &&
          (!event || run.event === event) &&
          (!status || run.status === status || run.conclusion === status),
      )
      .reverse();
    const shaped = page(world, c, found).map(async (run) =>
      workflowRunShape(world, repo, run, await headCommit(world, repo, run.headSha)),
    );
    return c.json({ total_count: found.length, workflow_runs: await Promise.all(shaped) });
  });
  api.get('/repos/:owner/:repo/actions/runs/:id{[0-9]+}', async (c) => {
    const repo = readable(c);
    const run = runOf(c, repo);
    return c.json(workflowRunShape(world, repo, run, await headCommit(world, repo, run.headSha)));
  });
  api.get('/repos/:owner/:repo/actions/runs/:id{[0-9]+}/jobs', (c) => {
    const repo = readable(c);
    const run = runOf(c, repo);
    const jobs = c.req.query('filter') === 'all' ? repo.jobs.filter((job) => job.run === run) : latestJobs(repo, run);
    return c.json({ total_count: jobs.length, jobs: page(world, c, jobs).map((job) => jobShape(world, repo, job)) });
  });
  for (const [path, onlyFailed] of [
    ['rerun', false],
    ['rerun-failed-jobs', true],
  ] as const)
    api.post(`/repos/:owner/:repo/actions/runs/:id{[0-9]+}/${path}`, async (c) => {
      const repo = readable(c);
      const user = requireWrite(repo, c.var.actor, 'actions');
      const run = runOf(c, repo);
      if (run.status !== 'completed') throw forbidden('The workflow run is still in progress');
      await world.actions.rerun(repo, run, onlyFailed, user);
      return c.json({}, 201);
    });
  api.post('/repos/:owner/:repo/actions/runs/:id{[0-9]+}/cancel', (c) => {
    const repo = readable(c);
    requireWrite(repo, c.var.actor, 'actions');
    if (!world.actions.cancel(runOf(c, repo)))
      throw new GitHubApiError(409, 'Cannot cancel a workflow run that is completed.');
    return c.json({}, 202);
  });
  const jobOf = (c: Ctx, repo: Repo) => {
    const job = repo.jobs.find((known) => known.id === numberOf(c, 'id'));
    if (!job) throw notFound();
    return job;
  };
  api.get('/repos/:owner/:repo/actions/jobs/:id{[0-9]+}', (c) => {
    const repo = readable(c);
    return c.json(jobShape(world, repo, jobOf(c, repo)));
  });
  api.get('/repos/:owner/:repo/actions/jobs/:id{[0-9]+}/logs', (c) => {
    const repo = readable(c);
    if (!c.var.actor.user) throw forbidden('Must have admin rights to Repository.');
    const job = jobOf(c, repo);
    // The log exists only once the job has ended.
    if (job.status !== 'completed') throw notFound();
    return c.redirect(logUrl(world, repo, job), 302);
  });
}

const LINK_LIFETIME_MS = 60_000;

function logUrl(world: World, repo: Repo, job: WorkflowJob): string {
  const expires = Date.now() + LINK_LIFETIME_MS;
  return `${world.url}/_logs/${repo.id}/${job.id}?expires=${expires}&sig=${signature(world, job.id, expires)}`;
}

function signature(world: World, job: number, expires: number): string {
  return createHmac('sha256', world.app.privateKey).update(`${job}:${expires}`).digest('hex');
}

/** The plain text behind a signed link, which works for a minute and without a token. */
export function logDownload(root: Hono<Env>, world: World): void {
  root.get('/_logs/:repo/:job', (c) => {
    const expires = Number(c.req.query('expires'));
    const given = Buffer.from(c.req.query('sig') ?? '');
    const wanted = Buffer.from(signature(world, numberOf(c, 'job'), expires));
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted) || expires < Date.now())
      return c.text('Server failed to authenticate the request.', 403);
    const repo = [...world.repos.values()].find(({ id }) => id === numberOf(c, 'repo'));
    const job = repo?.jobs.find(({ id }) => id === numberOf(c, 'job'));
    if (!job) return c.text('The specified blob does not exist.', 404);
    return c.body(new Uint8Array(job.log), 200, { 'content-type': 'text/plain' });
  });
}
