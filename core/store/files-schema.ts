import type { FileKind, FileProblem } from '../domain/file.ts';
import { bytea, mainloop, text } from './columns.ts';
import { bigint, index, integer, primaryKey, serial } from './drizzle.ts';

/** Files that came with messages, and files that workers handed over. */
export const files = mainloop.table(
  'files',
  {
    id: serial('id').primaryKey(),
    /** `message:12:0` (message and position) or `task:41:` and the hash of the bytes: the same file is kept once. */
    key: text('key').notNull().unique(),
    /** The message it came with; null for what a worker made. */
    message: bigint('message', { mode: 'number' }),
    /** The run that handed it over; null for what a person attached. */
    run: text('run'),
    name: text('name').notNull(),
    mimeType: text('mime_type').notNull(),
    kind: text('kind').$type<FileKind>().notNull(),
    size: bigint('size', { mode: 'number' }).notNull(),
    problem: text('problem').$type<FileProblem>(),
    detail: text('detail').notNull().default(''),
    excerpt: text('excerpt').notNull().default(''),
    /** Null where there is nothing to use. */
    bytes: bytea('bytes'),
    at: bigint('at', { mode: 'number' }).notNull(),
  },
  (t) => [index('files_message').on(t.message), index('files_run').on(t.run)],
);

/** Which files go along with a proposal (`proposal:7`) or with what was said to a worker (`steer:3`). */
export const fileLinks = mainloop.table(
  'file_links',
  {
    subject: text('subject').notNull(),
    file: integer('file').notNull(),
  },
  (t) => [primaryKey({ columns: [t.subject, t.file] })],
);
