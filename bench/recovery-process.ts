/** The core with an outside that lives in the parent process and so outlives this one; plays people and workers too. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { CodeHost } from '../core/code-host.ts';
import type { Inbound, Place } from '../core/domain/chat.ts';
import type { Chat, Sandbox } from '../core/ports.ts';
import { ana, confirmedTask, fakeThread, repository, startCore } from './core.ts';
import { leanPorts } from './lean-ports.ts';
import { connectRemote } from './remote.ts';

const tasks = Number(process.env.BENCH_TASKS);
/** People and workers of some tasks hold still, so that these stay in their phases. */
const isHeld = process.env.BENCH_HELD === 'yes';
const held = (task: number, phase: number) => isHeld && task % 5 === phase;

const { remote, call } = connectRemote();
const lean = leanPorts({ onWorker: () => undefined, onIssue: () => undefined });
const [leanChat] = lean.chats.values();
if (!leanChat) throw new Error('there is no chat');
const chat: Chat = remote<Chat>('chat', {
  platform: leanChat.platform,
  capabilities: leanChat.capabilities,
  start: leanChat.start,
  stop: leanChat.stop,
  health: leanChat.health,
  history: leanChat.history,
  stream: (place: Place, _to, key, resume) => ({
    ref: resume,
    append: () => undefined,
    finish: (doc) => (resume ? chat.edit(resume, doc) : chat.post(place, doc, key)),
  }),
});
const begun = Date.now();
const ports = {
  chats: new Map([[chat.platform, chat]]),
  host: remote<CodeHost>('host', {}),
  sandbox: remote<Sandbox>('sandbox', {
    name: 'local',
    warning: null,
    expect: () => undefined,
    heardSince: () => begun,
  }),
  model: lean.model,
};
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
const { core } = await startCore(
  process.env.DATABASE_URL ?? '',
  ports,
  async (open) => {
    if (!isHeld) return;
    for (let n = 1; n <= tasks; n += 1) await confirmedTask(open, fakeThread(`task.${n}`));
  },
  { maxWorkers: tasks },
);

process.on('message', async (message: { type: string; inbound?: Inbound }) => {
  if (message.type !== 'say' || !message.inbound) return;
  await core.receive(message.inbound);
  process.send?.({ type: 'heard', dedupe: message.inbound.dedupe });
});
process.send?.({ type: 'ready' });

/** What was done already. A platform or a worker repeats itself only when it hears nothing for a while. */
const done = new Map<string, number>();
const repeatMs = 2_000;
function isDue(deed: string): boolean {
  const isDone = Date.now() - (done.get(deed) ?? 0) < repeatMs;
  if (!isDone) done.set(deed, Date.now());
  return !isDone;
}

for (;;) {
  await Promise.all([work(), approve(), review()]);
  await sleep(50);
}

async function work(): Promise<void> {
  for (const { attempt, token } of await call<{ attempt: string; token: string }[]>('world', 'workers')) {
    if (!isDue(attempt)) continue;
    const open = await core.door.admit({ token });
    if (!open || held(open.task, open.kind === 'plan' ? 1 : 2)) continue;
    if (open.kind === 'plan') {
      await core.door.result(open, { type: 'plan', plan: 'Add a line.', summary: 'One line.', session: 's' });
    } else {
      const head = await call<string>('world', 'push', open.task, open.branch);
      const words = { title: 'A note', summary: 'One line.', session: 's' };
      await core.door.result(open, { type: 'work', head, checks: [], replies: [], ...words });
    }
    await call('sandbox', 'exit', attempt);
  }
}

async function approve(): Promise<void> {
  const { rows } = await client.query<{ id: number; task: number; place: Place }>(`
    select asks.id, task, place from mainloop.asks join mainloop.tasks on number = task
      where kind = 'plan' and state = 'open'`);
  for (const { id, task, place } of rows) {
    if (held(task, 0) || !isDue(`press ${id}`)) continue;
    const press = { kind: 'action' as const, target: null, token: `answer:${id}:approve`, values: [], reply: {} };
    await core.receive({ ...press, dedupe: `press:${id}`, at: Date.now(), account: ana, place });
  }
}

/** CI is asked for by webhooks, and what is ready is merged. */
async function review(): Promise<void> {
  const { rows } = await client.query<{ number: number; phase: string; pull: number }>(`
    select number, status->>'phase' as phase, (pull->>'number')::int as pull from mainloop.tasks
      where pull is not null and ended_at is null and status->>'phase' in ('ci', 'review')`);
  for (const { number, phase, pull } of rows) {
    if (held(number, 3) || (phase === 'review' && isHeld) || !isDue(`${phase} ${number}`)) continue;
    if (phase === 'review') await call('host', 'change', pull, { state: 'merged' });
    await core.hint({ delivery: `${number}`, repo: repository, pull });
  }
}
