import type { AttemptId, TaskNumber } from '../domain/ids.ts';
import type { WorkerEvent } from '../protocol.ts';
import { storable } from './columns.ts';
import type { Database } from './database.ts';
import { and, asc, desc, eq, gt, gte, lt, lte, type SQL, sql } from './drizzle.ts';
import { runStore } from './runs.ts';
import { workerEvents } from './schema.ts';

/** A place in a task's log. Attempts are in the order in which they began, events of each by the worker's own count. */
export interface LogPosition {
  readonly attempt: AttemptId;
  readonly seq: number;
}

export type LogEntry = LogPosition & { readonly at: number; readonly event: WorkerEvent['event'] };

type Direction = 'older' | 'newer';

export interface LogSlice {
  readonly direction: Direction;
  /** Not itself among the entries. Null, and a place that the task does not have: the end that lies opposite. */
  readonly from: LogPosition | null;
  readonly limit: number;
  /** Only entries of which a text contains this, as it is written, in any case; empty: all. */
  readonly query: string;
}

/** How many events one search looks at: some 15 ms of the database. The next one goes on from there. */
const perSearch = 6_000;
const firstWindow = 500;

const { attempt, seq, at, event } = workerEvents;

export const logStore = (db: Database) => {
  /** Entries of an attempt, nearest first. */
  const read = (
    of: AttemptId,
    direction: Direction,
    most: number,
    ...where: (SQL | undefined)[]
  ): Promise<LogEntry[]> =>
    db
      .select({ attempt, seq, at, event })
      .from(workerEvents)
      .where(and(eq(attempt, of), ...where))
      .orderBy(direction === 'older' ? desc(seq) : asc(seq))
      .limit(most);

  /** The part of an attempt that is to be searched: at most so many numbers beyond `edge`. Null: nothing is there. */
  const windowOf = async (of: AttemptId, direction: Direction, edge: number | null, most: number) => {
    const [[first], [last]] = await Promise.all([
      read(of, direction, 1, beyond(direction, edge)),
      read(of, direction === 'older' ? 'newer' : 'older', 1),
    ]);
    if (!first || !last) return null;
    const size = Math.min(Math.abs(last.seq - first.seq) + 1, most);
    const end = direction === 'older' ? first.seq - size + 1 : first.seq + size - 1;
    const [low, high] = direction === 'older' ? [end, first.seq] : [first.seq, end];
    return { end, size, within: and(gte(seq, low), lte(seq, high)) };
  };

  /** What a search finds in an attempt; `end` is where it stopped before the attempt was over. */
  const search = async (of: AttemptId, { direction, from, query }: LogSlice, most: number, budget: number) => {
    const found: LogEntry[] = [];
    let [edge, left] = [of === from?.attempt ? from.seq : null, budget];
    // What is frequent is found at once, in few events; for the rare ones more are looked at in one go.
    for (let size = firstWindow; left > 0; size *= 4) {
      const window = await windowOf(of, direction, edge, Math.min(size, left));
      if (!window) return { found, left, end: null };
      found.push(...(await read(of, direction, most - found.length, window.within, holds(query), isNews)));
      if (found.length >= most) return { found, left, end: null };
      left -= window.size;
      edge = window.end;
    }
    return { found, left, end: edge };
  };

  return {
    /**
     * Entries of a task's log, nearest to the place first, without checkpoints. `next` is where they go on in the same
     * direction; null: these were all. A search may find fewer than `limit`, even none, and have a `next` all the same.
     */
    async slice(task: TaskNumber, slice: LogSlice): Promise<{ entries: LogEntry[]; next: LogPosition | null }> {
      const { direction, from, limit, query } = slice;
      const began = (await runStore(db).attemptsOf(task)).map(({ id }) => id);
      const order = direction === 'older' ? began.reverse() : began;
      const entries: LogEntry[] = [];
      let budget = perSearch;
      for (const of of order.slice(from ? Math.max(order.indexOf(from.attempt), 0) : 0)) {
        // One more than there is room for tells whether there are more.
        const most = limit - entries.length + 1;
        const edge = of === from?.attempt ? from.seq : null;
        const { found, left, end } =
          query === ''
            ? { found: await read(of, direction, most, beyond(direction, edge), isNews), left: budget, end: null }
            : await search(of, slice, most, budget);
        entries.push(...found.slice(0, most - 1));
        if (found.length === most) return { entries, next: entries.at(-1) ?? null };
        if (end !== null) return { entries, next: { attempt: of, seq: end } };
        budget = left;
      }
      return { entries, next: null };
    },
  };
};

const isNews = sql`${event}->>'type' <> 'checkpoint'`;

const beyond = (direction: Direction, edge: number | null): SQL | undefined =>
  edge === null ? undefined : direction === 'older' ? lt(seq, edge) : gt(seq, edge);

/** The stored text as a whole tells quickly where it cannot be; the fields, where it is. */
function holds(query: string): SQL {
  const words = storable(query);
  const written = JSON.stringify(words).slice(1, -1);
  const said = sql`concat_ws(chr(10), ${event}->>'text', ${event}->>'name', ${event}->>'summary', ${event}->>'title', ${event}->>'sha')`;
  return sql`strpos(lower(${event}::text), lower(${written})) > 0 and strpos(lower(${said}), lower(${words})) > 0`;
}
