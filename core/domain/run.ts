import type { AttemptId, RunId, TaskNumber } from './ids.ts';

/** Why a worker runs: `plan` reads only; `implement` builds; `fix` mends red CI or a conflict; `address` answers review. */
export type RunKind = 'plan' | 'implement' | 'fix' | 'address';

export interface Run {
  readonly id: RunId;
  readonly task: TaskNumber;
  readonly kind: RunKind;
}

/**
 * What a cluster did to an attempt. `moved`: its node was drained, or needed for something else; `killed`: somebody deleted
 * it; `node_lost`: its node answers no more; `no_room`: no node took it in time. The last five never begin, however often it
 * is tried: too much memory or disk for the task's own limits, a template that the cluster's policies reject, an image that
 * can't be had, a setting that is wrong.
 */
export type SandboxCause =
  | 'out_of_memory'
  | 'disk_full'
  | 'deadline'
  | 'moved'
  | 'killed'
  | 'node_lost'
  | 'no_room'
  | 'quota'
  | 'rejected'
  | 'image'
  | 'misconfigured';

/** What ended an attempt, as the run workflow hears it. */
export type AttemptEnd =
  | { type: 'result' }
  | { type: 'died'; reason: 'exited' | 'silent' | 'deadline' | 'lost' | SandboxCause; detail: string }
  | { type: 'budget' }
  | { type: 'cancel' };

/** A run's outcome for its task. `failed` is told to a person; `lost` runs were already retried. */
export type RunOutcome =
  | { type: 'planned'; plan: string; summary: string }
  | {
      type: 'done';
      head: string;
      summary: string;
      title: string;
      checks: readonly CheckResult[];
      replies: readonly ReviewReply[];
    }
  | { type: 'question'; questions: readonly Question[] }
  | { type: 'nothing'; summary: string }
  | { type: 'budget' }
  | { type: 'cancelled' }
  | { type: 'failed'; code: string; reason: string; advice: string };

/** One named check that the worker ran before it may finish (the project's tests, later language servers and linters). */
export interface CheckResult {
  readonly name: string;
  readonly command: string;
  readonly ok: boolean;
  /** The end of its output, at most 4,000 characters. */
  readonly output: string;
}

/** An answer to one review comment, by the comment's id on the code host. */
export interface ReviewReply {
  readonly comment: number;
  readonly text: string;
}

/** As Claude Code's AskUserQuestion has it. */
export interface Question {
  readonly question: string;
  readonly header: string;
  readonly options: readonly { readonly label: string; readonly description: string }[];
  readonly multiSelect: boolean;
}

export interface Attempt {
  readonly id: AttemptId;
  readonly run: RunId;
  readonly task: TaskNumber;
  readonly kind: RunKind;
}
