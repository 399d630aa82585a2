/** The tables of what waits for people, beside those in `schema.ts`. */

import type { Answer, AskBody, AskKind } from '../domain/ask.ts';
import type { Draft } from '../domain/questions.ts';
import type { Quiet } from '../domain/quiet.ts';
import { jsonb, mainloop, ms, text } from './columns.ts';
import { boolean, doublePrecision, index, integer, primaryKey, serial, sql } from './drizzle.ts';

export const asks = mainloop.table(
  'asks',
  {
    id: serial('id').primaryKey(),
    /** The place in the task's workflow that asks: a repeated step finds the same ask. */
    origin: text('origin').notNull().unique(),
    task: integer('task').notNull(),
    kind: text('kind').$type<AskKind>().notNull(),
    body: jsonb('body').$type<AskBody>().notNull(),
    state: text('state').$type<'open' | 'answered' | 'withdrawn'>().notNull(),
    answer: jsonb('answer').$type<Answer>(),
    /** Answers to some of its questions. */
    draft: jsonb('draft').$type<Draft>(),
    /** Whom somebody handed it to, and who did, by name. */
    delegated: jsonb('delegated').$type<{ to: string; by: string }>(),
    /** When everybody else who may answer is asked; null when they never are, or were. */
    escalateAt: ms('escalate_at'),
    answeredBy: text('answered_by'),
    answeredOn: text('answered_on'),
    createdAt: ms('created_at').notNull(),
    answeredAt: ms('answered_at'),
  },
  (t) => [index('asks_task').on(t.task), index('asks_escalate').on(t.escalateAt).where(sql`state = 'open'`)],
);

/** Whom an ask was put to, and when they hear of it next. */
export const askings = mainloop.table(
  'askings',
  {
    ask: integer('ask').notNull(),
    person: integer('person').notNull(),
    /** How often they heard of it: its card first, then reminders. */
    told: integer('told').notNull(),
    /** When they hear of it next; null: never by themselves. */
    dueAt: ms('due_at'),
    /** Until when they want to hear nothing of it. */
    snoozedUntil: ms('snoozed_until'),
    /** Whether they are reminded: it is theirs to answer. The others got its card once. */
    reminds: boolean('reminds').notNull(),
  },
  (t) => [primaryKey({ columns: [t.ask, t.person] }), index('askings_due').on(t.dueAt)],
);

/** How a person wants to be asked. No row: in the DM they used last, at any hour. */
export const inboxes = mainloop.table('inboxes', {
  person: integer('person').primaryKey(),
  /** Platforms in whose DMs asks are shown, all of them; null: the one used last. */
  surfaces: jsonb('surfaces').$type<readonly string[]>(),
  /** IANA name, e.g. `Europe/Berlin`; null: the machine's. */
  zone: text('zone'),
  quiet: jsonb('quiet').$type<Quiet>(),
  /** When the quiet hours end that come or last now; the digest is due then. Null without quiet hours. */
  digestAt: ms('digest_at'),
});

/** What tasks cost, by quarter of an hour: every time zone's days begin at one. */
export const spending = mainloop.table(
  'spending',
  {
    task: integer('task').notNull(),
    /** Beginning of the quarter of an hour. */
    at: ms('at').notNull(),
    usd: doublePrecision('usd').notNull(),
  },
  (t) => [primaryKey({ columns: [t.task, t.at] }), index('spending_at').on(t.at)],
);

/** Model calls that were paid for, so that one which is told twice is counted once. */
export const charges = mainloop.table('charges', { id: text('id').primaryKey() });
