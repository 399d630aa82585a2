import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from './benchmark.ts';
import { openClusterCore } from './cluster.ts';

const waiting = 50;
const active = 5;
const atOnce = 10;
const minuteMs = 60_000;

/** Needs a cluster (KUBECONFIG) and the worker's image in it. */
export const idle: Benchmark = {
  name: 'idle',
  what: `${waiting} tasks wait in the cluster while ${active} workers run: requests to its API, memory`,
  goals: () => ({
    api_per_min: { atMost: active * 12, words: `≤ 1 per run and 5 s (${active * 12})` },
    rss_mb: null,
  }),
  async run(scope, say) {
    const cluster = await openClusterCore(scope);
    const begin = async (many: number) => {
      const tasks = await Promise.all(Array.from({ length: many }, () => cluster.confirm()));
      await Promise.all(tasks.map((task) => cluster.arrived(String(task))));
      return tasks;
    };
    for (let made = 0; made < waiting; made += atOnce) {
      for (const task of await begin(atOnce)) await cluster.plan(task);
      say(`${made + atOnce} tasks wait`);
    }
    await begin(active);
    await sleep(5_000);
    const before = cluster.requests();
    await sleep(minuteMs);
    return { api_per_min: cluster.requests() - before, rss_mb: process.memoryUsage.rss() / 2 ** 20 };
  },
};
