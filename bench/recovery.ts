import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Inbound } from '../core/domain/chat.ts';
import { createFakeChat } from '../core/testing/chat.ts';
import { createFakeCodeHost } from '../core/testing/code-host.ts';
import { createFakeSandbox } from '../core/testing/sandbox.ts';
import type { Benchmark } from './benchmark.ts';
import { endChild, startChild } from './child.ts';
import { ana } from './core.ts';
import { openPostgres } from './postgres.ts';
import { serve } from './remote.ts';

const tasks = 100;
const messages = 100;
const patienceMs = 90_000;

export const recovery: Benchmark = {
  name: 'recovery',
  what: `kill -9 with ${tasks} tasks in five phases and ${messages} messages on their way; until each task goes on`,
  goals: () => ({
    seconds: { atMost: 5 },
    issues: { atLeast: tasks, atMost: tasks },
    prs: { atLeast: tasks, atMost: tasks },
    replies_missing: { atMost: 0 },
    replies_doubled: { atMost: 0 },
  }),
  async run(scope, say) {
    const postgres = await openPostgres(scope);
    const url = await postgres.database('recovery');
    const outside = createOutside();
    const first = await start(scope, url, outside, true);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    scope.defer(() => client.end());
    await until('tasks in five phases', async () => (await atTheirPhase(client)) === tasks);
    say(`${tasks} tasks are in their phases`);
    const unheard = speak(first);
    await until('half of the messages to be heard', async () => unheard.size <= messages / 2);
    await endChild(first);
    const killedAt = Date.now();
    say(`killed with ${unheard.size} of ${messages} messages not acknowledged`);
    outside.release();
    const second = await start(scope, url, outside, false);
    for (const inbound of unheard.values()) second.send({ type: 'say', inbound });
    await until('every task to go on', async () => (await servedSince(client, killedAt)).length === tasks);
    const last = Math.max(...(await servedSince(client, killedAt)));
    await until('every task to be merged', async () => (await merged(client)) === tasks);
    await until('every message to be answered', async () => outside.replies().size === messages);
    await sleep(1_000);
    const replies = [...outside.replies().values()];
    return {
      seconds: (last - killedAt) / 1000,
      issues: outside.host.issues.length,
      prs: outside.host.pulls.length,
      replies_missing: messages - replies.length,
      replies_doubled: replies.filter((count) => count > 1).length,
    };
  },
};

type Outside = ReturnType<typeof createOutside>;

/** The world around the program, which is not killed with it. */
function createOutside() {
  const chat = createFakeChat();
  const host = createFakeCodeHost();
  const sandbox = createFakeSandbox();
  const shas = new Map<string, number>();
  let isHeld = true;
  const world = {
    workers: () => sandbox.begun.filter(({ attempt }) => sandbox.running.has(attempt)),
    push(task: number, branch: string): string {
      const sha = `${task}`.padStart(40, 'b');
      shas.set(sha, task);
      host.heads.set(branch, sha);
      return sha;
    },
  };
  const checks = async (_repo: string, sha: string) => {
    const state = isHeld && (shas.get(sha) ?? 0) % 5 === 3 ? ('pending' as const) : ('success' as const);
    return [{ id: sha, name: 'test', source: 'check_run' as const, state, url: 'https://host.example' }];
  };
  return {
    objects: { chat, sandbox, world, host: Object.assign(host, { checks }) },
    host,
    release() {
      isHeld = false;
    },
    /** Answers by the thread they stand in. */
    replies(): Map<string, number> {
      const turns = chat.messages.filter(({ key }) => key.startsWith('turn:'));
      const threads = Map.groupBy(turns, ({ ref }) => ref.place.thread ?? '');
      return new Map([...threads].map(([thread, found]) => [thread, found.length]));
    },
  };
}

async function start(
  scope: AsyncDisposableStack,
  url: string,
  outside: Outside,
  isHeld: boolean,
): Promise<ChildProcess> {
  const env = { DATABASE_URL: url, BENCH_TASKS: String(tasks), BENCH_HELD: isHeld ? 'yes' : 'no' };
  return startChild(scope, new URL('recovery-process.ts', import.meta.url), env, [], (child) =>
    serve(child, outside.objects),
  );
}

/** Says everything at once; what is left in the answer was not acknowledged, and a platform would deliver it again. */
function speak(child: ChildProcess): Map<string, Inbound> {
  const unheard = new Map<string, Inbound>();
  child.on('message', ({ type, dedupe }: { type: string; dedupe: string }) => {
    if (type === 'heard') unheard.delete(dedupe);
  });
  for (let n = 1; n <= messages; n += 1) {
    const place = { platform: 'fake', space: 'T1', channel: 'C2', thread: `talk.${n}`, dm: false };
    const said = { kind: 'message' as const, ref: { place, id: `m${n}` }, text: 'hello', mentionsBot: true, files: [] };
    const inbound: Inbound = { ...said, dedupe: `fake:m${n}`, at: Date.now(), account: ana, place };
    unheard.set(inbound.dedupe, inbound);
    child.send({ type: 'say', inbound });
  }
  return unheard;
}

async function atTheirPhase(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ n: string }>(`
    select count(*) as n from mainloop.tasks where case number % 5
      when 0 then exists (select from mainloop.asks where task = number and kind = 'plan' and state = 'open')
      when 1 then exists (select from mainloop.attempts a where a.task = number and state = 'open')
      when 2 then exists (select from mainloop.attempts a join mainloop.runs r on r.id = a.run
        where a.task = number and a.state = 'open' and r.kind = 'implement')
      when 3 then status->>'phase' = 'ci'
      else status->>'phase' = 'review' end`);
  return Number(rows[0]?.n);
}

/** When each task that did something since then did it first. */
async function servedSince(client: pg.Client, since: number): Promise<number[]> {
  const { rows } = await client.query<{ at: string }>(
    `select min(at) as at from mainloop.events where actor = 'mainloop' and subject like 'task:%' and at > $1 group by subject`,
    [since],
  );
  return rows.map(({ at }) => Number(at));
}

async function merged(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ n: string }>(
    `select count(*) as n from mainloop.tasks where status->>'phase' = 'merged'`,
  );
  return Number(rows[0]?.n);
}

async function until(what: string, probe: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(50)) {
    if (await probe()) return;
  }
  throw new Error(`waited in vain for ${what}`);
}
