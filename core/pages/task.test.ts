import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Person } from '../domain/policy.ts';
import { record } from '../workflows/record.ts';
import { openPages, type PageHouse, place } from './testing.ts';

let house: PageHouse;
const wanted: number[] = [];
beforeAll(async () => {
  house = await openPages({ wantDiff: ({ number }) => void wanted.push(number) });
});
afterAll(() => house.close());

const page = async (viewer: Person, number: number) => {
  const found = await house.pages.task(viewer, number);
  if (!found) throw new Error(`#${number} is not theirs`);
  return found;
};
const did = (by: Person, task: number, type: string, data: Record<string, unknown> = {}, dm = false) =>
  record(
    house.store,
    {
      ...{
        person: by,
        name: by.name,
        platform: 'slack',
        account: `slack:T1:${by.name}`,
        origin: `${type}${Math.random()}`,
      },
      place: { ...place, dm },
    },
    { subject: `task:${task}`, type, data },
  );

test('its timeline tells who did what where, and what the program did, oldest first', async () => {
  const { ben, ana } = house;
  const task = await house.task();
  await did(ben, task, 'confirmed');
  await house.advance(task, { type: 'run_queued', kind: 'plan' }, { type: 'run_started', kind: 'plan' });
  await house.ask(task);
  await did(ana, task, 'answered', { words: 'approved' }, true);
  await did(ben, task, 'steered', { text: 'Use <b>@everyone</b>' });
  await house.advance(
    task,
    { type: 'ci_watched', detail: 'waiting for checks', nextAt: 1 },
    { type: 'ci_progressed', detail: '1 of 2 checks are done', nextAt: 1 },
    { type: 'parked', detail: 'CI is red\nstill' },
  );
  const { timeline } = await page(ben, task);
  expect(timeline.map(({ who, what, where }) => [who, what, where])).toEqual([
    ['Ben', 'started it', 'Slack, `C1`'],
    [null, 'Waits for a worker to plan', null],
    [null, 'A worker began to plan', null],
    [null, 'Asked for the approval of the plan', null],
    ['Ana', 'approved the plan', 'Slack, direct message'],
    ['Ben', 'said: "Use <\u200bb>@\u200beveryone<\u200b/b>"', 'Slack, `C1`'],
    [null, 'CI runs', null],
    [null, 'Parked: CI is red still', null],
  ]);
  expect(timeline[0]?.account).toBe('slack:T1:Ben');
  expect(timeline.every(({ at }) => at > 0)).toBe(true);
});

test('what its viewer may do follows from its state and their role', async () => {
  const { ben, vic, ana } = house;
  const task = await house.task({}, { type: 'run_started', kind: 'implement' });
  expect((await page(ben, task)).deeds).toEqual({ steer: true, retry: false, cancel: true });
  expect((await page(vic, task)).deeds).toEqual({ steer: false, retry: false, cancel: false });
  expect((await page(vic, task)).why.buttons).toBeUndefined();
  await house.advance(task, { type: 'parked', detail: 'stuck' });
  expect((await page(ana, task)).deeds).toEqual({ steer: true, retry: true, cancel: true });
  await house.advance(task, { type: 'cancelled', detail: 'cancelled by Ana' });
  expect((await page(ana, task)).deeds).toEqual({ steer: false, retry: false, cancel: false });
});

test("an ask's card is the one of chats; who may not approve their own plan may still ask for changes", async () => {
  const { ben, ana, store } = house;
  const task = await house.task();
  const ask = await house.ask(task);
  const tokens = async (viewer: Person) =>
    (await page(viewer, task)).openAsks.flatMap(({ card }) => card.buttons?.flat().map(({ token }) => token));
  const all = ['approve', 'revise', 'drop'].map((choice) => `answer:${ask.id}:${choice}`);
  expect(await tokens(ben)).toEqual([...all, `later:${ask.id}`]);
  await store.projects.set('acme/web', { selfApproval: false });
  expect(await tokens(ben)).toEqual(all.slice(1));
  expect(await tokens(ana)).toEqual([...all, `later:${ask.id}`]);
  const { progress, why } = await page(ben, task);
  expect(progress.text).toContain('Waiting for Ana');
  expect(why.text).toContain('waits for Ana');
  expect(why.buttons?.flat().map(({ token }) => token)).toEqual(all.slice(1));
  await store.projects.set('acme/web', { selfApproval: true });
});

test('runs have their attempts, and say how each ended', async () => {
  const { ben, store } = house;
  const task = await house.task();
  const [one, two] = [`${task}.1`, `${task}.2`];
  await store.runs.queue({ id: one, task, kind: 'plan' }, 1, 20, () => 'Do it.');
  for (const n of [1, 2]) {
    await store.runs.openAttempt({ id: `${one}.${n}`, run: one, task, lastsMs: 1_000 }, 20 + n * 10);
    if (n === 2) await store.runs.result(`${one}.2`, { type: 'nothing', summary: '', session: 's' }, 41);
    await store.runs.close(`${one}.${n}`, 25 + n * 10);
  }
  await store.runs.end(one, { type: 'planned', plan: 'All of it.', summary: 'Short.' }, 50);
  await store.runs.queue({ id: two, task, kind: 'implement' }, 2, 60, () => 'Do it.');
  await store.runs.openAttempt({ id: `${two}.1`, run: two, task, lastsMs: 1_000 }, 70);
  expect((await page(ben, task)).runs).toMatchObject([
    {
      ...{ id: one, kind: 'plan', queuedAt: 20, startedAt: 30, endedAt: 50, outcome: 'Wrote the plan\nShort.' },
      attempts: [
        { id: `${one}.1`, n: 1, state: 'ended', outcome: 'was lost', durationMs: 5 },
        { id: `${one}.2`, n: 2, state: 'ended', outcome: 'gave its result', durationMs: 5 },
      ],
    },
    { id: two, outcome: null, attempts: [{ state: 'running', outcome: '', endedAt: null }] },
  ]);
});

test("what it cost is told by the days of the viewer's calendar, and what a project cost by today, 7 and 30 days", async () => {
  const { ben, store } = house;
  await store.inbox.set(ben.id, { zone: 'Pacific/Auckland' });
  const task = await house.task();
  await store.digest.spent(task, 0.25, Date.parse('2026-03-11T10:59:00Z'));
  await store.digest.spent(task, 0.5, Date.parse('2026-03-11T11:01:00Z'));
  await store.digest.spent(task, 0.5, Date.parse('2026-03-12T10:00:00Z'));
  expect((await page(ben, task)).spending).toEqual([
    { day: '2026-03-11', usd: 0.25 },
    { day: '2026-03-12', usd: 1 },
  ]);
  const dayMs = 86_400_000;
  for (const [usd, days] of [
    [1, 0],
    [2, 5],
    [4, 20],
    [8, 40],
  ] as const)
    await store.digest.spent(task, usd, Date.now() - days * dayMs);
  expect((await house.pages.project(ben, 'acme/web'))?.usage).toEqual({ today: 1, week: 3, month: 7 });
});

test('what its branch changes is what the history last says; a head that was not read is asked for', async () => {
  const { ben, store } = house;
  const task = await house.task();
  expect(await page(ben, task)).toMatchObject({ diff: null });
  expect(wanted).not.toContain(task);
  await store.tasks.note(task, { head: 'b' });
  const stat = { files: 3, additions: 87, deletions: 12, more: false };
  const read = { at: Date.now(), actor: 'mainloop', subject: `task:${task}`, type: 'diff_read' };
  await store.history.add({ ...read, key: `diff:${task}:a`, data: { head: 'a', ...stat } });
  expect((await page(ben, task)).diff).toEqual({ head: 'a', ...stat });
  expect(wanted.filter((number) => number === task)).toHaveLength(1);
  await store.history.add({ ...read, key: `diff:${task}:b`, data: { head: 'b', ...stat } });
  const { diff, timeline } = await page(ben, task);
  expect(diff?.head).toBe('b');
  expect(timeline.at(-1)?.what).toBe('The branch changes 3 files, +87 −12');
  expect(wanted.filter((number) => number === task)).toHaveLength(1);
});
