import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenStore, openStore } from './testing.ts';

let open: OpenStore;
let ana: number;
beforeAll(async () => {
  open = await openStore();
  ana = (await open.store.people.admit({ platform: 'slack', space: 'T1', id: 'U1', name: 'Ana' }, 'owner', 1)).id;
});
afterAll(() => open.close());

test('a session is good until it expires, and gone from the table with the next one', async () => {
  const { sessions } = open.store;
  expect(await sessions.open({ hash: 'a', person: ana, expiresAt: 1_000 }, 100)).toBe(true);
  expect(await sessions.find('a', 999)).toMatchObject({ person: ana, createdAt: 100, expiresAt: 1_000 });
  expect(await sessions.find('a', 1_000)).toBeNull();
  expect(await sessions.has(ana, 1_000)).toBe(false);
  expect(await sessions.find('b', 999)).toBeNull();
  await sessions.open({ hash: 'c', person: ana, expiresAt: 9_000 }, 2_000);
  // At a time at which it was good, only its absence can hide it.
  expect(await sessions.find('a', 999)).toBeNull();
});

test('that a session is used is noted once a minute', async () => {
  const { sessions } = open.store;
  await sessions.open({ hash: 'd', person: ana, expiresAt: 900_000 }, 0);
  expect((await sessions.find('d', 59_999))?.seenAt).toBe(0);
  expect((await sessions.find('d', 60_000))?.seenAt).toBe(60_000);
  expect((await sessions.find('d', 60_001))?.seenAt).toBe(60_000);
});

test('a person signs out here, or everywhere', async () => {
  const { sessions } = open.store;
  await sessions.closeAll(ana);
  for (const hash of ['e', 'f', 'g']) await sessions.open({ hash, person: ana, expiresAt: 9_000 }, 1);
  await sessions.close('e');
  expect(await sessions.find('e', 2)).toBeNull();
  expect(await sessions.has(ana, 2)).toBe(true);
  expect(await sessions.closeAll(ana)).toBe(2);
  expect(await sessions.has(ana, 2)).toBe(false);
});

test('who is removed is signed out everywhere, and cannot sign in', async () => {
  const { sessions, people } = open.store;
  const ben = await people.admit({ platform: 'slack', space: 'T1', id: 'U2', name: 'Ben' }, 'member', 1);
  await sessions.open({ hash: 'h', person: ben.id, expiresAt: 9_000 }, 1);
  await people.remove(ben.id);
  expect(await sessions.find('h', 2)).toBeNull();
  expect(await sessions.open({ hash: 'i', person: ben.id, expiresAt: 9_000 }, 2)).toBe(false);
});
