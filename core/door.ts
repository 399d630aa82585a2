import type { RepoName, TaskNumber } from './domain/ids.ts';
import type { Attempt } from './domain/run.ts';
import type { EventBatch, Job, Result, Steering } from './protocol.ts';

/** What became of a file that a worker handed over; `kept` also when it was kept before. */
export type HandedOver = 'kept' | 'empty' | 'type' | 'too_many';

/** Tokens and dollars of one model call, as the broker counted them. */
export interface Spend {
  readonly model: string;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
}

/** An attempt that showed a good token, with what the broker must know to guard it. */
export interface OpenAttempt extends Attempt {
  readonly repo: RepoName;
  readonly branch: string;
  readonly checkpointRef: string;
  readonly model: string;
  /** Models it may call: the task's own and the small one Claude Code uses for side work. */
  readonly allowedModels: readonly string[];
}

/**
 * What stands behind the broker: the core's side of the worker's door. The broker speaks HTTP and knows the upstreams'
 * credentials; this knows the attempts. Every call is for an attempt that is still open; a closed one gets null from
 * {@link admit}, which is how an attempt is revoked.
 */
export interface Door {
  /** The open attempt of a bearer token, or null. */
  admit(token: string): Promise<OpenAttempt | null>;
  job(attempt: OpenAttempt): Promise<Job>;
  /** Stores events it has not seen (by `seq`), counts as a heartbeat, answers what the worker must know. */
  events(attempt: OpenAttempt, batch: EventBatch): Promise<Steering>;
  /** As {@link events}, waiting up to `waitMs` for something to say. */
  steering(attempt: OpenAttempt, waitMs: number, signal: AbortSignal): Promise<Steering>;
  /** Entries of the task's Claude session in order, each a JSON object with a `uuid`. */
  loadSession(attempt: OpenAttempt): Promise<unknown[]>;
  appendSession(attempt: OpenAttempt, entries: readonly unknown[]): Promise<void>;
  /** The bytes of a file that was sent with the attempt's task; null for every other. */
  file(attempt: OpenAttempt, id: number): Promise<Uint8Array | null>;
  /** Keeps a file for people, once per task and content; it is shown when the run has ended. */
  handOver(attempt: OpenAttempt, name: string, bytes: Uint8Array): Promise<HandedOver>;
  /** Accepts the first result of an attempt; later ones are ignored. */
  result(attempt: OpenAttempt, result: Result): Promise<void>;
  /** Dollars left for the task, at the moment of asking; the broker refuses model calls at or below 0. */
  budgetLeft(task: TaskNumber): Promise<number>;
  spend(attempt: OpenAttempt, spend: Spend): Promise<void>;
  /** How the model's side answered a call: HTTP status, and when it asks to be tried again (milliseconds from now). */
  modelAnswered(attempt: OpenAttempt, status: number, retryAfterMs: number | null): Promise<void>;
}
