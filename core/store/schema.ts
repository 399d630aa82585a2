/** The tables, all in the schema `mainloop`; DBOS keeps its own beside them. Migrations are generated from this file. */

import type { FileRef, MessageRef, Place } from '../domain/chat.ts';
import type { ProposalState } from '../domain/proposal.ts';
import type { RunKind, RunOutcome } from '../domain/run.ts';
import type { Status } from '../domain/task.ts';
import type { Result, WorkerEvent } from '../protocol.ts';
import { json, jsonb, mainloop, ms, text } from './columns.ts';
import {
  bigserial,
  boolean,
  doublePrecision,
  json as exactJson,
  index,
  integer,
  primaryKey,
  serial,
  sql,
  uniqueIndex,
} from './drizzle.ts';

export * from './people-schema.ts';
export * from './web-schema.ts';
export { mainloop };

/** One row, made by the migration: what tells this database's tasks from those of others on the same code host. */
export const installation = mainloop.table('installation', { id: text('id').primaryKey() });

export const projects = mainloop.table('projects', {
  repo: text('repo').primaryKey(),
  defaultBranch: text('default_branch').notNull(),
  url: text('url').notNull(),
  /** Null: find the test command in the repository. */
  checks: jsonb('checks').$type<{ name: string; command: string }[]>(),
  /** A person said that this repository has no CI. */
  withoutCi: boolean('without_ci').notNull().default(false),
  /** Whether who asked for work may confirm and approve it too. */
  selfApproval: boolean('self_approval').notNull().default(true),
  createdAt: ms('created_at').notNull(),
});

export const channels = mainloop.table('channels', {
  /** `platform:space:channel`. */
  key: text('key').primaryKey(),
  repo: text('repo').notNull(),
});

export const conversations = mainloop.table('conversations', {
  key: text('key').primaryKey(),
  place: jsonb('place').$type<Place>().notNull(),
  /** Id of the turn that is answering, or null: the lock that makes turns one at a time. */
  activeTurn: text('active_turn'),
  summary: text('summary').notNull().default(''),
  /** The last message that the summary covers. */
  summaryThrough: ms('summary_through').notNull().default(0),
  createdAt: ms('created_at').notNull(),
});

export const messages = mainloop.table(
  'messages',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    conversation: text('conversation').notNull(),
    role: text('role').$type<'person' | 'assistant'>().notNull(),
    /** The platform's own id of the message; our own replies have the turn's id. */
    external: text('external').notNull(),
    account: text('account'),
    person: integer('person'),
    author: text('author').notNull(),
    text: text('text').notNull(),
    files: jsonb('files').$type<FileRef[]>(),
    ref: jsonb('ref').$type<MessageRef>(),
    /** The message it answers, where the platform has replies beside threads. */
    replyTo: jsonb('reply_to').$type<MessageRef>(),
    /** The turn that answers it; null while it waits. */
    turn: text('turn'),
    at: ms('at').notNull(),
  },
  (t) => [uniqueIndex('messages_external').on(t.external), index('messages_conversation').on(t.conversation, t.id)],
);

/** Every message the program sent and may have to find, edit or recognise again. */
export const posts = mainloop.table(
  'posts',
  {
    /** Names the message for ever, e.g. `proposal:7` or `ask:12:slack:T1:U1`. */
    key: text('key').primaryKey(),
    place: jsonb('place').$type<Place>().notNull(),
    /** `platform:space:channel`, to find a post by a reaction, which carries no thread. */
    channel: text('channel').notNull(),
    /** Null while the post's fate is unknown. */
    messageId: text('message_id'),
    /** What it shows: `proposal:7`, `task:41`, `ask:12`; null for plain replies. */
    subject: text('subject'),
    /** Hash of what was last sent, so that an unchanged card isn't sent again. */
    sent: text('sent'),
    /** True once its final form was sent: it never changes again. */
    settled: boolean('settled').notNull().default(false),
    createdAt: ms('created_at').notNull(),
  },
  (t) => [index('posts_message').on(t.channel, t.messageId), index('posts_subject').on(t.subject)],
);

export const proposals = mainloop.table('proposals', {
  id: serial('id').primaryKey(),
  /** Turn and tool call that made it: a repeated call finds the same proposal. */
  origin: text('origin').notNull().unique(),
  /** The person whose words led to it; null when it was made by an older release. */
  proposer: integer('proposer'),
  conversation: text('conversation').notNull(),
  place: jsonb('place').$type<Place>().notNull(),
  repo: text('repo').notNull(),
  base: text('base').notNull(),
  title: text('title').notNull(),
  brief: text('brief').notNull(),
  model: text('model').notNull(),
  planFirst: boolean('plan_first').notNull(),
  budgetUsd: doublePrecision('budget_usd').notNull(),
  deadlineMinutes: integer('deadline_minutes').notNull(),
  state: text('state').$type<ProposalState>().notNull(),
  createdAt: ms('created_at').notNull(),
  expiresAt: ms('expires_at').notNull(),
  decidedAt: ms('decided_at'),
  decidedBy: text('decided_by'),
  task: integer('task'),
});

export const tasks = mainloop.table('tasks', {
  number: serial('number').primaryKey(),
  proposal: integer('proposal').notNull().unique(),
  conversation: text('conversation').notNull(),
  place: jsonb('place').$type<Place>().notNull(),
  person: integer('person').notNull(),
  repo: text('repo').notNull(),
  base: text('base').notNull(),
  title: text('title').notNull(),
  brief: text('brief').notNull(),
  model: text('model').notNull(),
  planFirst: boolean('plan_first').notNull(),
  budgetUsd: doublePrecision('budget_usd').notNull(),
  spentUsd: doublePrecision('spent_usd').notNull().default(0),
  deadlineMinutes: integer('deadline_minutes').notNull(),
  status: jsonb('status').$type<Status>().notNull(),
  branch: text('branch').notNull(),
  issue: jsonb('issue').$type<{ number: number; url: string }>(),
  pull: jsonb('pull').$type<{ number: number; url: string }>(),
  head: text('head'),
  /** Where the base was when the task's first worker began. */
  baseHead: text('base_head'),
  session: text('session'),
  plan: text('plan'),
  /** Names of checks that a person said to ignore. */
  ignoredChecks: jsonb('ignored_checks').$type<string[]>().notNull().default([]),
  /** Laid to rest while it waited: it has heard all that it was told before. */
  asleep: boolean('asleep').notNull().default(false),
  createdAt: ms('created_at').notNull(),
  endedAt: ms('ended_at'),
});

export const runs = mainloop.table(
  'runs',
  {
    id: text('id').primaryKey(),
    task: integer('task').notNull(),
    n: integer('n').notNull(),
    kind: text('kind').$type<RunKind>().notNull(),
    prompt: text('prompt').notNull(),
    outcome: jsonb('outcome').$type<RunOutcome>(),
    queuedAt: ms('queued_at').notNull(),
    startedAt: ms('started_at'),
    endedAt: ms('ended_at'),
  },
  (t) => [index('runs_task').on(t.task, t.n)],
);

export const attempts = mainloop.table(
  'attempts',
  {
    id: text('id').primaryKey(),
    run: text('run').notNull(),
    task: integer('task').notNull(),
    /** SHA-256 of the bearer token; null until the sandbox is started. */
    tokenHash: text('token_hash'),
    state: text('state').$type<'open' | 'closing' | 'closed'>().notNull(),
    stop: text('stop').$type<'cancelled' | 'closed' | 'budget'>(),
    result: json('result').$type<Result>(),
    heartbeatAt: ms('heartbeat_at').notNull(),
    deadline: ms('deadline').notNull(),
    startedAt: ms('started_at').notNull(),
    closedAt: ms('closed_at'),
  },
  (t) => [uniqueIndex('attempts_token').on(t.tokenHash), index('attempts_run').on(t.run)],
);

export const workerEvents = mainloop.table(
  'worker_events',
  {
    attempt: text('attempt').notNull(),
    /** The worker's own count; between two of its numbers lies what was refused to it. */
    seq: doublePrecision('seq').notNull(),
    task: integer('task').notNull(),
    at: ms('at').notNull(),
    event: json('event').$type<WorkerEvent['event']>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.attempt, t.seq] }),
    index('worker_events_task').on(t.task),
    index('worker_events_commits').on(t.task).where(sql`${t.event}->>'type' = 'commit'`),
  ],
);

export const steers = mainloop.table(
  'steers',
  {
    id: serial('id').primaryKey(),
    origin: text('origin').notNull().unique(),
    task: integer('task').notNull(),
    author: text('author').notNull(),
    text: text('text').notNull(),
    /** The attempt that has taken it; null while it waits for a worker. */
    attempt: text('attempt'),
    at: ms('at').notNull(),
  },
  (t) => [index('steers_task').on(t.task)],
);

export const sessionEntries = mainloop.table(
  'session_entries',
  {
    seq: bigserial('seq', { mode: 'number' }).primaryKey(),
    task: integer('task').notNull(),
    uuid: text('uuid').notNull(),
    /** As it came: nobody looks inside. */
    entry: exactJson('entry').$type<unknown>().notNull(),
  },
  (t) => [uniqueIndex('session_entries_uuid').on(t.task, t.uuid)],
);

/** The append-only history: who did what to which subject, when. */
export const events = mainloop.table(
  'events',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    /** A repeated step writes its event once. */
    key: text('key').notNull().unique(),
    at: ms('at').notNull(),
    actor: text('actor').notNull(),
    subject: text('subject').notNull(),
    type: text('type').notNull(),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
  },
  (t) => [index('events_subject').on(t.subject, t.id)],
);

/** How far something outside was read: `slack:history:C1`, `github:comments:41`. */
export const cursors = mainloop.table('cursors', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
});
