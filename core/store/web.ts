import type { Doc, Emoji, FileRef } from '../domain/chat.ts';
import { storable, storableJson } from './columns.ts';
import type { Database } from './database.ts';
import { and, asc, desc, eq, gte, lt, sql } from './drizzle.ts';
import { people, webFiles, webMessages, webWorking } from './schema.ts';

/** A message of the page's chat. Its files' handles are what {@link webStore}'s `file` takes. */
export type WebMessage = typeof webMessages.$inferSelect;

/** A file on its way into the chat. */
export interface NewWebFile {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

/** What the bot says. */
export interface NewPost {
  readonly person: number;
  readonly key: string;
  readonly doc: Doc;
  readonly files?: readonly NewWebFile[];
  readonly streaming?: boolean;
  readonly answerTo?: string;
}

/** What a person says. */
export interface NewWords {
  readonly person: number;
  /** The same for the same thing said again. */
  readonly key: string;
  readonly text: string;
  readonly files: readonly NewWebFile[];
}

/** The chat of each person on the page. Times in milliseconds since the epoch. */
export const webStore = (db: Database) => {
  const byKey = async (key: string, tx: Database = db): Promise<WebMessage | null> => {
    const [row] = await tx
      .select()
      .from(webMessages)
      .where(eq(webMessages.key, storable(key)));
    return row ?? null;
  };
  const get = async (person: number, id: number): Promise<WebMessage | null> => {
    const [row] = await db.select().from(webMessages).where(theirs(person, id));
    return row ?? null;
  };

  /** Stores a message with its files once per key; null when the person is gone. */
  async function add(
    message: Omit<typeof webMessages.$inferInsert, 'files'>,
    files: readonly NewWebFile[],
  ): Promise<WebMessage | null> {
    return db.transaction(async (tx) => {
      const [known] = await tx.select({ id: people.id }).from(people).where(eq(people.id, message.person));
      if (!known) return null;
      const [fresh] = await tx.insert(webMessages).values(message).onConflictDoNothing().returning();
      if (!fresh || files.length === 0) return fresh ?? byKey(message.key, tx);
      const { person, at } = message;
      const rows = await tx
        .insert(webFiles)
        .values(files.map((file) => ({ ...file, person, at })))
        .returning({ id: webFiles.id, name: webFiles.name, mimeType: webFiles.mimeType });
      const refs: FileRef[] = rows.map(({ id, name, mimeType }, i) => ({
        ...{ name, mimeType, size: files[i]?.bytes.length ?? 0, handle: String(id) },
      }));
      const [whole] = await tx.update(webMessages).set({ files: refs }).where(eq(webMessages.id, fresh.id)).returning();
      return whole ?? null;
    });
  }

  return {
    byKey: (key: string) => byKey(key),

    /** A message of a person's conversation, or null. */
    get,

    /** What the bot says, once per key: a repeat answers what was stored. Null when the person is gone. */
    post: ({ files = [], ...post }: NewPost, at: number) => add({ ...post, author: 'bot', at }, files),

    /** What a person says, once per key: a repeat answers what was stored. Null when the person is gone. */
    say: ({ files, ...words }: NewWords, at: number) => add({ ...words, author: 'person', at }, files),

    /** Replaces what the bot says; unchanged it is left alone. False when there is no such message of the bot. */
    async edit(person: number, id: number, doc: Doc, streaming: boolean, at: number): Promise<boolean> {
      const isNew = sql`(${webMessages.doc} is distinct from ${storableJson(doc)}::jsonb
        or ${webMessages.streaming} <> ${streaming})`;
      const rows = await db
        .update(webMessages)
        .set({ doc, streaming, editedAt: at })
        .where(and(theirs(person, id), eq(webMessages.author, 'bot'), isNew))
        .returning({ id: webMessages.id });
      return rows.length > 0 || (await get(person, id))?.author === 'bot';
    },

    /** Adds or removes a reaction of the bot or the person; repeated it changes nothing. False when there is no such message. */
    async react(person: number, id: number, by: WebMessage['author'], emoji: Emoji, on: boolean): Promise<boolean> {
      const column = by === 'bot' ? webMessages.botReactions : webMessages.personReactions;
      const name = storable(emoji);
      const value = on ? sql`${column} || jsonb_build_array(${name}::text)` : sql`${column} - ${name}::text`;
      const isThere = sql`${column} @> jsonb_build_array(${name}::text)`;
      const rows = await db
        .update(webMessages)
        .set(by === 'bot' ? { botReactions: value } : { personReactions: value })
        .where(and(theirs(person, id), on ? sql`not ${isThere}` : isThere))
        .returning({ id: webMessages.id });
      return rows.length > 0 || (await get(person, id)) !== null;
    },

    /** The last messages before one (null: before none, the latest), at most `limit`, oldest first. */
    async page(person: number, before: number | null, limit: number): Promise<WebMessage[]> {
      const rows = await db
        .select()
        .from(webMessages)
        .where(and(eq(webMessages.person, person), before === null ? undefined : lt(webMessages.id, before)))
        .orderBy(desc(webMessages.id))
        .limit(limit);
      return rows.reverse();
    },

    /** What a person said since then, oldest first. */
    async saidSince(person: number, at: number): Promise<WebMessage[]> {
      return db
        .select()
        .from(webMessages)
        .where(and(eq(webMessages.person, person), eq(webMessages.author, 'person'), gte(webMessages.at, at)))
        .orderBy(asc(webMessages.id));
    },

    /** Who said something since then. */
    async speakersSince(at: number): Promise<number[]> {
      const rows = await db
        .selectDistinct({ person: webMessages.person })
        .from(webMessages)
        .where(and(eq(webMessages.author, 'person'), gte(webMessages.at, at)));
      return rows.map((row) => row.person);
    },

    /** A file with its bytes by its handle, of one person's conversation (null: of anybody's); null when there is none. */
    async file(handle: string, person: number | null): Promise<NewWebFile | null> {
      if (!/^\d{1,9}$/.test(handle)) return null;
      const [row] = await db
        .select({ name: webFiles.name, mimeType: webFiles.mimeType, bytes: webFiles.bytes })
        .from(webFiles)
        .where(and(eq(webFiles.id, Number(handle)), person === null ? undefined : eq(webFiles.person, person)));
      return row ?? null;
    },

    /** Notes until when the assistant is at work in a person's conversation; null: no longer. */
    async setWorking(person: number, until: number | null): Promise<void> {
      if (until === null) await db.delete(webWorking).where(eq(webWorking.person, person));
      else
        await db
          .insert(webWorking)
          .values({ person, until })
          .onConflictDoUpdate({ target: webWorking.person, set: { until } });
    },

    /** Whether the assistant is at work in a person's conversation. */
    async isWorking(person: number, now: number): Promise<boolean> {
      const [row] = await db.select().from(webWorking).where(eq(webWorking.person, person));
      return row !== undefined && row.until > now;
    },
  };
};

const theirs = (person: number, id: number) => and(eq(webMessages.person, person), eq(webMessages.id, id));
