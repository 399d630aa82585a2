import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { now } from '../clock.ts';
import { executablePath } from '../config.ts';
import { git } from '../git/command.ts';
import type { Repo } from '../model.ts';
import type { Conclusion, Step, WorkflowJob } from '../model-checks.ts';
import type { World } from '../world.ts';
import { JobLog } from './log.ts';
import { runStep } from './step.ts';
import type { Workflow, WorkflowJobFile, WorkflowStep } from './workflow-file.ts';

/** The steps GitHub shows: "Set up job" first, "Complete job" last, numbered from 1. */
export function plannedSteps(file: WorkflowJobFile): Step[] {
  const names = ['Set up job', ...file.steps.map((step) => step.name), 'Complete job'];
  return names.map((name, index) => ({
    number: index + 1,
    name,
    status: 'queued',
    conclusion: null,
    startedAt: null,
    completedAt: null,
  }));
}

export interface JobContext {
  world: World;
  repo: Repo;
  job: WorkflowJob;
  workflow: Workflow;
  file: WorkflowJobFile;
  signal: AbortSignal;
}

/** Checks out the commit and really runs the job's steps. The caller gives the meaning of an abort. */
export async function executeJob(context: JobContext): Promise<Conclusion> {
  const { world, repo, job, file, signal } = context;
  const log = new JobLog();
  const root = await mkdtemp(join(world.directory, 'runner-'));
  const [cwd, home, scratch] = [join(root, 'work', repo.name), join(root, 'home'), join(root, 'temp')];
  let failed = false;
  try {
    await Promise.all([home, scratch].map((directory) => mkdir(directory, { recursive: true })));
    await begin(job, 0, async () => {
      log.line(`Current runner version: '2.330.0'`);
      await git(root, ['clone', '-q', '--no-checkout', repo.directory, cwd]);
      await git(cwd, ['checkout', '-q', '--detach', job.run.headSha]);
      return 'success';
    });
    for (const [index, step] of file.steps.entries()) {
      const outcome = await begin(job, index + 1, async () => {
        if (signal.aborted) return 'cancelled';
        if (!applies(step, failed)) return 'skipped';
        if (step.run === undefined) {
          log.line(`##[group]Run ${step.uses}`);
          log.line('##[endgroup]');
          return 'success';
        }
        const env = {
          ...environment(context, { cwd, home, scratch }),
          ...context.workflow.env,
          ...file.env,
          ...step.env,
        };
        const code = await runStep({
          script: step.run,
          cwd: join(cwd, step.workingDirectory ?? '.'),
          scratch,
          env,
          log,
          signal,
        });
        return signal.aborted ? 'cancelled' : code === 0 ? 'success' : 'failure';
      });
      if (outcome === 'failure' && !step.continueOnError) failed = true;
    }
    await begin(job, file.steps.length + 1, async () => 'success');
  } finally {
    job.log = log.toBuffer();
    await rm(root, { recursive: true, force: true });
  }
  return failed ? 'failure' : 'success';
}

function applies(step: WorkflowStep, failed: boolean): boolean {
  if (/always\(\)/.test(step.if ?? '')) return true;
  return /failure\(\)/.test(step.if ?? '') ? failed : !failed;
}

async function begin(job: WorkflowJob, index: number, work: () => Promise<Conclusion>): Promise<Conclusion> {
  const step = job.steps[index];
  if (!step) throw new Error(`job ${job.name} has no step ${index}`);
  Object.assign(step, { status: 'in_progress', startedAt: now() });
  const conclusion = await work();
  Object.assign(step, { status: 'completed', conclusion, completedAt: now() });
  return conclusion;
}

function environment(
  { world, repo, job }: JobContext,
  at: { cwd: string; home: string; scratch: string },
): Record<string, string> {
  const { run } = job;
  return {
    PATH: executablePath,
    HOME: at.home,
    TMPDIR: at.scratch,
    LANG: 'C.UTF-8',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: run.actor.login,
    GITHUB_API_URL: world.apiUrl,
    GITHUB_EVENT_NAME: run.event,
    GITHUB_HEAD_REF: run.event === 'pull_request' ? run.headBranch : '',
    GITHUB_JOB: job.key,
    GITHUB_REF: `refs/heads/${run.headBranch}`,
    GITHUB_REF_NAME: run.headBranch,
    GITHUB_REPOSITORY: repo.fullName,
    GITHUB_RUN_ATTEMPT: String(run.attempt),
    GITHUB_RUN_ID: String(run.id),
    GITHUB_RUN_NUMBER: String(run.number),
    GITHUB_SERVER_URL: world.url,
    GITHUB_SHA: run.headSha,
    GITHUB_WORKFLOW: run.name,
    GITHUB_WORKSPACE: at.cwd,
    RUNNER_OS: process.platform === 'darwin' ? 'macOS' : 'Linux',
    RUNNER_TEMP: at.scratch,
  };
}
