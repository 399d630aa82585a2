import { now, pause } from '../clock.ts';
import { announceCheck, announceSuite, emitCheck, worst } from '../domain/checks.ts';
import { pullFacts } from '../domain/pull-events.ts';
import type { RefChange } from '../domain/pushes.ts';
import { readCommit } from '../git/history.ts';
import type { PullIssue, Repo, User } from '../model.ts';
import type { Conclusion, WorkflowJob, WorkflowRun } from '../model-checks.ts';
import type { World } from '../world.ts';
import { announceJob, announceRun } from './announce.ts';
import { executeJob } from './job.ts';
import { createJob, createRun, type RunInput } from './runs.ts';
import { findScript, type JobScript, playScript, type ScriptRule } from './script.ts';
import { branchMatches, readWorkflows, type Workflow, type WorkflowJobFile } from './workflow-file.ts';

const SKIP = /\[(skip ci|ci skip|no ci|skip actions|actions skip)\]/;

export interface ActionsOptions {
  enabled?: boolean;
  /** Jobs at the same time; default 2. */
  concurrency?: number;
  /** Wait before a queued job starts; default 0. */
  delayMs?: number;
  /** Time from the end of what a job needs to its check run, in which only the run tells that something is to come; default 0. */
  gapMs?: number;
  /** A job that runs longer is killed and concludes `timed_out`; default 120 000. */
  timeoutMs?: number;
}

/** The runner: makes runs from workflow files and really executes their jobs, a few at a time. */
export class Actions {
  enabled: boolean;
  delayMs: number;
  gapMs: number;
  timeoutMs: number;
  /** How many jobs were started since the beginning. */
  started = 0;
  private readonly concurrency: number;
  private readonly world: World;
  private readonly aborts = new Map<WorkflowRun, AbortController>();
  private readonly scripts: ScriptRule[] = [];
  private readonly background = new Set<Promise<void>>();
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(world: World, options: ActionsOptions = {}) {
    this.world = world;
    this.enabled = options.enabled ?? true;
    this.delayMs = options.delayMs ?? 0;
    this.gapMs = options.gapMs ?? 0;
    this.timeoutMs = options.timeoutMs ?? 120_000;
    this.concurrency = options.concurrency ?? 2;
    this.free = this.concurrency;
  }

  /** The next jobs that match end as told, without running anything. */
  script(rule: JobScript): void {
    this.scripts.push({ ...rule, left: rule.times ?? 1 });
  }

  async onPush(repo: Repo, branch: string, change: RefChange, actor: User): Promise<void> {
    const { before, after: sha } = change;
    await this.trigger(
      repo,
      { event: 'push', branch, sha, before, actor, title: '', pulls: openPulls(repo, branch) },
      (workflow) => workflow.push !== null && branchMatches(workflow.push, branch),
    );
  }

  /** As on GitHub, a pull request with a merge conflict starts nothing. */
  async onPullRequest(repo: Repo, issue: PullIssue, type: string, actor: User): Promise<void> {
    if (!(await pullFacts(repo, issue)).mergeable) return;
    const { head, base } = issue.pull;
    const input: RunInput = {
      event: 'pull_request',
      branch: head.ref,
      sha: head.sha,
      actor,
      title: issue.title,
      pulls: [issue.number],
    };
    await this.trigger(repo, input, ({ pullRequest }) =>
      Boolean(pullRequest?.types.includes(type) && branchMatches(pullRequest, base.ref)),
    );
  }

  private async trigger(repo: Repo, input: RunInput, applies: (workflow: Workflow) => boolean): Promise<void> {
    if (!this.enabled) return;
    const { message } = await readCommit(repo.directory, input.sha);
    if (SKIP.test(message)) return;
    const title = input.title || (message.split('\n')[0] ?? '');
    for (const workflow of await readWorkflows(repo, input.sha)) {
      if (!applies(workflow) || workflow.jobs.length === 0) continue;
      const run = createRun(this.world, repo, workflow, { ...input, title });
      await this.startAttempt(repo, run, workflow, new Set(workflow.jobs.map((job) => job.key)));
    }
  }

  /** Runs the jobs again, all or only those that did not succeed, as a new attempt. */
  async rerun(repo: Repo, run: WorkflowRun, onlyFailed: boolean, actor: User): Promise<void> {
    const workflow = (await readWorkflows(repo, run.headSha)).find(({ path }) => path === run.path);
    if (!workflow) throw new Error(`workflow ${run.path} is gone`);
    const before = latestJobs(repo, run);
    const keys = workflow.jobs.map((job) => job.key);
    const again = new Set(
      keys.filter((key) => !onlyFailed || before.find((job) => job.key === key)?.conclusion !== 'success'),
    );
    const at = now();
    Object.assign(run, {
      attempt: run.attempt + 1,
      status: 'queued',
      conclusion: null,
      actor,
      updatedAt: at,
      startedAt: at,
    });
    Object.assign(run.suite, { status: 'queued', conclusion: null, updatedAt: at });
    await this.startAttempt(repo, run, workflow, again);
  }

  /** Stops a run; its open jobs conclude `cancelled`. False when it has already ended. */
  cancel(run: WorkflowRun): boolean {
    if (run.status === 'completed') return false;
    this.aborts.get(run)?.abort();
    return true;
  }

  /** Resolves when no run is queued or in progress. */
  async idle(): Promise<void> {
    while (this.background.size > 0) await Promise.allSettled(this.background);
  }

  private async startAttempt(repo: Repo, run: WorkflowRun, workflow: Workflow, keys: Set<string>): Promise<void> {
    const files = workflow.jobs.filter((file) => keys.has(file.key));
    // As on GitHub, a job that needs others has neither entry nor check run until those have ended.
    const first = new Map(
      files
        .filter((file) => !file.needs.some((key) => keys.has(key)))
        .map((file) => [file, createJob(this.world, repo, run, file)]),
    );
    const abort = new AbortController();
    this.aborts.set(run, abort);
    await announceSuite(this.world, repo, run.actor, run.suite, 'requested');
    await announceRun(this.world, repo, run, 'requested');
    for (const job of first.values()) this.announceCreated(repo, job);
    const signal = AbortSignal.any([abort.signal, this.world.closing.signal]);
    const work = this.runJobs(repo, run, workflow, files, first, signal)
      .catch((error: unknown) => {
        // What breaks because the sim is being taken down is nobody's error.
        if (!this.world.closing.signal.aborted) throw error;
      })
      .finally(() => this.background.delete(work));
    this.background.add(work);
  }

  private async runJobs(
    repo: Repo,
    run: WorkflowRun,
    workflow: Workflow,
    files: WorkflowJobFile[],
    first: Map<WorkflowJobFile, WorkflowJob>,
    signal: AbortSignal,
  ): Promise<void> {
    const ends = new Map<string, Promise<void>>();
    for (const file of files) {
      const { key, needs } = file;
      const work = async () => {
        await Promise.all(needs.map((need) => ends.get(need)));
        const job = first.get(file) ?? (await this.createLate(repo, run, file, signal));
        const blocked = needs.some(
          (need) => latestJobs(repo, run).find((other) => other.key === need)?.conclusion !== 'success',
        );
        if (blocked) return this.finish(repo, job, 'skipped');
        await this.slot(() => this.runJob(repo, job, workflow, signal), signal);
      };
      ends.set(key, work());
    }
    await Promise.all(ends.values());
    if (this.world.closing.signal.aborted) return;
    const conclusion = worst(latestJobs(repo, run).map((job) => job.conclusion));
    Object.assign(run, { status: 'completed', conclusion, updatedAt: now() });
    Object.assign(run.suite, { status: 'completed', conclusion, updatedAt: now() });
    await announceRun(this.world, repo, run, 'completed');
    await announceSuite(this.world, repo, run.actor, run.suite, 'completed');
  }

  private async createLate(
    repo: Repo,
    run: WorkflowRun,
    file: WorkflowJobFile,
    signal: AbortSignal,
  ): Promise<WorkflowJob> {
    await pause(this.gapMs, signal);
    this.world.closing.signal.throwIfAborted();
    const job = createJob(this.world, repo, run, file);
    this.announceCreated(repo, job);
    return job;
  }

  private announceCreated(repo: Repo, job: WorkflowJob): void {
    announceCheck(this.world, repo, job.run.actor, job.check, 'created');
    announceJob(this.world, repo, job, 'queued');
  }

  private async slot(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      await pause(this.delayMs, signal);
      await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }

  private async runJob(repo: Repo, job: WorkflowJob, workflow: Workflow, signal: AbortSignal): Promise<void> {
    const { world } = this;
    const file = workflow.jobs.find(({ key }) => key === job.key);
    if (!file) throw new Error(`workflow ${workflow.path} has no job ${job.key}`);
    if (signal.aborted) return this.finish(repo, job, 'cancelled');
    this.started += 1;
    const at = now();
    for (const part of [job, job.check]) Object.assign(part, { status: 'in_progress', startedAt: at });
    const first = job.run.status === 'queued';
    Object.assign(job.run, { status: 'in_progress', updatedAt: at });
    job.run.suite.status = 'in_progress';
    if (first) await announceRun(world, repo, job.run, 'in_progress');
    announceJob(world, repo, job, 'in_progress');
    emitCheck(world, repo, job.check);
    const scripted = findScript(this.scripts, repo, job);
    if (scripted) return this.finish(repo, job, playScript(job, scripted));
    const deadline = AbortSignal.timeout(this.timeoutMs);
    const conclusion = await executeJob({
      world,
      repo,
      job,
      workflow,
      file,
      signal: AbortSignal.any([signal, deadline]),
    });
    this.finish(repo, job, signal.aborted ? 'cancelled' : deadline.aborted ? 'timed_out' : conclusion);
  }

  private finish(repo: Repo, job: WorkflowJob, conclusion: Conclusion): void {
    if (this.world.closing.signal.aborted) return;
    const at = now();
    for (const part of [job, job.check]) Object.assign(part, { status: 'completed', conclusion, completedAt: at });
    for (const step of job.steps.filter(({ status }) => status !== 'completed'))
      Object.assign(step, { status: 'completed', conclusion: conclusion === 'skipped' ? 'skipped' : 'cancelled' });
    const [, message] = /##\[error\](.*)$/m.exec(job.log.subarray(-4096).toString()) ?? [];
    if (message) job.check.annotations = [{ path: '.github', line: 1, level: 'failure', title: null, message }];
    announceCheck(this.world, repo, job.run.actor, job.check, 'completed');
    announceJob(this.world, repo, job, 'completed');
  }
}

/** The newest attempt of every job of a run. */
export function latestJobs(repo: Repo, run: WorkflowRun): WorkflowJob[] {
  return [...new Map(repo.jobs.filter((job) => job.run === run).map((job) => [job.key, job])).values()];
}

function openPulls(repo: Repo, branch: string): number[] {
  return [...repo.issues.values()]
    .filter((issue) => issue.state === 'open' && issue.pull?.head.ref === branch)
    .map((issue) => issue.number);
}
