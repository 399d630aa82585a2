import type { ConversationKey, FileRef, MessageRef, Place } from '../domain/chat.ts';
import { storable, storableJson } from './columns.ts';
import type { Database } from './database.ts';
import { and, asc, count, desc, eq, gt, isNull, sql } from './drizzle.ts';
import { files } from './files-schema.ts';
import { conversations, messages } from './schema.ts';

/** One stored message of a conversation. */
export interface StoredMessage {
  readonly id: number;
  readonly role: 'person' | 'assistant';
  readonly author: string;
  readonly person: number | null;
  readonly account: string | null;
  readonly text: string;
  readonly files: readonly FileRef[];
  readonly ref: MessageRef | null;
  readonly replyTo: MessageRef | null;
  readonly turn: string | null;
  readonly at: number;
}

export interface NewMessage {
  readonly conversation: ConversationKey;
  readonly place: Place;
  readonly external: string;
  readonly account: string;
  readonly person: number;
  readonly author: string;
  readonly text: string;
  readonly files: readonly FileRef[];
  readonly ref: MessageRef | null;
  /** The message it answers, where that is known. */
  readonly replyTo?: MessageRef | undefined;
  readonly at: number;
}

export interface Conversation {
  readonly key: ConversationKey;
  readonly place: Place;
  readonly activeTurn: string | null;
  readonly summary: string;
  readonly summaryThrough: number;
}

/** How much of a message's files is shown beside its text. */
const excerpts = sql`select coalesce(sum(length(${files.excerpt})), 0) from ${files} where ${files.message} = ${messages.id}`;

const turnOf = (external: string) => `turn:${external}`;

export const conversationStore = (db: Database) => {
  const activeTurn = async (key: ConversationKey): Promise<string | null> => {
    const [row] = await db
      .select({ turn: conversations.activeTurn })
      .from(conversations)
      .where(eq(conversations.key, key));
    return row?.turn ?? null;
  };

  const byKey = db
    .select()
    .from(conversations)
    .where(eq(conversations.key, sql.placeholder('key')))
    .prepare('conversation_by_key');

  return {
    /**
     * Stores a person's message once, by the platform's id, in one commit. Answers the turn to start when the conversation
     * was idle, and answers it to a repeat again while it is not over: a crash may have come before it was started. Null when
     * another turn will pick the message up or has answered it.
     */
    async receive(message: NewMessage): Promise<string | null> {
      const turn = turnOf(storable(message.external));
      const { rows } = await db.execute<{ active_turn: string }>(sql`
      with fresh as (
        insert into ${messages} (conversation, role, external, account, person, author, text, files, ref, reply_to,
          at)
        values (${message.conversation}, 'person', ${storable(message.external)}, ${message.account}, ${message.person},
          ${storable(message.author)}, ${storable(message.text)}, ${storableJson(message.files)}::jsonb,
          ${message.ref && JSON.stringify(message.ref)}::jsonb,
          ${message.replyTo ? JSON.stringify(message.replyTo) : null}::jsonb, ${message.at})
        on conflict (external) do nothing returning id
      )
      insert into ${conversations} as c (key, place, active_turn, created_at)
      select ${message.conversation}, ${JSON.stringify(message.place)}::jsonb, ${turn}, ${message.at} from fresh
      on conflict (key) do update set active_turn = coalesce(c.active_turn, excluded.active_turn)
      returning active_turn`);
      const active = rows[0] ? rows[0].active_turn : await activeTurn(message.conversation);
      return active === turn ? turn : null;
    },

    async find(key: ConversationKey): Promise<Conversation | null> {
      return (await byKey.execute({ key }))[0] ?? null;
    },

    /** Gives the waiting messages to a turn (again, when it is replayed) and answers them, oldest first. */
    async claim(key: ConversationKey, turn: string): Promise<StoredMessage[]> {
      await db
        .update(messages)
        .set({ turn })
        .where(and(eq(messages.conversation, key), isNull(messages.turn), eq(messages.role, 'person')));
      const rows = await db
        .select()
        .from(messages)
        .where(and(eq(messages.conversation, key), eq(messages.turn, turn), eq(messages.role, 'person')))
        .orderBy(asc(messages.at), asc(messages.id));
      return rows.map(stored);
    },

    /** Messages after the summary, oldest first. */
    async recent(key: ConversationKey, after: number): Promise<StoredMessage[]> {
      const rows = await db
        .select()
        .from(messages)
        .where(and(eq(messages.conversation, key), gt(messages.id, after)))
        .orderBy(asc(messages.id));
      return rows.map(stored);
    },

    /** How much stands after the summary. */
    async size(key: ConversationKey): Promise<{ messages: number; characters: number }> {
      const [row] = await db
        .select({
          messages: count(),
          characters: sql<number>`coalesce(sum(length(${messages.text}) + (${excerpts})), 0)::int`,
        })
        .from(messages)
        .innerJoin(conversations, eq(messages.conversation, conversations.key))
        .where(and(eq(messages.conversation, key), gt(messages.id, conversations.summaryThrough)));
      return row ?? { messages: 0, characters: 0 };
    },

    /** Stores what the assistant answered in a turn, once. */
    async answered(key: ConversationKey, turn: string, text: string, at: number): Promise<void> {
      await db
        .insert(messages)
        .values({
          conversation: key,
          role: 'assistant',
          external: turn,
          author: 'Mainloop',
          text,
          turn,
          at,
        })
        .onConflictDoNothing();
    },

    /**
     * Ends a turn. Answers the next one when messages came meanwhile: it holds the conversation from then on. The row is
     * locked first, so that a message that arrives at this moment is seen here or starts its own turn, never neither.
     */
    async release(key: ConversationKey, turn: string): Promise<string | null> {
      return db.transaction(async (tx) => {
        const [row] = await tx.select().from(conversations).where(eq(conversations.key, key)).for('update');
        if (!row || row.activeTurn !== turn) return row?.activeTurn ?? null;
        const [waiting] = await tx
          .select({ external: messages.external })
          .from(messages)
          .where(and(eq(messages.conversation, key), isNull(messages.turn), eq(messages.role, 'person')))
          .orderBy(asc(messages.at), asc(messages.id))
          .limit(1);
        const next = waiting ? turnOf(waiting.external) : null;
        await tx.update(conversations).set({ activeTurn: next }).where(eq(conversations.key, key));
        return next;
      });
    },

    /** Turns that hold a conversation: after a crash they are started again, by the same id. */
    async activeTurns(): Promise<{ key: ConversationKey; turn: string }[]> {
      const rows = await db
        .select({ key: conversations.key, turn: conversations.activeTurn })
        .from(conversations)
        .where(sql`${conversations.activeTurn} is not null`);
      return rows.flatMap(({ key, turn }) => (turn ? [{ key, turn }] : []));
    },

    /** Moves the summary forward; a summary never goes back. */
    async summarise(key: ConversationKey, summary: string, through: number): Promise<void> {
      await db
        .update(conversations)
        .set({ summary, summaryThrough: through })
        .where(and(eq(conversations.key, key), sql`${conversations.summaryThrough} < ${through}`));
    },

    /** Where people talked since `after`: the places whose history is read after a downtime. */
    async places(after: number): Promise<Place[]> {
      const rows = await db
        .selectDistinctOn([conversations.key], { place: conversations.place, at: messages.at })
        .from(conversations)
        .innerJoin(messages, eq(messages.conversation, conversations.key))
        .where(gt(messages.at, after))
        .orderBy(conversations.key, desc(messages.at));
      return rows.map((row) => row.place);
    },
  };
};

function stored(row: typeof messages.$inferSelect): StoredMessage {
  return { ...row, files: row.files ?? [] };
}
