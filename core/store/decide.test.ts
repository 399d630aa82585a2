import { afterAll, beforeAll, expect, test } from 'vitest';
import { undoMs } from '../domain/proposal.ts';
import { type OpenStore, openStore, proposalIn, taskIn } from './testing.ts';

let house: OpenStore;
beforeAll(async () => {
  house = await openStore();
});
afterAll(() => house.close());

const ana = { person: 1, name: 'Ana' };

test('a proposal confirmed by ten at once makes one task', async () => {
  const { store } = house;
  const id = await proposalIn(store);
  const decisions = await Promise.all(
    Array.from({ length: 10 }, (_, n) => store.proposals.confirm(id, { person: n, name: `P${n}` }, 10 + n)),
  );
  expect(decisions.filter((decision) => decision.changed)).toHaveLength(1);
  const tasks = (await store.tasks.open()).filter((task) => task.title === 'Fix it');
  expect(tasks).toHaveLength(1);
  const [winner] = decisions.filter((decision) => decision.changed);
  expect(tasks[0]).toMatchObject({ number: winner?.proposal.task, person: tasks[0]?.person });
});

test('confirming and declining at once has one outcome, and a task only if it was confirmed', async () => {
  const { store } = house;
  for (let n = 0; n < 10; n += 1) {
    const id = await proposalIn(store);
    const [yes, no] = await Promise.all([
      store.proposals.confirm(id, ana, 10),
      store.proposals.close(id, 'declined', 'Ben', 10),
    ]);
    expect([yes.changed, no.changed].filter(Boolean)).toHaveLength(1);
    expect((await store.proposals.find(id))?.task !== null).toBe(yes.changed);
  }
});

test('a proposal that waited too long can no longer be confirmed, and expires once', async () => {
  const { store } = house;
  const id = await proposalIn(store, { expiresAt: 100 });
  expect(await store.proposals.confirm(id, ana, 100)).toMatchObject({ changed: false, proposal: { task: null } });
  expect(await store.proposals.expire(100)).toEqual([id]);
  expect(await store.proposals.expire(200)).toEqual([]);
});

test('a confirmation is undone once and only within ten seconds', async () => {
  const { store } = house;
  const early = await proposalIn(store);
  await store.proposals.confirm(early, ana, 1_000);
  const [one, two] = await Promise.all([
    store.proposals.undo(early, 'Ana', 1_000 + undoMs - 1),
    store.proposals.undo(early, 'Ben', 1_000 + undoMs - 1),
  ]);
  expect([one.changed, two.changed].filter(Boolean)).toHaveLength(1);
  const late = await proposalIn(store);
  await store.proposals.confirm(late, ana, 1_000);
  expect((await store.proposals.undo(late, 'Ana', 1_000 + undoMs)).changed).toBe(false);
  expect((await store.proposals.undo(await proposalIn(store), 'Ana', 5)).changed).toBe(false);
});

test('the first of many answers to an ask counts, and the others read whose it was', async () => {
  const { store } = house;
  const task = await taskIn(store);
  const body = { kind: 'plan', summary: '', version: 1 } as const;
  const { id } = await store.asks.open({ origin: 'o', task, kind: 'plan', body, at: 1 });
  expect((await store.asks.open({ origin: 'o', task, kind: 'plan', body, at: 2 })).id).toBe(id);
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      store.asks.answer(id, { type: 'revise', text: `${n}` }, { name: `P${n}`, platform: 'slack' }, 5),
    ),
  );
  const [first, ...more] = answers.filter((answer) => answer.changed);
  expect(more).toEqual([]);
  for (const answer of answers) expect(answer.ask?.answeredBy).toBe(first?.ask?.answeredBy);
  await store.asks.withdraw(id, 9);
  expect((await store.asks.find(id))?.state).toBe('answered');
  expect(await store.asks.inbox()).toEqual([]);
});

test("a task moves once per event's key, and never again after its end", async () => {
  const { store } = house;
  const task = await taskIn(store);
  await Promise.all(
    Array.from({ length: 5 }, () => store.tasks.advance(task, { type: 'run_started', kind: 'plan' }, `s:${task}`, 20)),
  );
  await store.tasks.advance(task, { type: 'merged' }, `e:${task}`, 30);
  await store.tasks.advance(task, { type: 'parked', detail: 'late' }, `p:${task}`, 40);
  await store.tasks.advance(task, { type: 'cancelled', detail: 'late' }, `c:${task}`, 50);
  expect(await store.tasks.get(task)).toMatchObject({ endedAt: 30, status: { phase: 'merged', since: 30 } });
  const history = (await store.history.of(`task:${task}`)).map((event) => event.type);
  expect(history).toEqual(['run_started', 'merged', 'parked', 'cancelled']);
});

test('money spent by many calls at once adds up', async () => {
  const { store } = house;
  const task = await taskIn(store);
  await Promise.all(
    Array.from({ length: 20 }, (_, n) => store.tasks.spend(task, { charge: `${task}:${n}`, usd: 0.25, at: 1 })),
  );
  expect((await store.tasks.get(task)).spentUsd).toBe(5);
});
