import { createHash, randomBytes } from 'node:crypto';
import type { TaskNumber } from '../../core/domain/ids.ts';
import type { Person } from '../../core/domain/policy.ts';
import { connect } from '../../core/store/database.ts';
import { sql } from '../../core/store/drizzle.ts';
import { createStore, type Store } from '../../core/store/index.ts';

/** What pages are about: an owner who is signed in, and tasks at work with logs of any length. No program moves them. */
export interface Desk {
  readonly store: Store;
  readonly owner: Person;
  /** The cookie of the one session, `NAME=VALUE`. */
  readonly cookie: { readonly name: string; readonly value: string };
  task(title: string): Promise<TaskNumber>;
  /** Adds the lines with these numbers to a task's log: `line 7 of the work …`. */
  write(task: TaskNumber, first: number, last: number): Promise<void>;
  close(): Promise<void>;
}

const repo = 'acme/web';
const place = { platform: 'slack', space: 'T1', channel: 'C1', thread: '1700.1', dm: false };

/** Sets the desk up in a database, which is brought up to date first. */
export async function openDesk(databaseUrl: string): Promise<Desk> {
  const { db, close } = await connect(databaseUrl, () => undefined, 4);
  const store = createStore(db);
  const now = Date.now();
  const ana = { platform: 'slack', space: 'T1', id: 'ANA', name: 'Ana' };
  const owner = await store.people.admit(ana, 'owner', now);
  await store.projects.put({ repo, defaultBranch: 'main', url: `https://host.example/${repo}` }, now);
  const value = randomBytes(32).toString('base64url');
  const hash = createHash('sha256').update(value).digest('hex');
  await store.sessions.open({ hash, person: owner.id, expiresAt: now + 86_400_000 }, now);
  let made = 0;
  return {
    ...{ store, owner, close, cookie: { name: 'mainloop', value } },
    async task(title) {
      made += 1;
      const { id } = await store.proposals.create({
        ...{ origin: `desk:${made}`, conversation: 'slack:T1:C1:1700.1', place, repo, base: 'main', title },
        ...{ proposer: owner.id, brief: 'Do *as said* in the list.', model: 'm', planFirst: false, budgetUsd: 5 },
        ...{ deadlineMinutes: 90, createdAt: now, expiresAt: now + 86_400_000 },
      });
      const { proposal } = await store.proposals.confirm(id, { person: owner.id, name: owner.name }, now);
      const task = proposal.task ?? 0;
      await store.runs.queue({ id: `${task}.1`, task, kind: 'implement' }, 1, now, () => 'Do it.');
      await store.runs.openAttempt({ id: `${task}.1.1`, run: `${task}.1`, task, lastsMs: 86_400_000 }, now);
      return task;
    },
    async write(task, first, last) {
      await db.execute(sql`
        insert into mainloop.worker_events (attempt, seq, task, at, event)
        select ${`${task}.1.1`}, n, ${task}, ${now}::bigint + n, case n % 3
          when 0 then json_build_object('type', 'tool', 'name', 'Bash', 'summary', words)
          when 1 then json_build_object('type', 'says', 'text', words)
          else json_build_object('type', 'log', 'text', words || chr(10) || '  at second.line.of.it (file.ts:12:7)')
        end
        from generate_series(${first}::integer, ${last}::integer) n,
          lateral (select 'line ' || n || ' of the work, ' || repeat('which goes on and on ', n % 7) as words) w`);
    },
  };
}
