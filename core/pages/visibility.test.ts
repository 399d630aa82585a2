import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Person } from '../domain/policy.ts';
import { openPages, type PageHouse } from './testing.ts';

let house: PageHouse;
let web: number;
let api: number;
beforeAll(async () => {
  house = await openPages();
  web = await house.task();
  api = await house.task({ repo: 'acme/api', by: house.mia });
  for (const task of [web, api]) {
    await house.ask(task);
    const run = `${task}.1`;
    await house.store.runs.queue({ id: run, task, kind: 'plan' }, 1, 20, () => 'Do it.');
    const bytes = new Uint8Array([1, 2, 3]);
    const file = { name: 'shot.png', mimeType: 'image/png', kind: 'image' as const, hash: `h${task}` };
    await house.store.files.handOver({ ...file, task, run, bytes, at: 1 });
  }
  const settled = await house.ask(api);
  await house.store.asks.answer(settled.id, { type: 'approve' }, { name: 'Mia', platform: 'discord' }, 5);
});
afterAll(() => house.close());

const numbers = async (viewer: Person, filter: { repo?: string } = {}) =>
  (await house.pages.tasks(viewer, { ...filter, limit: 10 })).open.map(({ number }) => number).sort();

test('an owner sees every project, others see theirs, and who has none sees nothing', async () => {
  const { ana, ben, vic, mia, nobody, pages } = house;
  expect(await numbers(ana)).toEqual([web, api]);
  expect(await numbers(ben)).toEqual([web]);
  expect(await numbers(vic)).toEqual([web]);
  expect(await numbers(mia)).toEqual([api]);
  expect(await numbers(nobody)).toEqual([]);
  expect(await numbers(ben, { repo: 'acme/api' })).toEqual([]);
  expect(await numbers(ben, { repo: 'ACME/web' })).toEqual([web]);
  expect((await pages.projects(ana)).map(({ repo }) => repo)).toEqual(['acme/api', 'acme/web']);
  expect(await pages.projects(vic)).toEqual([
    { repo: 'acme/web', url: 'https://host.example/acme/web', open: 1, finished: 0 },
  ]);
  expect(await pages.projects(nobody)).toEqual([]);
  expect((await pages.tasks(ben, { limit: 1 })).choices).toEqual({
    repos: ['acme/web'],
    people: [{ id: ben.id, name: 'Ben' }],
  });
});

test('something of another project is nothing, exactly as what does not exist, under its number and under any other', async () => {
  const { ben, nobody, ana, pages, store } = house;
  const [file] = await store.files.handedFor(api);
  for (const viewer of [ben, nobody]) {
    for (const number of [api, 999, 0, -1, 1.5, Number.NaN, 2 ** 40]) {
      expect(await pages.task(viewer, number)).toBeNull();
      expect(await pages.log(viewer, number, { limit: 10 })).toBeNull();
      expect(await pages.file(viewer, number, file?.id ?? 0)).toBeNull();
    }
    for (const repo of ['acme/api', 'acme/none', '%', '']) expect(await pages.project(viewer, repo)).toBeNull();
  }
  expect(await pages.task(ana, api)).toMatchObject({ number: api, files: [{ name: 'shot.png', size: 3 }] });
  expect(await pages.file(ana, api, file?.id ?? 0)).toMatchObject({ name: 'shot.png', bytes: Buffer.from([1, 2, 3]) });
  expect(await pages.file(ana, web, file?.id ?? 0)).toBeNull();
  expect(await pages.file(ana, api, 2 ** 40)).toBeNull();
});

test('an inbox holds what its viewer may see: theirs to answer, or with who may, and what was answered where', async () => {
  const { ana, ben, vic, mia, nobody, pages } = house;
  expect(await pages.inbox(nobody)).toEqual({ waiting: [], snoozed: [], others: [], settled: [] });
  expect(await pages.inbox(ben)).toMatchObject({ waiting: [{ task: web, whoMay: [] }], others: [], settled: [] });
  const looked = await pages.inbox(vic);
  expect(looked).toMatchObject({ waiting: [], others: [{ task: web, mayAnswer: false, whoMay: ['Ben', 'Ana'] }] });
  expect(looked.others[0]?.card.buttons).toBeUndefined();
  expect(looked.others[0]?.card.note).toBeUndefined();
  expect((await pages.inbox(ana)).waiting).toHaveLength(2);
  const [answered] = (await pages.inbox(mia)).settled;
  expect(answered).toMatchObject({ task: api, at: 5 });
  expect(answered?.card.text).toMatch(/approved by Mia on Discord, /);
});

test('only owners read who may use a project', async () => {
  const { ana, ben, pages } = house;
  expect((await pages.project(ben, 'acme/web'))?.people).toBeNull();
  expect((await pages.project(ana, 'acme/web'))?.people).toEqual([
    { name: 'Ana', role: 'owner' },
    { name: 'Ben', role: 'member' },
    { name: 'Vic', role: 'viewer' },
  ]);
});

test('whoever lost a project or the role since they signed in is asked for by what they are now', async () => {
  const { ben, pages, store } = house;
  await store.people.setProjects(ben.id, []);
  const now = await store.people.byId(ben.id);
  expect(now && (await pages.task(now, web))).toBeNull();
  // The page was asked for as they were: it shows no right that they lost.
  expect((await pages.inbox(ben)).waiting).toEqual([]);
  await store.people.setProjects(ben.id, ['acme/web']);
});
