import pg from 'pg';
import { now } from './statistics.ts';

/** Counts durable commits by Postgres's own stamps; needs `track_commit_timestamp`. */
export interface CommitCounter {
  /** A mark from which to count. Takes no transaction id itself. */
  mark(): Promise<bigint>;
  /** Commits of the transactions begun after `mark` that were stamped in a span of time (see `now`). */
  between(mark: bigint, from: number, to: number): Promise<number>;
}

export async function countCommits(scope: AsyncDisposableStack, url: string): Promise<CommitCounter> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  scope.defer(() => client.end());
  const offsetMs = await clockOffset(client);
  const mark = async () => {
    const { rows } = await client.query<{ next: string }>('select pg_snapshot_xmax(pg_current_snapshot()) as next');
    return BigInt(rows[0]?.next ?? 0);
  };
  return {
    mark,
    async between(first, from, to) {
      const { rows } = await client.query<{ at: number | null }>(
        `select extract(epoch from pg_xact_commit_timestamp(xid::text::xid)) * 1000 as at
           from generate_series($1::bigint, $2::bigint - 1) as xid`,
        [String(first), String(await mark())],
      );
      return rows.filter(({ at }) => at !== null && Number(at) - offsetMs >= from && Number(at) - offsetMs <= to)
        .length;
    },
  };
}

/** How far Postgres's clock is ahead of ours, milliseconds, by the quickest of some questions. */
async function clockOffset(client: pg.Client): Promise<number> {
  let best = { roundTrip: Number.POSITIVE_INFINITY, offset: 0 };
  for (let i = 0; i < 20; i += 1) {
    const before = now();
    const { rows } = await client.query<{ at: string }>('select extract(epoch from clock_timestamp()) * 1000 as at');
    const after = now();
    const offset = Number(rows[0]?.at) - (before + after) / 2;
    if (after - before < best.roundTrip) best = { roundTrip: after - before, offset };
  }
  return best.offset;
}
