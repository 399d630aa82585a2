/**
 * What the worker and the broker say to each other over HTTP, all under the attempt's bearer token. This file and its
 * paths are what the worker shares of core.
 */
import { z } from 'zod';

/** Seconds between heartbeats; the attempt is taken for dead after three are missed. */
export const heartbeatSeconds = 10;

/** A file that a person sent, to be fetched under its name. The name is one plain component of a path. */
export const sentFile = z.object({
  id: z.number().int(),
  name: z.string().regex(/^(?!\.)[^/\\\p{Cc}]{1,120}$/u),
  mimeType: z.string(),
  /** Bytes. */
  size: z.number().int(),
});
export type SentFile = z.infer<typeof sentFile>;

/** What a run may hand over: so many files (images, texts, PDF and zip archives, by their bytes), none larger than that. */
export const handOver = { files: 5, bytes: 10 * 1024 * 1024 } as const;

export const job = z.object({
  attempt: z.string(),
  run: z.string(),
  task: z.number().int(),
  kind: z.enum(['plan', 'implement', 'fix', 'address']),
  repo: z.string(),
  base: z.string(),
  branch: z.string(),
  /** Where work in progress is pushed; restored from there when it is ahead of the branch. */
  checkpointRef: z.string(),
  model: z.string(),
  /** The whole instruction for this run, without the repository's own CLAUDE.md / AGENTS.md, which the worker adds. */
  prompt: z.string(),
  /** Resume this Claude session, when the task has one. */
  session: z.string().nullable(),
  /** Named commands to run before the work may be called done; null: find the project's test command. */
  checks: z.array(z.object({ name: z.string(), command: z.string() })).nullable(),
  author: z.object({ name: z.string(), email: z.string() }),
  /** Milliseconds since the epoch after which the run is stopped, whichever of its attempts this is. */
  deadline: z.number(),
  /** What people sent with the task so far. */
  files: z.array(sentFile).default([]),
});
export type Job = z.infer<typeof job>;

const check = z.object({ name: z.string(), command: z.string(), ok: z.boolean(), output: z.string() });
const question = z.object({
  question: z.string(),
  header: z.string(),
  options: z.array(z.object({ label: z.string(), description: z.string() })),
  multiSelect: z.boolean(),
});

/** One line of what the worker does, for progress and the task's log. `seq` counts from 1 within the attempt. */
export const workerEvent = z.object({
  seq: z
    .number()
    .int()
    .positive()
    .lt(2 ** 31 - 1),
  /** Milliseconds since the epoch, by the worker's clock. */
  at: z.number(),
  event: z.discriminatedUnion('type', [
    z.object({ type: z.literal('started'), session: z.string() }),
    z.object({ type: z.literal('says'), text: z.string() }),
    z.object({ type: z.literal('tool'), name: z.string(), summary: z.string() }),
    z.object({ type: z.literal('commit'), sha: z.string(), title: z.string() }),
    z.object({ type: z.literal('checkpoint'), sha: z.string() }),
    z.object({ type: z.literal('check'), name: z.string(), ok: z.boolean() }),
    z.object({ type: z.literal('steered'), id: z.number().int() }),
    z.object({ type: z.literal('log'), text: z.string() }),
  ]),
});
export type WorkerEvent = z.infer<typeof workerEvent>;

export const eventBatch = z.object({ events: z.array(workerEvent).max(500) });
export type EventBatch = z.infer<typeof eventBatch>;

/** What people said to the running worker, and whether it must stop now. */
export const steering = z.object({
  items: z.array(
    z.object({ id: z.number().int(), text: z.string(), by: z.string(), files: z.array(sentFile).default([]) }),
  ),
  stop: z.enum(['cancelled', 'closed', 'budget']).nullable(),
});
export type Steering = z.infer<typeof steering>;

/** What a worker may say that went wrong. What a cluster did to it is not for it to say. */
const workerFailures = [
  'clone_failed',
  'empty_repository',
  'base_not_found',
  'branch_conflict',
  'force_pushed',
  'push_refused',
  'model_refused',
  'model_overloaded',
  'model_not_found',
  'model_forbidden',
  'model_rejected',
  'model_failed',
  'out_of_turns',
  'no_result',
  'claude_failed',
  'claude_died',
  'worker_deadline',
  'worker_failed',
] as const;

/** How the attempt ended, in the worker's words; every claim is checked by the orchestrator. */
export const result = z.discriminatedUnion('type', [
  z.object({ type: z.literal('plan'), summary: z.string(), plan: z.string(), session: z.string() }),
  z.object({
    type: z.literal('work'),
    head: z.string().regex(/^[0-9a-f]{40}$/),
    title: z.string(),
    summary: z.string(),
    checks: z.array(check),
    replies: z.array(z.object({ comment: z.number().int(), text: z.string() })),
    session: z.string(),
  }),
  z.object({ type: z.literal('nothing'), summary: z.string(), session: z.string() }),
  z.object({ type: z.literal('question'), questions: z.array(question).min(1), session: z.string() }),
  z.object({ type: z.literal('stopped'), reason: z.enum(['cancelled', 'closed', 'budget']) }),
  z.object({
    type: z.literal('failed'),
    /** Another than these, be it of another release, is `worker_failed`. */
    code: z.enum(workerFailures).catch('worker_failed'),
    reason: z.string(),
    /** True when another attempt may go better. */
    retryable: z.boolean(),
  }),
]);
export type Result = z.infer<typeof result>;
export type WorkerFailure = (typeof workerFailures)[number];
