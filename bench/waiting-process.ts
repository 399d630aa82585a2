/** The core with tasks that wait for the approval of their plans: makes the first one, weighs itself, wakes some. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { firstNumber } from './clones.ts';
import { ana, confirmedTask, fakeThread, startCore } from './core.ts';
import { leanPorts } from './lean-ports.ts';
import { now } from './statistics.ts';

const written = new Map<number, number>();

const ports = leanPorts({
  onWorker: ({ token }) => void plan(token),
  onIssue: (issue) => void written.set(issue, now()),
});
const isFirst = process.env.BENCH_FIRST === 'yes';
const { core, store } = await startCore(
  process.env.DATABASE_URL ?? '',
  ports,
  async (open) => {
    if (isFirst) await confirmedTask(open, fakeThread(`1.${firstNumber}`));
  },
  { restMs: 1_000 },
);

/** A worker that hands back its plan at once. */
async function plan(token: string): Promise<void> {
  const attempt = await core.door.admit({ token });
  if (attempt?.kind !== 'plan') return;
  await core.door.result(attempt, { type: 'plan', plan: 'Add a line.', summary: 'One line.', session: 's' });
}

async function isAsleep(): Promise<boolean> {
  const { status } = (await DBOS.getWorkflowStatus(`task:${firstNumber}`)) ?? {};
  return status === 'CANCELLED' && (await store.tasks.unheard([firstNumber])).length === 0;
}

/** Resolves when there is nothing left to do. */
async function atRest(): Promise<void> {
  while (isFirst && !(await isAsleep())) await sleep(100);
  for (let quiet = 0; quiet < 3; ) {
    const before = process.cpuUsage();
    await sleep(1_000);
    const { user, system } = process.cpuUsage(before);
    quiet = user + system < 100_000 ? quiet + 1 : 0;
  }
}

async function weigh(idleMs: number) {
  globalThis.gc?.();
  await sleep(1_000);
  globalThis.gc?.();
  const before = process.cpuUsage();
  const from = now();
  await sleep(idleMs);
  const { user, system } = process.cpuUsage(before);
  return { rssMb: process.memoryUsage.rss() / 2 ** 20, cpuPercent: (user + system) / 10 / (now() - from) };
}

/** Approves the plan of one task: milliseconds from the press of the button to the task's next effect. */
async function wake(task: number): Promise<number> {
  const [ask] = await store.asks.openOf(task);
  if (!ask) throw new Error(`task #${task} asks nothing`);
  written.delete(task);
  const { place } = await store.tasks.get(task);
  const from = now();
  await core.receive({
    kind: 'action',
    dedupe: `press:${task}`,
    at: Date.now(),
    account: ana,
    place,
    target: null,
    token: `answer:${ask.id}:approve`,
    values: [],
    reply: {},
  });
  for (const until = from + 20_000; now() < until; await sleep(1)) {
    const at = written.get(task);
    if (at !== undefined) return at - from;
  }
  throw new Error(`task #${task} did not wake`);
}

process.on('message', async (message: { type: string; tasks?: number[]; idleMs?: number }) => {
  if (message.type === 'weigh') process.send?.({ type: 'weighed', ...(await weigh(message.idleMs ?? 0)) });
  if (message.type !== 'wake') return;
  const ms: number[] = [];
  for (const task of message.tasks ?? []) ms.push(await wake(task));
  process.send?.({ type: 'woken', ms });
});
process.send?.({ type: 'ready' });
await atRest();
process.send?.({ type: 'rest' });
