import type { Database } from './database.ts';
import { asc, eq } from './drizzle.ts';
import { cursors, events } from './schema.ts';

export interface HistoryEvent {
  /** Written once per key. */
  readonly key: string;
  readonly at: number;
  /** A person's name, or `mainloop`. */
  readonly actor: string;
  /** `task:41`, `proposal:7`, `ask:12`, `person:1`. */
  readonly subject: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
}

export const historyStore = (db: Database) => ({
  async add(event: HistoryEvent): Promise<void> {
    await db.insert(events).values(event).onConflictDoNothing();
  },

  async of(subject: string): Promise<HistoryEvent[]> {
    return db.select().from(events).where(eq(events.subject, subject)).orderBy(asc(events.id));
  },

  async cursor(name: string): Promise<string | null> {
    const [row] = await db.select().from(cursors).where(eq(cursors.name, name));
    return row?.value ?? null;
  },

  async setCursor(name: string, value: string): Promise<void> {
    await db.insert(cursors).values({ name, value }).onConflictDoUpdate({ target: cursors.name, set: { value } });
  },
});
