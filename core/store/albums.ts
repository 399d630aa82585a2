import type { FileRef, Place } from '../domain/chat.ts';
import { storable, storableJson } from './columns.ts';
import type { Database } from './database.ts';
import { and, eq, isNull, like, sql } from './drizzle.ts';
import { conversations, messages } from './schema.ts';

/** Messages that grow while the files of an album come in; their ids begin with `album:`. */
export const albumStore = (db: Database) => ({
  /** What has come of an album, and where it was said. */
  async find(external: string): Promise<{ files: readonly FileRef[]; place: Place } | null> {
    const [row] = await db
      .select({ files: messages.files, place: conversations.place })
      .from(messages)
      .innerJoin(conversations, eq(messages.conversation, conversations.key))
      .where(eq(messages.external, external));
    return row ? { files: row.files ?? [], place: row.place } : null;
  },

  /** Adds to an album; false, and nothing is changed, when a turn has taken it. */
  async add(external: string, files: readonly FileRef[], text: string): Promise<boolean> {
    const rows = await db
      .update(messages)
      .set({
        files: sql`coalesce(${messages.files}, '[]'::jsonb) || ${storableJson(files)}::jsonb`,
        ...(text === '' ? {} : { text: sql`concat_ws(E'\n', nullif(${messages.text}, ''), ${storable(text)}::text)` }),
      })
      .where(and(eq(messages.external, external), isNull(messages.turn)))
      .returning({ id: messages.id });
    return rows.length > 0;
  },

  /** How many files the albums of a conversation have that no turn has taken. */
  async waiting(conversation: string): Promise<number> {
    const [row] = await db
      .select({ count: sql<number>`coalesce(sum(jsonb_array_length(${messages.files})), 0)::int` })
      .from(messages)
      .where(and(eq(messages.conversation, conversation), isNull(messages.turn), like(messages.external, 'album:%')));
    return row?.count ?? 0;
  },
});
