/** Checks, statuses and Actions as the miniature GitHub remembers them. */
import type { User } from './model.ts';

export type Status = 'queued' | 'in_progress' | 'completed';
export type Conclusion = 'success' | 'failure' | 'neutral' | 'cancelled' | 'skipped' | 'timed_out' | 'action_required';

export interface CommitStatus {
  id: number;
  sha: string;
  state: 'error' | 'failure' | 'pending' | 'success';
  context: string;
  description: string | null;
  targetUrl: string | null;
  creator: User;
  createdAt: string;
}

/** Who made a check: GitHub Actions, or another App with this slug. */
export interface CheckApp {
  id: number;
  slug: string;
  name: string;
}

export interface CheckSuite {
  id: number;
  app: CheckApp;
  headSha: string;
  headBranch: string;
  before: string;
  pulls: number[];
  status: Status;
  conclusion: Conclusion | null;
  createdAt: string;
  updatedAt: string;
}

export interface Annotation {
  path: string;
  line: number;
  level: 'notice' | 'warning' | 'failure';
  title: string | null;
  message: string;
}

export interface CheckRun {
  id: number;
  suite: CheckSuite;
  app: CheckApp;
  name: string;
  headSha: string;
  status: Status;
  conclusion: Conclusion | null;
  startedAt: string | null;
  completedAt: string | null;
  output: { title: string | null; summary: string | null; text: string | null };
  annotations: Annotation[];
}

export interface Step {
  number: number;
  name: string;
  status: Status;
  conclusion: Conclusion | null;
  startedAt: string | null;
  completedAt: string | null;
}

export interface WorkflowRun {
  id: number;
  workflowId: number;
  number: number;
  attempt: number;
  name: string;
  path: string;
  title: string;
  event: string;
  headBranch: string;
  headSha: string;
  actor: User;
  pulls: number[];
  suite: CheckSuite;
  status: Status;
  conclusion: Conclusion | null;
  createdAt: string;
  updatedAt: string;
  startedAt: string;
}

export interface WorkflowJob {
  /** A job and its check run share the id, as on GitHub. */
  id: number;
  run: WorkflowRun;
  attempt: number;
  /** Key in the workflow file. */
  key: string;
  name: string;
  check: CheckRun;
  status: Status;
  conclusion: Conclusion | null;
  createdAt: string;
  startedAt: string | null;
  completedAt: string | null;
  steps: Step[];
  log: Buffer;
}
