import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenStore, openStore, place } from './testing.ts';

let house: OpenStore;
beforeAll(async () => {
  house = await openStore();
});
afterAll(() => house.close());

const account = (id: string) => ({ platform: 'slack', space: 'T1', id, name: `Name of ${id}`, bot: false });

test('a code is used up by one of many who enter it at once', async () => {
  const { codes } = house.store;
  await codes.put({ hash: 'hash', purpose: 'owner', expiresAt: 100 }, 1);
  const taken = await Promise.all(Array.from({ length: 8 }, () => codes.take('hash', 'owner', 50)));
  expect(taken.filter((code) => code !== null)).toHaveLength(1);
});

test('a code is good for its purpose and its time only', async () => {
  const { codes } = house.store;
  await codes.put({ hash: 'timed', purpose: 'pair', account: 'who', expiresAt: 100 }, 1);
  expect(await codes.take('timed', 'owner', 50)).toBeNull();
  expect(await codes.take('timed', 'pair', 100)).toBeNull();
  expect(await codes.take('other', 'pair', 50)).toBeNull();
  expect(await codes.take('timed', 'pair', 99)).toMatchObject({ account: 'who' });
});

test('an account has one person, and bots and strangers have none', async () => {
  const { people } = house.store;
  const person = await people.admit(account('U1'), 'member', 1);
  expect(await people.of(account('U1'))).toMatchObject({ id: person.id, role: 'member' });
  expect((await people.admit(account('U1'), 'member', 2)).id).toBe(person.id);
  expect(await people.of({ ...account('U1'), bot: true })).toBeNull();
  expect(await people.of({ ...account('U1'), space: 'T2' })).toBeNull();
  expect(await people.of(account('U9'))).toBeNull();
});

test('a role that is given again only rises', async () => {
  const { people } = house.store;
  const { id } = await people.admit(account('U2'), 'viewer', 1);
  expect((await people.admit(account('U2'), 'member', 2)).role).toBe('member');
  expect((await people.byId(id))?.role).toBe('member');
  expect((await people.admit(account('U2'), 'owner', 3)).role).toBe('owner');
  expect((await people.admit(account('U2'), 'viewer', 4)).role).toBe('owner');
  expect((await people.byId(id))?.role).toBe('owner');
});

test('a post is announced once, whoever is first, and found by its message without its thread', async () => {
  const { posts } = house.store;
  const announced = await Promise.all(Array.from({ length: 6 }, (_, n) => posts.announce('k', place, 'proposal:1', n)));
  expect(announced.filter(({ known }) => !known)).toHaveLength(1);
  expect(new Set(announced.map(({ post }) => post.createdAt)).size).toBe(1);
  expect(await posts.unsettledSubjects()).toEqual([]);
  await posts.sent('k', { place, id: '1700.9' }, 'hash', false);
  expect(await posts.subjectOf({ place: { ...place, thread: undefined }, id: '1700.9' })).toBe('proposal:1');
  expect(await posts.subjectOf({ place: { ...place, channel: 'C2' }, id: '1700.9' })).toBeNull();
  expect(await posts.unsettledSubjects()).toEqual(['proposal:1']);
  await posts.sent('k', { place, id: '1700.9' }, 'hash', true);
  expect(await posts.unsettledSubjects()).toEqual([]);
});
