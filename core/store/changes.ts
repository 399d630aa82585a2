import { watchChanges } from './changes-watch.ts';
import type { OpenDatabase } from './database.ts';
import { sql } from './drizzle.ts';
import { changes, cursors } from './schema.ts';

/** One thing that changed; what it is now is read where it is kept. */
export interface Change {
  /**
   * `task:41`, `log:41`, `chat:12` (a message), `working`, `asks`, `proposal:7`, `projects`; `person` when somebody signs
   * out, gets another role, name or projects, or is removed.
   */
  readonly topic: string;
  /** The project it belongs to; null: none. */
  readonly repo: string | null;
  /** Whom alone it concerns; null: everybody who may see it. */
  readonly person: number | null;
}

/** Changes after a cursor, in order. */
export interface Changes {
  readonly changes: readonly Change[];
  /** Where to go on, `XID-ID`; it moves also when nothing came, so that who keeps reading never falls behind. */
  readonly cursor: string;
  /** The cursor is none, or what came after it is gone: read everything anew, and go on from the new one. */
  readonly lost: boolean;
}

interface Moment {
  /** Every transaction of this database with a lower number is over. */
  readonly end: bigint;
  /** No transaction has a number as high yet. */
  readonly next: bigint;
  /** The last transaction whose changes are gone. */
  readonly pruned: bigint;
  readonly found: readonly (Change & { xid: string; id: string })[];
}

const keptMs = 24 * 60 * 60 * 1000;
const pruneEveryMs = 60 * 60 * 1000;
/** The cursor in the history's table that tells the last transaction whose changes are gone. */
const prunedName = 'changes:pruned';

/**
 * What changed, for pages that show it live; every program on the database reads the same. A transaction that is under way
 * may yet commit changes with a lower number than others that are seen already. So nothing is told from the oldest such
 * transaction on, and what is told is never followed by something earlier. A transaction that writes in this database for
 * long therefore holds the feed back as long; one that only reads, such as a dump, does not, nor do other databases.
 */
export const changeStore = (db: OpenDatabase['db']) => {
  let prunedAt = 0;

  /** Removes what is older than a day, and notes how far that went. */
  async function prune(now: number): Promise<void> {
    // What a dump of another server brought has numbers that this one did not reach: it tells nobody's cursor anything.
    await db.execute(sql`
      with gone as (delete from ${changes} where ${changes.at} < ${now - keptMs} returning ${changes.xid}),
      through as (
        select xid from gone where xid < pg_snapshot_xmax(pg_current_snapshot()) order by xid desc limit 1
      )
      insert into ${cursors} as c (name, value) select ${prunedName}, xid::text from through
      on conflict (name) do update set value = excluded.value
      where c.value::xid8 < excluded.value::xid8 or c.value::xid8 >= pg_snapshot_xmax(pg_current_snapshot())`);
  }

  /** Changes after a place, with where those of finished transactions end, all as of one moment. */
  async function read(xid: string, id: string, limit: number): Promise<Moment> {
    const { rows } = await db.execute<Record<'end' | 'next' | 'pruned', string> & Pick<Moment, 'found'>>(sql`
      with moment as (
        select mainloop.changes_end(s) as "end", pg_snapshot_xmax(s) as next from pg_current_snapshot() s
      ), found as (
        select xid::text, id::text, topic, repo, person from ${changes}
        where (xid, id) > (${xid}::xid8, ${id}::bigint) and xid < (select "end" from moment)
        order by changes.xid, changes.id limit ${limit}
      )
      select "end"::text, next::text, (select coalesce(json_agg(found), '[]') from found) as found,
        coalesce((select value from ${cursors} where name = ${prunedName}), '0') as pruned
      from moment`);
    const [row] = rows;
    if (!row) throw new Error('no snapshot');
    return { end: BigInt(row.end), next: BigInt(row.next), pruned: BigInt(row.pruned), found: row.found };
  }

  return {
    /** The present end, for a page that is drawn from now on. */
    async now(): Promise<string> {
      return `${(await read('0', '0', 0)).end}-0`;
    },

    /** What changed after a cursor, at most `limit`; when there are as many, there may be more. */
    async since(cursor: string, limit: number): Promise<Changes> {
      const now = Date.now();
      if (now - prunedAt > pruneEveryMs) {
        prunedAt = now;
        await prune(now);
      }
      const [, xid, id] = /^(\d{1,18})-(\d{1,18})$/.exec(cursor) ?? [];
      const { end, next, pruned, found } = await read(xid ?? '0', id ?? '0', xid ? limit : 0);
      // Ahead of this server: from another one, whose dump this is.
      const isLost = !xid || BigInt(xid) > next || (BigInt(xid) <= pruned && pruned < next);
      if (isLost) return { changes: [], cursor: `${end}-0`, lost: true };
      const last = found.length === limit ? found.at(-1) : undefined;
      return {
        changes: found.map(({ topic, repo, person }) => ({ topic, repo, person })),
        cursor: last ? `${last.xid}-${last.id}` : `${end}-0`,
        lost: false,
      };
    },

    /**
     * Calls `listener` whenever {@link since} may have something new, and at least every 15 seconds, on a connection of its
     * own that is made anew when it is lost: one is enough for a program. `listener` must not throw; `onLost` hears of lost
     * connections. Answers how to stop.
     */
    watch: (listener: () => void, onLost: (error: Error) => void = () => undefined): (() => Promise<void>) =>
      watchChanges({ connection: db.$client.options, listener, onLost }),
  };
};
