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

test('a holder has one code, the last one, and what has expired is dropped', async () => {
  const { codes } = house.store;
  const pair = { purpose: 'pair', holder: 'account:x' } as const;
  await codes.put({ ...pair, hash: 'first', account: 'a', expiresAt: 1_000 }, 1);
  await codes.put({ ...pair, hash: 'second', account: 'b', expiresAt: 1_000 }, 2);
  expect(await codes.find('first', 'pair', 3)).toBeNull();
  expect(await codes.find('second', 'pair', 3)).toMatchObject({ account: 'b' });
  await codes.put({ hash: 'later', purpose: 'owner', expiresAt: 9_000 }, 2_000);
  expect(await codes.find('second', 'pair', 3)).toBeNull();
  await codes.revoke({ purpose: 'owner' });
  expect(await codes.take('later', 'owner', 3)).toBeNull();
});

test('the first of its kind within a time stays it, however often it is asked about', async () => {
  const { limits } = house.store;
  expect(await limits.isFirst('s', 'one', 100, 1_000)).toBe(true);
  expect(await limits.isFirst('s', 'two', 100, 1_010)).toBe(false);
  expect(await limits.isFirst('s', 'one', 100, 1_020)).toBe(true);
  expect(await limits.isFirst('s', 'two', 100, 1_100)).toBe(true);
  expect(await limits.isFirst('s', 'one', 100, 1_110)).toBe(false);
});

test('tries are counted within their window, also many at once, and old counts are dropped', async () => {
  const { limits } = house.store;
  const counts = await Promise.all(Array.from({ length: 8 }, () => limits.count('k', 100, 1_000)));
  expect(counts.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await limits.count('k', 100, 1_099)).toBe(9);
  expect(await limits.count('k', 100, 1_100)).toBe(1);
  await limits.clear('k');
  expect(await limits.count('k', 100, 1_101)).toBe(1);
  await limits.count('other', 100, 2 * 24 * 60 * 60 * 1000);
  const { rows } = await house.db.execute("select key from mainloop.limits where key = 'k'");
  expect(rows).toEqual([]);
});

test('the last owner stays one, also when two owners remove each other at once', async () => {
  const { people } = house.store;
  for (const { id, role } of await people.list()) if (role === 'owner') await people.setRole(id, 'member');
  const [left] = (await people.list()).filter(({ role }) => role === 'owner');
  const other = await people.admit(account('U30'), 'owner', 1);
  const ids = [left?.id ?? (await people.admit(account('U31'), 'owner', 1)).id, other.id];
  const [a, b] = await Promise.all([people.remove(ids[0] ?? 0), people.setRole(ids[1] ?? 0, 'viewer')]);
  expect([a, b].sort()).toEqual(['changed', 'last_owner']);
  expect((await people.list()).filter(({ role }) => role === 'owner')).toHaveLength(1);
  expect(await people.remove(99_999)).toBe('unknown');
});

test('an account is joined to one person, not to one who is gone, and a join is undone with what followed from it', async () => {
  const { people, joins } = house.store;
  const person = await people.admit(account('U40'), 'member', 1);
  const join = await joins.add(person.id, account('U41'), 'slack:T1:U40', 2);
  expect(await joins.add(person.id, account('U41'), 'slack:T1:U40', 3)).toBeNull();
  await joins.add(person.id, account('U42'), 'slack:T1:U41', 4);
  await joins.add(person.id, account('U43'), 'slack:T1:U40', 5);
  expect(await joins.undo(join?.id ?? 0, 6)).toEqual(['slack:T1:U41', 'slack:T1:U42']);
  expect(await joins.undo(join?.id ?? 0, 7)).toEqual([]);
  expect((await people.accountsOf(person.id)).map(({ id }) => id).sort()).toEqual(['U40', 'U43']);
  await people.remove(person.id);
  expect(await joins.add(person.id, account('U44'), 'slack:T1:U40', 8)).toBeNull();
  expect(await people.of(account('U43'))).toBeNull();
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

test('a person is called as the account is that named them, whatever their other accounts are called', async () => {
  const { people } = house.store;
  const { id } = await people.admit({ ...account('U7'), name: 'U7' }, 'member', 1);
  const nameNow = async () => (await people.byId(id))?.name;
  await people.seen({ ...account('U7'), name: 'Ana' }, 2);
  expect(await nameNow()).toBe('Ana');
  await people.addAccount(id, { ...account('U8'), name: 'ana_92' }, 3);
  await people.seen({ ...account('U8'), name: 'ana_93' }, 4);
  expect(await nameNow()).toBe('Ana');
  await people.seen({ ...account('U7'), name: 'Ana B' }, 5);
  expect(await nameNow()).toBe('Ana B');
});
