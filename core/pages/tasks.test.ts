import { afterAll, beforeEach, expect, test } from 'vitest';
import type { TaskEvent } from '../domain/task.ts';
import { failure, openPages, type PageHouse, plan } from './testing.ts';

let house: PageHouse;
beforeEach(async () => {
  await house?.close();
  house = await openPages();
});
afterAll(() => house.close());

const started: TaskEvent = { type: 'run_started', kind: 'implement' };
const parked: TaskEvent = { type: 'parked', detail: 'stuck' };

test('what needs attention comes first: the viewer, somebody else, parked, running, queued', async () => {
  const { ben, ana, pages, store } = house;
  await store.projects.set('acme/web', { selfApproval: false });
  const queued = await house.task();
  const running = await house.task({}, started);
  const stuck = await house.task({}, parked);
  const others = await house.task({ by: ben });
  await house.ask(others, plan);
  const mine = await house.task({ by: ana });
  await house.ask(mine, plan);
  const { open } = await pages.tasks(ben, { done: false, limit: 10 });
  expect(open.map(({ number }) => number)).toEqual([mine, others, stuck, running, queued]);
  expect(open.map(({ asks }) => asks)).toEqual([1, 0, 0, 0, 0]);
  expect(open.map(({ short }) => short)).toEqual([
    'waits for you',
    'waits for Ana',
    'parked: stuck',
    'implementing',
    'waits for a free worker',
  ]);
  expect(open[1]?.sentences).toContain('waits for Ana');
  expect(await pages.badges(ben)).toEqual({ tasks: 1, inbox: 1 });
  expect(await pages.badges(ana)).toEqual({ tasks: 1, inbox: 1 });
  expect(await pages.badges(house.vic)).toEqual({ tasks: 0, inbox: 0 });
});

test('of those that wait, the one that waits longest is first', async () => {
  const { ben, pages } = house;
  const [one, two] = [await house.task(), await house.task()];
  await house.ask(two);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await house.ask(one);
  expect((await pages.tasks(ben, { limit: 10 })).open.map(({ number }) => number)).toEqual([two, one]);
});

test('what was put off no longer presses: not in the badges, and behind what waits', async () => {
  const { ben, pages, store } = house;
  const [one, two] = [await house.task(), await house.task()];
  const [ask] = [await house.ask(one), await house.ask(two)];
  await store.askings.snooze(ask.id, ben.id, Date.now() + 60_000);
  expect(await pages.badges(ben)).toEqual({ tasks: 1, inbox: 1 });
  expect((await pages.tasks(ben, { limit: 10 })).open.map(({ number }) => number)).toEqual([two, one]);
  const inbox = await pages.inbox(ben);
  expect(inbox.waiting.map(({ task }) => task)).toEqual([two]);
  expect(inbox.snoozed.map(({ task }) => task)).toEqual([one]);
});

test('in the inbox stopped workers come before all else', async () => {
  const { ben, pages } = house;
  const review = await house.task({}, started);
  await house.store.asks.open({
    origin: 'r',
    task: review,
    kind: 'review',
    body: { kind: 'review', summary: '' },
    at: 1,
  });
  const stopped = await house.task();
  await house.ask(stopped, failure);
  expect((await pages.inbox(ben)).waiting).toMatchObject([
    { task: stopped, blocked: true, reason: 'parked: CI is red', kind: 'failure' },
    { task: review, blocked: false, reason: 'ready for review' },
  ]);
});

test('finished tasks are paged, newest first, and both lists narrow to a project and a person', async () => {
  const { ana, ben, mia, pages } = house;
  const done: number[] = [];
  for (let n = 0; n < 5; n += 1) done.unshift(await house.task({}, started, { type: 'merged' }));
  const other = await house.task({ repo: 'acme/api', by: mia }, { type: 'closed', detail: '' });
  const open = await house.task({ by: ana });
  const first = await pages.tasks(ana, { repo: 'acme/web', limit: 2 });
  expect(first.finished.map(({ number }) => number)).toEqual(done.slice(0, 2));
  expect(first.finished[0]).toMatchObject({ final: true, phase: 'merged', ci: null, short: 'merged' });
  const second = await pages.tasks(ana, { repo: 'acme/web', done: true, limit: 2, before: first.older ?? 0 });
  expect(second.finished.map(({ number }) => number)).toEqual(done.slice(2, 4));
  expect(second.open).toEqual([]);
  const last = await pages.tasks(ana, { repo: 'acme/web', limit: 2, before: second.older ?? 0 });
  expect(last).toMatchObject({ finished: [{ number: done[4] }], older: null });
  expect((await pages.tasks(ana, { person: mia.id, limit: 9 })).finished.map(({ number }) => number)).toEqual([other]);
  expect(await pages.tasks(ana, { person: ana.id, limit: 9 })).toMatchObject({
    open: [{ number: open }],
    finished: [],
  });
  expect((await pages.tasks(ana, { done: false, limit: 9 })).finished).toEqual([]);
  expect(await pages.tasks(ben, { person: Number.NaN, limit: 9 })).toMatchObject({ open: [], finished: [] });
  expect(await pages.project(ben, 'acme/web')).toMatchObject({ open: 1, finished: 5, tasks: { openCount: 1 } });
});
