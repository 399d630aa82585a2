/** The tables of people: who is served, by which accounts, and the codes that change it. */

import type { Role } from '../domain/policy.ts';
import { jsonb, mainloop, ms, text } from './columns.ts';
import { index, integer, serial } from './drizzle.ts';

export const people = mainloop.table('people', {
  id: serial('id').primaryKey(),
  name: text('name').notNull(),
  role: text('role').$type<Role>().notNull(),
  /** The repositories they may use; null: all. */
  projects: jsonb('projects').$type<string[]>(),
  createdAt: ms('created_at').notNull(),
});

export const accounts = mainloop.table(
  'accounts',
  {
    /** `platform:space:id`. */
    key: text('key').primaryKey(),
    platform: text('platform').notNull(),
    space: text('space').notNull(),
    externalId: text('external_id').notNull(),
    name: text('name').notNull(),
    person: integer('person').notNull(),
    lastSeenAt: ms('last_seen_at').notNull(),
  },
  (t) => [index('accounts_person').on(t.person)],
);

/**
 * One-time codes, hashed. An `owner` code makes the account that enters one an owner, a `pair` code lets in the account it
 * was shown to when an owner enters it, a `link` code joins the account that enters it to the person it was shown to. A
 * `signin` code opens the web page for the person it was sent to.
 */
export const codes = mainloop.table('codes', {
  hash: text('hash').primaryKey(),
  purpose: text('purpose').$type<'owner' | 'pair' | 'link' | 'signin'>().notNull(),
  /** Whom it was shown to; who gets another loses the one before. Null for owner codes. */
  holder: text('holder').unique(),
  /** The account it was shown to, as JSON. */
  account: text('account'),
  expiresAt: ms('expires_at').notNull(),
});

/** Accounts that were joined to a person by a link code. */
export const joins = mainloop.table('joins', {
  id: serial('id').primaryKey(),
  person: integer('person').notNull(),
  /** The account that was joined, and the one on which the code was shown. */
  account: text('account').notNull(),
  through: text('through').notNull(),
  at: ms('at').notNull(),
  undoneAt: ms('undone_at'),
});

/** How often something was tried within its window of time: wrong codes, strangers who write. */
export const limits = mainloop.table('limits', {
  key: text('key').primaryKey(),
  count: integer('count').notNull(),
  since: ms('since').notNull(),
});
