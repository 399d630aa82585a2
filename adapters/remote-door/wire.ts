/** What the two halves of the remote door say to each other: `POST /door/NAME` with JSON, unless it says otherwise. */
import { z } from 'zod';
import { repoName } from '../../core/domain/ids.ts';
import type { OpenAttempt, Proof, Remote, Spend } from '../../core/door.ts';
import { eventBatch, job, result, steering } from '../../core/protocol.ts';

const attempt = z.string().regex(/^\d{1,9}\.\d{1,9}\.\d{1,9}$/, 'expected an attempt, e.g. 41.2.1');
const whole = z.number().int().nonnegative();

const openAttempt: z.ZodType<OpenAttempt> = z.object({
  id: attempt,
  run: z.string(),
  task: z.number().int(),
  kind: z.enum(['plan', 'implement', 'fix', 'address']),
  repo: repoName,
  branch: z.string(),
  checkpointRef: z.string(),
  model: z.string(),
  allowedModels: z.array(z.string()),
  budgetLeft: z.number(),
});

/** The broker has identified the attempt: random tokens are not tried here. */
const proof: z.ZodType<Extract<Proof, { attempt: unknown }>> = z.strictObject({
  attempt,
  instance: z.string().max(64).optional(),
}) as z.ZodType<Extract<Proof, { attempt: unknown }>>;

const spend: z.ZodType<Spend> = z.strictObject({
  id: z.string().min(1).max(64),
  model: z.string().max(200),
  inputTokens: whole,
  cachedTokens: whole,
  cacheWriteTokens: whole,
  outputTokens: whole,
  /** Never negative: who tells it must not be able to give money back. */
  usd: z.number().nonnegative().max(10_000),
});

const remote: z.ZodType<Remote> = z.object({ url: z.url(), username: z.string(), password: z.string() });
const nothing = z.strictObject({});

/** A method of the door: what is asked beside the attempt, and what is answered. */
const method = <Ask extends z.ZodRawShape, Answer extends z.ZodType>(ask: Ask, answer: Answer) => ({
  ask: z.strictObject({ attempt, ...ask }),
  answer,
});

/** The methods that take and answer JSON. */
export const methods = {
  admit: { ask: proof, answer: openAttempt.nullable() },
  job: method({}, job),
  events: method({ batch: eventBatch }, steering),
  steering: method({ waitMs: z.number().min(0).max(60_000) }, steering),
  appendSession: method({ entries: z.array(z.looseObject({ uuid: z.string().min(1) })).max(5_000) }, nothing),
  result: method({ result }, nothing),
  spend: method({ spend }, nothing),
  modelAnswered: method(
    { status: z.number().int().min(100).max(999), retryAfterMs: z.number().nonnegative().nullable() },
    nothing,
  ),
  refused: method({ what: z.string().max(1_000) }, nothing),
  mayPush: method({ sha: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/) }, z.string().nullable()),
  gitAccess: method({}, remote),
} as const;

export type MethodName = keyof typeof methods;
export type Ask<M extends MethodName> = z.output<(typeof methods)[M]['ask']>;
export type Answer<M extends MethodName> = z.output<(typeof methods)[M]['answer']>;

/** Those that carry something else: session entries as JSON lines down, a file's bytes down (204: there is none) and up. */
export const streams = {
  loadSession: z.strictObject({ attempt }),
  file: z.strictObject({ attempt, id: z.number().int().positive() }),
  /** In the query, with the bytes as the body. */
  handOver: z.strictObject({ attempt, name: z.string().max(255) }),
} as const;

export const handedOver = z.strictObject({ became: z.enum(['kept', 'empty', 'type', 'too_many']) });

/** A Failure, as it crosses. */
export const failure = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.enum(['retry', 'look', 'never']),
  advice: z.string().optional(),
  retryAfterMs: z.number().optional(),
});

export const root = '/door';
