/** The tables of the web page: its chat, who is signed in, and what changed since a page was drawn. */

import type { Doc, Emoji, FileRef } from '../domain/chat.ts';
import { bytea, jsonb, mainloop, ms, text } from './columns.ts';
import { bigint, bigserial, boolean, customType, index, integer, primaryKey, serial, sql } from './drizzle.ts';

/** What people and the bot say to each other on the page: one conversation for each person. */
export const webMessages = mainloop.table(
  'web_messages',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    /** Whose conversation it is. */
    person: integer('person').notNull(),
    author: text('author').$type<'bot' | 'person'>().notNull(),
    /** Names the message for ever: the key of a post, the id under which a person said it. */
    key: text('key').notNull().unique(),
    /** What the bot says; null for what a person says. */
    doc: jsonb('doc').$type<Doc>(),
    /** What the person says; empty for what the bot says. */
    text: text('text').notNull().default(''),
    files: jsonb('files').$type<readonly FileRef[]>().notNull().default([]),
    botReactions: jsonb('bot_reactions').$type<readonly Emoji[]>().notNull().default([]),
    personReactions: jsonb('person_reactions').$type<readonly Emoji[]>().notNull().default([]),
    /** A reply that is still growing, or that a crash cut off. */
    streaming: boolean('streaming').notNull().default(false),
    /** The button, command or form that it answers, by the id under which it came in; null for all else. */
    answerTo: text('answer_to'),
    at: ms('at').notNull(),
    editedAt: ms('edited_at'),
  },
  (t) => [index('web_messages_person').on(t.person, t.id)],
);

/** The bytes of what stands in the page's chat. */
export const webFiles = mainloop.table('web_files', {
  id: serial('id').primaryKey(),
  person: integer('person').notNull(),
  name: text('name').notNull(),
  mimeType: text('mime_type').notNull(),
  bytes: bytea('bytes').notNull(),
  at: ms('at').notNull(),
});

/** In whose conversation the assistant is at work, and until when that is believed. */
export const webWorking = mainloop.table('web_working', {
  person: integer('person').primaryKey(),
  until: ms('until').notNull(),
});

/** Who is signed in. */
export const sessions = mainloop.table(
  'sessions',
  {
    /** SHA-256 of the cookie's token: the token itself is kept nowhere. */
    hash: text('hash').primaryKey(),
    person: integer('person').notNull(),
    createdAt: ms('created_at').notNull(),
    seenAt: ms('seen_at').notNull(),
    expiresAt: ms('expires_at').notNull(),
  },
  (t) => [index('sessions_person').on(t.person)],
);

const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => 'xid8' });

/** What changed, for a day; written by the triggers in the migration. Transactions commit in another order than their ids. */
export const changes = mainloop.table(
  'changes',
  {
    /** The transaction that changed it. */
    xid: xid8('xid').notNull().default(sql`pg_current_xact_id()`),
    id: bigserial('id', { mode: 'bigint' }).notNull(),
    /** `task:41`, `log:41`, `chat:12` (a message), `working`, `asks`, `proposal:7`, `projects`, `person`. */
    topic: text('topic').notNull(),
    /** The project it belongs to; null: none. */
    repo: text('repo'),
    /** Whom alone it concerns; null: everybody who may see it. */
    person: integer('person'),
    /** When the transaction began: all of its rows go at once. */
    at: bigint('at', { mode: 'number' }).notNull().default(sql`(extract(epoch from now()) * 1000)::bigint`),
  },
  (t) => [primaryKey({ columns: [t.xid, t.id] })],
);
