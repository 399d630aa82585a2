import { now } from '../clock.ts';
import type { Repo } from '../model.ts';
import type { Conclusion, WorkflowJob } from '../model-checks.ts';
import { hugeLog } from './log.ts';

/** How the next matching jobs shall end. */
export interface JobScript {
  conclusion: Conclusion;
  repo?: string;
  /** The job's name. */
  job?: string;
  sha?: string;
  /** The log as text, or a log of about `bytes` that ends in a failed test. */
  log?: string | { bytes: number };
  /** How many jobs; default 1. */
  times?: number;
}

export type ScriptRule = JobScript & { left: number };

/** Takes one use of the first rule that fits the job. */
export function findScript(rules: ScriptRule[], repo: Repo, job: WorkflowJob): JobScript | undefined {
  const rule = rules.find(
    (candidate) =>
      candidate.left > 0 &&
      (!candidate.repo || candidate.repo === repo.fullName) &&
      (!candidate.job || candidate.job === job.name) &&
      (!candidate.sha || candidate.sha === job.run.headSha),
  );
  if (rule) rule.left -= 1;
  return rule;
}

/** Gives the job the scripted log and steps; the last step before "Complete job" carries the conclusion. */
export function playScript(job: WorkflowJob, script: JobScript): Conclusion {
  const startedAt = now();
  job.log = typeof script.log === 'object' ? hugeLog(script.log.bytes) : Buffer.from(script.log ?? '');
  const completedAt = now();
  for (const [index, step] of job.steps.entries()) {
    const conclusion = index === job.steps.length - 2 ? script.conclusion : 'success';
    Object.assign(step, { status: 'completed', conclusion, startedAt, completedAt });
  }
  return script.conclusion;
}
