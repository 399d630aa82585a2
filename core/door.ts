import type { AttemptId, RepoName } from './domain/ids.ts';
import type { Attempt } from './domain/run.ts';
import type { EventBatch, Job, Result, Steering } from './protocol.ts';

/** What became of a file that a worker handed over; `kept` also when it was kept before. */
export type HandedOver = 'kept' | 'empty' | 'type' | 'too_many';

/**
 * What lets an attempt in: the token it was given, or its id as somebody trusted has learned it (a cluster, of its pod).
 * `instance` is the installation that the attempt said to belong to; that of another is not let in.
 */
export type Proof = { readonly token: string } | { readonly attempt: AttemptId; readonly instance?: string };

/** Tokens and dollars of one model call, as the broker counted them. */
export interface Spend {
  /** Names the call for ever: told again, it is counted once. */
  readonly id: string;
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
  /** Dollars left for the task when the attempt was admitted; the broker refuses model calls at or below 0. */
  readonly budgetLeft: number;
}

/** A repository's git address (`https://…/owner/name.git`) and a short-lived credential for it alone. */
export interface Remote {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** The remote of the attempt's one repository. */
export type GitAccess = (attempt: OpenAttempt) => Promise<Remote>;

/**
 * What stands behind the broker: the core's side of the worker's door. The broker speaks HTTP and knows the upstreams'
 * credentials; this knows the attempts. Every call is for an attempt that is still open; a closed one gets null from
 * {@link admit}, which is how an attempt is revoked.
 */
export interface Door {
  /** The open attempt that the proof is of, or null. */
  admit(proof: Proof): Promise<OpenAttempt | null>;
  job(attempt: OpenAttempt): Promise<Job>;
  /**
   * Stores events it has not seen (by `seq`), counts as a heartbeat, answers what the worker must know. Throws Failure
   * `full` when the attempt has said more than {@link mostSaid}.
   */
  events(attempt: OpenAttempt, batch: EventBatch): Promise<Steering>;
  /** As {@link events}, waiting up to `waitMs` for something to say. */
  steering(attempt: OpenAttempt, waitMs: number, signal: AbortSignal): Promise<Steering>;
  /** Entries of the task's Claude session in order, each a JSON object with a `uuid`. */
  loadSession(attempt: OpenAttempt): AsyncIterable<unknown>;
  /** Throws Failure `full` when the task's session is larger than {@link mostSaid}. */
  appendSession(attempt: OpenAttempt, entries: readonly unknown[]): Promise<void>;
  /** The bytes of a file that was sent with the attempt's task; null for every other. */
  file(attempt: OpenAttempt, id: number): Promise<Uint8Array | null>;
  /** Keeps a file for people, once per task and content; it is shown when the run has ended. */
  handOver(attempt: OpenAttempt, name: string, bytes: Uint8Array): Promise<HandedOver>;
  /** Accepts the first result of an attempt; later ones are ignored. */
  result(attempt: OpenAttempt, result: Result): Promise<void>;
  /** Counts a call, once; also when the attempt was closed while it ran. */
  spend(attempt: Pick<OpenAttempt, 'id' | 'task'>, spend: Spend): Promise<void>;
  /** How the model's side answered a call: HTTP status, and when it asks to be tried again (milliseconds from now). */
  modelAnswered(attempt: OpenAttempt, status: number, retryAfterMs: number | null): Promise<void>;
  /** Why a commit that the code host has may not become the task's branch, in words for git; null when it may. */
  mayPush(attempt: OpenAttempt, sha: string): Promise<string | null>;
  /** Shows in the task's log that something was refused to the attempt, once for the same words. */
  refused(attempt: OpenAttempt, what: string): Promise<void>;
}

/** What workers may say before nothing more is kept: events of an attempt, bytes of them, bytes of a task's session. */
export const mostSaid = { events: 200_000, eventBytes: 64 * 1024 * 1024, sessionBytes: 512 * 1024 * 1024 } as const;
