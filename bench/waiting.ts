import type { ChildProcess } from 'node:child_process';
import pg from 'pg';
import type { Benchmark } from './benchmark.ts';
import { endChild, next, startChild } from './child.ts';
import { cloneTasks, firstNumber, numberFrom } from './clones.ts';
import { openPostgres } from './postgres.ts';
import { median, now, quantile } from './statistics.ts';

const [few, many] = [1_000, 10_000];
const woken = 200;
const idleMs = 20_000;

export const waiting: Benchmark = {
  name: 'waiting',
  what: `${few} and ${many} tasks that wait for a person in one process, ${woken} of them woken`,
  goals: () => ({
    rss_mb_1000: null,
    rss_mb_10000: { atMost: 300 },
    idle_cpu_percent: { atMost: 5 },
    wake_p50_ms: null,
    wake_p99_ms: null,
  }),
  async run(scope, say) {
    const postgres = await openPostgres(scope);
    const url = await postgres.database('waiting');
    await makeFirst(scope, url);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    scope.defer(() => client.end());
    await cloneTasks(client, 1, few - 1);
    const light = await inProcess(scope, url, async (child) => {
      say(`${few} tasks are at rest`);
      return weigh(child, 1_000);
    });
    await cloneTasks(client, few, many - 1);
    await client.query('vacuum analyze');
    return inProcess(scope, url, async (child, seconds) => {
      say(`${many} tasks are at rest, ${seconds.toFixed(1)} s after the start`);
      const heavy = await weigh(child, idleMs);
      const tasks = Array.from({ length: woken }, (_, i) => firstNumber + i * Math.floor(many / woken));
      child.send({ type: 'wake', tasks });
      const { ms } = await next<{ type: string; ms: number[] }>(child, 'woken');
      return {
        rss_mb_1000: light.rssMb,
        rss_mb_10000: heavy.rssMb,
        idle_cpu_percent: heavy.cpuPercent,
        wake_p50_ms: median(ms),
        wake_p99_ms: quantile(ms, 0.99),
      };
    });
  },
};

/** One task that came to its approval by itself. */
async function makeFirst(scope: AsyncDisposableStack, url: string): Promise<void> {
  // The schemas come with the first start.
  await inProcess(scope, url, async () => undefined);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await numberFrom(client);
  await client.end();
  await inProcess(scope, url, async () => undefined, { BENCH_FIRST: 'yes' });
}

async function inProcess<T>(
  scope: AsyncDisposableStack,
  url: string,
  act: (child: ChildProcess, seconds: number) => Promise<T>,
  env: Record<string, string> = {},
): Promise<T> {
  const from = now();
  const child = await startChild(scope, new URL('waiting-process.ts', import.meta.url), { DATABASE_URL: url, ...env }, [
    '--expose-gc',
  ]);
  await next(child, 'rest');
  const result = await act(child, (now() - from) / 1000);
  await endChild(child);
  return result;
}

/** Its weight, and what it does in `idleMs` of having nothing to do. */
async function weigh(child: ChildProcess, idleMs: number): Promise<{ rssMb: number; cpuPercent: number }> {
  child.send({ type: 'weigh', idleMs });
  return next<{ type: string; rssMb: number; cpuPercent: number }>(child, 'weighed');
}
