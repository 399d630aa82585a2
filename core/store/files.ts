import type { ConversationKey } from '../domain/chat.ts';
import type { FileInfo } from '../domain/file.ts';
import type { RunId, TaskNumber } from '../domain/ids.ts';
import { handOver as most } from '../protocol.ts';
import type { Database } from './database.ts';
import { and, asc, count, eq, inArray, isNotNull, type SQL, sql } from './drizzle.ts';
import { fileLinks, files } from './files-schema.ts';
import { messages, proposals, runs, steers, tasks } from './schema.ts';

/** A file that came with a message, at its position there; `bytes` is null where there is nothing to use. */
export interface NewAttached extends Omit<FileInfo, 'id'> {
  readonly message: number;
  readonly position: number;
  readonly bytes: Uint8Array | null;
  readonly at: number;
}

/** A file that a run hands over. */
export interface NewHanded extends Pick<FileInfo, 'name' | 'mimeType' | 'kind'> {
  readonly task: TaskNumber;
  readonly run: RunId;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
  readonly bytes: Uint8Array;
  readonly at: number;
}

const info = {
  id: files.id,
  name: files.name,
  mimeType: files.mimeType,
  kind: files.kind,
  size: files.size,
  problem: files.problem,
  detail: files.detail,
  excerpt: files.excerpt,
};

/** Whether a file goes along with a task: with its proposal, or with what was said to its workers. */
const goesWith = (task: TaskNumber): SQL => {
  const proposal = sql`select 'proposal:' || ${tasks.proposal} from ${tasks} where ${tasks.number} = ${task}`;
  const said = sql`select 'steer:' || ${steers.id} from ${steers} where ${steers.task} = ${task}`;
  const linked = sql`select ${fileLinks.file} from ${fileLinks} where ${fileLinks.subject} in (${proposal} union ${said})`;
  return sql`${files.bytes} is not null and ${files.id} in (${linked})`;
};

/** Whether a run of the task handed it over. */
const isOf = (task: TaskNumber): SQL =>
  sql`${files.run} in (select ${runs.id} from ${runs} where ${runs.task} = ${task})`;

export const fileStore = (db: Database) => ({
  /** Keeps a message's file once, by its position. */
  async attach({ message, position, ...file }: NewAttached): Promise<void> {
    await db
      .insert(files)
      .values({ ...file, message, key: `message:${message}:${position}` })
      .onConflictDoNothing();
  },

  /** The files that came with messages, by message, in their order. */
  async of(ids: readonly number[]): Promise<Map<number, FileInfo[]>> {
    if (ids.length === 0) return new Map();
    const rows = await db
      .select({ ...info, message: files.message })
      .from(files)
      .where(inArray(files.message, [...ids]))
      .orderBy(asc(files.id));
    const grouped = Map.groupBy(rows, (row) => row.message ?? 0);
    return new Map([...grouped].map(([message, found]) => [message, found.map(({ message: _, ...file }) => file)]));
  },

  async bytes(id: number): Promise<Uint8Array | null> {
    const [row] = await db.select({ bytes: files.bytes }).from(files).where(eq(files.id, id));
    return row?.bytes ?? null;
  },

  /** Usable files of a conversation; with `turn`, those that came after the last proposal of any other turn. */
  async usable(conversation: ConversationKey, turn?: string): Promise<number[]> {
    const last = sql`select coalesce(max(${proposals.createdAt}), 0) from ${proposals}
      where ${proposals.conversation} = ${conversation} and left(${proposals.origin}, length(${turn})) <> ${turn}`;
    const rows = await db
      .select({ id: files.id })
      .from(files)
      .innerJoin(messages, eq(files.message, messages.id))
      .where(
        and(
          eq(messages.conversation, conversation),
          isNotNull(files.bytes),
          turn === undefined ? undefined : sql`${files.at} > (${last})`,
        ),
      )
      .orderBy(asc(files.id));
    return rows.map((row) => row.id);
  },

  async link(subject: string, ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await db
      .insert(fileLinks)
      .values(ids.map((file) => ({ subject, file })))
      .onConflictDoNothing();
  },

  /** The files that go along with subjects, by subject. */
  async linkedTo(subjects: readonly string[]): Promise<Map<string, FileInfo[]>> {
    if (subjects.length === 0) return new Map();
    const rows = await db
      .select({ subject: fileLinks.subject, file: info })
      .from(fileLinks)
      .innerJoin(files, eq(files.id, fileLinks.file))
      .where(inArray(fileLinks.subject, [...subjects]))
      .orderBy(asc(files.id));
    const grouped = Map.groupBy(rows, (row) => row.subject);
    return new Map([...grouped].map(([subject, found]) => [subject, found.map(({ file }) => file)]));
  },

  async ofTask(task: TaskNumber): Promise<FileInfo[]> {
    return db.select(info).from(files).where(goesWith(task)).orderBy(asc(files.id));
  },

  /** The bytes of a file that goes along with the task; null for every other. */
  async bytesFor(task: TaskNumber, id: number): Promise<Uint8Array | null> {
    const [row] = await db
      .select({ bytes: files.bytes })
      .from(files)
      .where(and(eq(files.id, id), goesWith(task)));
    return row?.bytes ?? null;
  },

  /** Keeps what a run hands over, once per task and content; false when the run has handed over its most already. */
  async handOver({ task, hash, ...file }: NewHanded): Promise<boolean> {
    const key = `task:${task}:${hash}`;
    const [known] = await db.select({ id: files.id }).from(files).where(eq(files.key, key));
    if (known) return true;
    const [{ n } = { n: 0 }] = await db.select({ n: count() }).from(files).where(eq(files.run, file.run));
    if (n >= most.files) return false;
    await db
      .insert(files)
      .values({ ...file, key, size: file.bytes.length })
      .onConflictDoNothing();
    return true;
  },

  /** What the workers of a task handed over. */
  async handedFor(task: TaskNumber): Promise<FileInfo[]> {
    return db.select(info).from(files).where(isOf(task)).orderBy(asc(files.id));
  },

  /** One of these with its bytes; null for every other file. */
  async handedOver(
    task: TaskNumber,
    id: number,
  ): Promise<{ name: string; mimeType: string; bytes: Uint8Array } | null> {
    const [row] = await db
      .select({ name: files.name, mimeType: files.mimeType, bytes: files.bytes })
      .from(files)
      .where(and(eq(files.id, id), isOf(task)));
    return row?.bytes ? { ...row, bytes: row.bytes } : null;
  },

  async handedBy(run: RunId): Promise<FileInfo[]> {
    return db.select(info).from(files).where(eq(files.run, run)).orderBy(asc(files.id));
  },
});
