import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { type ClusterCore, openClusterCore } from './cluster.ts';
import { median, now } from './statistics.ts';

const rounds = 5;
const crowd = 10;
const mostTimes = 1.2;
const settleMs = 3_000;
const run = promisify(execFile);

/** Needs a cluster (KUBECONFIG), `kubectl` on the PATH and the worker's image in the cluster. */
export const spawn: Benchmark = {
  name: 'spawn',
  what: `confirm → the worker's process runs in the cluster, against kubectl create job of the same image, 1 and ${crowd} at once`,
  goals: () => ({
    job_p50_ms: null,
    ours_p50_ms: null,
    ratio_1: { atMost: mostTimes },
    ratio_10: { atMost: mostTimes },
    teardown_s: null,
    api_calls: null,
  }),
  async run(scope, say) {
    const cluster = await openClusterCore(scope);
    const bare = prepareBare(scope, cluster);
    const alone = { bare: [] as number[], ours: [] as number[] };
    const together = { bare: [] as number[], ours: [] as number[] };
    const teardown: number[] = [];
    let tasks = 0;
    const before = cluster.requests();

    /** What the one before left to be tidied up is not the next one's to bear. */
    const settled = <T>(measure: () => Promise<T>): Promise<T> => sleep(settleMs).then(measure);
    const ours = async (many: number): Promise<number[]> => {
      tasks += many;
      const begun = await Promise.all(Array.from({ length: many }, () => ourTask(cluster)));
      for (const { task } of begun) await cluster.plan(task);
      teardown.push(...(await Promise.all(begun.map(({ task }) => removal(cluster, task)))));
      return begun.map(({ ms }) => ms);
    };
    // One of each beforehand: the image is unpacked, connections are open.
    await bare();
    await ours(1);
    for (let round = 1; round <= rounds; round += 1) {
      alone.bare.push(await settled(bare));
      alone.ours.push(...(await settled(() => ours(1))));
      say(`round ${round}: job ${alone.bare.at(-1)?.toFixed()} ms, ours ${alone.ours.at(-1)?.toFixed()} ms`);
    }
    together.bare.push(...(await settled(() => Promise.all(Array.from({ length: crowd }, bare)))));
    together.ours.push(...(await settled(() => ours(crowd))));
    say(`${crowd} at once: job ${median(together.bare).toFixed()} ms, ours ${median(together.ours).toFixed()} ms`);
    return {
      job_p50_ms: median(alone.bare),
      ours_p50_ms: median(alone.ours),
      ratio_1: median(alone.ours) / median(alone.bare),
      ratio_10: median(together.ours) / median(together.bare),
      teardown_s: median(teardown) / 1000,
      api_calls: (cluster.requests() - before) / tasks,
    };
  },
};

async function ourTask(cluster: ClusterCore): Promise<{ task: number; ms: number }> {
  const from = now();
  const task = await cluster.confirm();
  return { task, ms: (await cluster.arrived(String(task))) - from };
}

async function removal({ sandbox }: ClusterCore, task: number): Promise<number> {
  const from = now();
  await sandbox.remove(task);
  return now() - from;
}

/** The same image and node as the worker's, with nothing around it: the command's start until its process calls. */
function prepareBare(scope: AsyncDisposableStack, cluster: ClusterCore): () => Promise<number> {
  const { address, image } = cluster;
  let made = 0;
  const kubectl = (...args: string[]) => run('kubectl', args);
  const jobs: string[] = [];
  scope.defer(async () => {
    if (jobs.length > 0) await kubectl('delete', 'job', '--wait=false', ...jobs);
  });
  return async () => {
    made += 1;
    const name = `mainloop-bench-${process.pid}-${made}`;
    jobs.push(name);
    const program = `fetch('http://${address}/${name}')`;
    const from = now();
    await kubectl('create', 'job', name, `--image=${image}`, '--', 'node', '-e', program);
    return (await cluster.arrived(`/${name}`)) - from;
  };
}
