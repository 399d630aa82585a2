import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from './benchmark.ts';
import { startChild } from './child.ts';
import { type Copies, openSurfaces, type Surfaces } from './fanout-surfaces.ts';
import { openPostgres } from './postgres.ts';
import { median, now, quantile } from './statistics.ts';

const asks = 40;
/** No faster than the platforms let one person's cards be edited: what is measured is not their limits. */
const everyMs = 2_500;
const patienceMs = 10_000;
/** Telegram takes one card a second. */
const shownWithinMs = 2 * 1_000 * asks;

export const fanout: Benchmark = {
  name: 'fanout',
  what: `a press on Telegram → the last of the copies on Slack, Discord and the issue edited, ${asks} asks`,
  goals: () => ({ p50_ms: { atMost: 500 }, p99_ms: { atMost: 500 } }),
  async run(scope, say) {
    const postgres = await openPostgres(scope);
    const databaseUrl = await postgres.database('fanout');
    const surfaces = await openSurfaces(asks);
    scope.defer(() => surfaces.close());
    await startChild(scope, new URL('fanout-process.ts', import.meta.url), {
      ...surfaces.env,
      DATABASE_URL: databaseUrl,
      BENCH_INPUT: JSON.stringify(surfaces.input),
    });
    const all = await shown(surfaces);
    say(`${asks} asks are on 4 surfaces each`);
    const ms: number[] = [];
    for (const copies of all) {
      await sleep(everyMs);
      ms.push(await measure(surfaces, copies));
    }
    return { p50_ms: median(ms), p99_ms: quantile(ms, 0.99) };
  },
};

async function shown({ copiesOf }: Surfaces): Promise<Copies[]> {
  for (const until = now() + shownWithinMs; now() < until; await sleep(200)) {
    const found = Array.from({ length: asks }, (_, n) => copiesOf(n + 1)).filter((copies) => copies !== undefined);
    if (found.length === asks) return found;
  }
  throw new Error('not every ask came to its surfaces');
}

/** Milliseconds from the press to the last edit of another copy. */
async function measure({ onEdit, approve }: Surfaces, { telegram, others }: Copies): Promise<number> {
  const left = new Set(others);
  let lastAt = 0;
  const stop = onEdit((name) => {
    if (left.delete(name)) lastAt = now();
  });
  const from = now();
  await approve(telegram);
  while (left.size > 0) {
    if (now() - from > patienceMs) throw new Error(`not edited: ${[...left].join(', ')}`);
    await sleep(5);
  }
  stop();
  return lastAt - from;
}
