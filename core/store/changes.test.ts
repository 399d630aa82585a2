import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { eventually } from '../testing/core.ts';
import { sql } from './drizzle.ts';
import { type OpenStore, openStore, proposalIn, runIn, taskIn } from './testing.ts';

let open: OpenStore;
beforeAll(async () => {
  open = await openStore();
  await open.store.people.admit({ platform: 'slack', space: 'T1', id: 'U1', name: 'Ana' }, 'owner', 1);
});
afterAll(() => open.close());

const event = (seq: number) => ({ seq, at: seq, event: { type: 'says' as const, text: 'x' } });

let marks = 0;
async function mark(): Promise<string> {
  marks += 1;
  await open.db.execute(sql`insert into mainloop.changes (topic) values (${`mark ${marks}`})`);
  return `mark ${marks}`;
}

/** What is told of what `act` did, without repetitions: the end may lie behind what was done before. */
async function toldOf(act: () => Promise<unknown>): Promise<string[]> {
  const { changes } = open.store;
  const before = await changes.now();
  const from = await mark();
  await act();
  const to = await mark();
  const told = await eventually('the mark', async () => {
    const { changes: found } = await changes.since(before, 500);
    const [begin, end] = [from, to].map((topic) => found.findIndex((change) => change.topic === topic));
    return end !== undefined && end >= 0 && found.slice((begin ?? -1) + 1, end);
  });
  return [...new Set(told.map(({ topic, repo, person }) => [topic, repo, person].join(' ')))];
}

/** A connection of its own, so that its transaction can stay open. */
async function connection({ db } = open): Promise<pg.Client> {
  const client = new pg.Client(db.$client.options);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

test('every change that a page shows is told with its project and its person', async () => {
  const { store } = open;
  const { task, run, attempt } = await runIn(store);
  const { worker, runs, asks, askings, web, projects, history } = store;
  const body = { kind: 'budget' as const, spentUsd: 1, limitUsd: 2, hard: false };
  const asked = await asks.open({ origin: 'o', task, kind: 'budget', body, at: 1 });
  const card = await web.post({ person: 1, key: 'card', doc: { text: 'Hi' } }, 1);
  const place = { platform: 'slack', space: 'T1', channel: 'C9', dm: false };

  expect(await toldOf(() => taskIn(store))).toEqual([
    expect.stringMatching(/^proposal:\d+ acme\/web $/),
    expect.stringMatching(/^task:\d+ acme\/web $/),
  ]);
  expect(await toldOf(() => store.tasks.spend(task, { charge: 'c', usd: 1, at: 1 }))).toEqual([
    `task:${task} acme/web `,
  ]);
  expect(await toldOf(() => asks.withdraw(asked.id, 2))).toEqual([`task:${task} acme/web `, 'asks acme/web ']);
  expect(await toldOf(() => askings.put({ ask: asked.id, person: 1, told: 0, dueAt: 9 }, null))).toContain(
    'asks acme/web 1',
  );
  expect(await toldOf(() => runs.openAttempt({ id: attempt, run, task, lastsMs: 1_000 }, 30))).toEqual([
    `task:${task} acme/web `,
  ]);
  expect(await toldOf(() => runs.heartbeat(attempt, 31))).toEqual([]);
  expect(await toldOf(() => runs.close(attempt, 32))).toEqual([`task:${task} acme/web `]);
  expect(await toldOf(() => worker.record(attempt, task, [1, 2, 3].map(event)))).toEqual([`log:${task} acme/web `]);
  const note = { key: 'n', at: 1, actor: 'Ana', subject: `task:${task}`, type: 'steered', data: {} };
  expect(await toldOf(() => history.add(note))).toEqual([`task:${task} acme/web `]);
  expect(await toldOf(() => history.add({ ...note, key: 'm', subject: 'person:1' }))).toEqual([]);
  expect(await toldOf(async () => web.edit(1, card?.id ?? 0, { text: 'Ho' }, false, 2))).toEqual([
    `chat:${card?.id}  1`,
  ]);
  expect(await toldOf(async () => web.edit(1, card?.id ?? 0, { text: 'Ho' }, false, 3))).toEqual([]);
  expect(await toldOf(() => web.setWorking(1, 9))).toEqual(['working  1']);
  expect(await toldOf(() => projects.link(place, 'acme/web'))).toEqual(['projects acme/web ']);
});

test('who signs out, gets another role or is removed is told of it', async () => {
  const { people, sessions } = open.store;
  const { id } = await people.admit({ platform: 'slack', space: 'T1', id: 'U2', name: 'Ben' }, 'member', 1);
  await sessions.open({ hash: 'a', person: id, expiresAt: 9 }, 1);
  await sessions.open({ hash: 'b', person: id, expiresAt: 9 }, 1);
  expect(await toldOf(() => sessions.find('a', 2))).toEqual([]);
  expect(await toldOf(() => sessions.close('a'))).toEqual([`person  ${id}`]);
  expect(await toldOf(() => people.setRole(id, 'viewer'))).toEqual([`person  ${id}`]);
  expect(await toldOf(() => people.remove(id))).toEqual([`person  ${id}`]);
});

test('a batch of events is one change', async () => {
  const { store } = open;
  const { task, attempt } = await runIn(store);
  const events = Array.from({ length: 500 }, (_, seq) => event(seq));
  await store.worker.record(attempt, task, events);
  const { rows } = await open.db.execute(sql`select from mainloop.changes where topic = ${`log:${task}`}`);
  expect(rows).toHaveLength(1);
});

test('transactions that commit in another order than they began lose nothing, and tell nothing twice', async () => {
  const { changes } = open.store;
  const [early, late] = [await connection(), await connection()];
  const start = await changes.now();
  const change = (topic: string) => `insert into mainloop.changes (topic) values ('${topic}')`;
  await early.query('begin');
  await early.query(change('early'));
  await late.query(change('late'));
  const first = await changes.since(start, 100);
  expect(first.changes).toEqual([]);
  await early.query('commit');
  const second = await eventually('both', async () => {
    const told = await changes.since(first.cursor, 100);
    return told.changes.length === 2 && told;
  });
  expect(second.changes.map(({ topic }) => topic)).toEqual(['early', 'late']);
  expect((await changes.since(second.cursor, 100)).changes).toEqual([]);
});

test('readers that page while many write at once read each change once, in the same order', async () => {
  const { changes } = open.store;
  const start = await changes.now();
  const writers = await Promise.all(Array.from({ length: 6 }, () => connection()));
  let isOver = false;
  const writing = Promise.all(
    writers.map(async (client, w) => {
      for (let n = 0; n < 40; n += 1) {
        await client.query('begin');
        await client.query(`insert into mainloop.changes (topic) values ('w${w}.${n}')`);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
        await client.query(n % 5 === 4 ? 'rollback' : 'commit');
      }
    }),
  ).then(() => {
    isOver = true;
  });
  const read = async () => {
    const topics: string[] = [];
    for (let cursor = start; ; ) {
      const wasOver = isOver;
      const told = await changes.since(cursor, 7);
      cursor = told.cursor;
      topics.push(...told.changes.map(({ topic }) => topic));
      // Whatever else writes on the server may hold the end back for a moment.
      if (wasOver && told.changes.length === 0 && topics.length >= 6 * 32) return topics;
    }
  };
  const [one, other] = await Promise.all([read(), read()]);
  await writing;
  expect(one).toHaveLength(6 * 32);
  expect(new Set(one).size).toBe(one.length);
  expect(other).toEqual(one);
});

test('neither a long transaction that only reads nor one in another database holds anything back', async () => {
  const other = await openStore(1);
  onTestFinished(() => other.close());
  const [reader, writer] = [await connection(), await connection(other)];
  await reader.query('begin isolation level repeatable read');
  await reader.query('select count(*) from mainloop.changes');
  await writer.query('begin');
  await writer.query('select pg_current_xact_id()');
  expect(await toldOf(() => proposalIn(open.store))).toHaveLength(1);
});

test.each(['', 'x', '1', '1-', '-1-1', '1-1; drop', '99999999999999999999-1', '999999999999-1'])(
  'a cursor that is none (%s) is lost, with one to go on from',
  async (cursor) => {
    const { changes } = open.store;
    const answer = await changes.since(cursor, 10);
    expect(answer).toMatchObject({ lost: true, changes: [] });
    expect((await changes.since(answer.cursor, 10)).lost).toBe(false);
  },
);

test('what is older than a day goes, and a cursor from before is lost', async () => {
  const house = await openStore();
  onTestFinished(() => house.close());
  const { changes } = house.store;
  const before = await changes.now();
  const dayMs = 24 * 60 * 60 * 1000;
  await house.db.execute(sql`insert into mainloop.changes (topic, at) values ('old', ${Date.now() - dayMs - 1_000})`);
  const stored = await house.db.execute<{ xid: string }>(sql`select xid::text from mainloop.changes`);
  // Whatever else writes on the server may hold the end back for a moment.
  const between = await vi.waitFor(async () => {
    const now = await changes.now();
    expect(Number.parseInt(now, 10)).toBeGreaterThan(Number(stored.rows[0]?.xid));
    return now;
  }, 10_000);
  await house.db.execute(sql`insert into mainloop.changes (topic) values ('new')`);
  expect(await changes.since(before, 10)).toMatchObject({ lost: true });
  expect(await changes.since(between, 10)).toMatchObject({ lost: false, changes: [{ topic: 'new' }] });
  const { rows } = await house.db.execute(sql`select topic from mainloop.changes`);
  expect(rows).toEqual([{ topic: 'new' }]);
});
