import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenStore, openStore } from '../../core/store/testing.ts';
import { eventually } from '../../core/testing/core.ts';
import { quiet } from '../../core/testing/listener.ts';
import { createWebChat } from './chat.ts';
import { accountOf, placeOf } from './place.ts';

let house: OpenStore;
let ana: number;
beforeAll(async () => {
  house = await openStore();
  ana = (await house.store.people.admit({ platform: 'slack', space: 'T1', id: 'U1', name: 'Ana' }, 'owner', 1)).id;
});
afterAll(() => house.close());

const open = (change: Partial<OpenStore['store']['web']> = {}) => {
  const { web, sessions } = house.store;
  return createWebChat({ web: { ...web, ...change }, sessions, publicUrl: 'https://m.example', log: quiet });
};
const shown = async (id: string) => house.store.web.get(ana, Number(id));

test('a growing reply is marked as such until its end, and written at a pace', async () => {
  let edits = 0;
  const chat = open({
    edit: (...args) => {
      edits += 1;
      return house.store.web.edit(...args);
    },
  });
  const stream = chat.stream(placeOf(ana), accountOf(ana), 'turn:1', null);
  for (let n = 0; n < 100; n += 1) {
    stream.append(`${n} `);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const growing = await eventually('the beginning', async () => stream.ref && shown(stream.ref.id));
  expect(growing).toMatchObject({ streaming: true, doc: { text: expect.stringMatching(/^0 /) } });
  expect(edits).toBeLessThan(10);
  const { id } = await stream.finish({ text: 'whole', note: 'end' });
  expect(await shown(id)).toMatchObject({ streaming: false, doc: { text: 'whole', note: 'end' } });
});

test('a growing reply outlives a database that is away for a moment', async () => {
  let isAway = true;
  const chat = open({
    post: (...args) => (isAway ? Promise.reject(new Error('ECONNREFUSED')) : house.store.web.post(...args)),
  });
  const stream = chat.stream(placeOf(ana), accountOf(ana), 'turn:2', null);
  stream.append('Hel');
  await new Promise((resolve) => setTimeout(resolve, 50));
  isAway = false;
  stream.append('lo');
  await eventually('the words', async () => stream.ref !== null);
  const { id } = await stream.finish({ text: 'Hello' });
  expect((await shown(id))?.doc).toEqual({ text: 'Hello' });
});

test('an unfinished reply is found as a reply, and never taken for a post', async () => {
  const chat = open();
  const stream = chat.stream(placeOf(ana), accountOf(ana), 'turn:3', null);
  stream.append('Hel');
  const ref = await eventually('the beginning', async () => stream.ref);
  expect(await chat.find(placeOf(ana), 'turn:3', 0, 'reply')).toEqual(ref);
  expect(await chat.find(placeOf(ana), 'turn:3', 0, 'post')).toBeNull();
  await stream.finish({ text: 'Hello' });
  expect(await chat.find(placeOf(ana), 'turn:3', 0, 'post')).toEqual(ref);
  expect(await chat.find(placeOf(ana + 1), 'turn:3', 0, 'reply')).toBeNull();
});

test('a message has a link to its place on the page', async () => {
  const chat = open();
  const ref = await chat.post(placeOf(ana), { text: 'x' }, 'linked');
  expect(await chat.link(ref)).toBe(`https://m.example/chat#m${ref.id}`);
});

test('an edit of a message that is not there, or of what a person said, is refused', async () => {
  const chat = open();
  const said = await house.store.web.say({ person: ana, key: 'said', text: 'mine', files: [] }, 1);
  for (const id of [String(said?.id), '0', 'x'])
    await expect(chat.edit({ place: placeOf(ana), id }, { text: 'x' })).rejects.toMatchObject({ code: 'gone' });
  await expect(chat.react({ place: placeOf(ana), id: '0' }, 'yes', true)).rejects.toMatchObject({ code: 'gone' });
});

test('that the assistant is at work is shown to every program, and failing to show it harms nothing', async () => {
  const chat = open();
  await chat.working(placeOf(ana), true);
  expect(await house.store.web.isWorking(ana, Date.now())).toBe(true);
  await chat.working(placeOf(ana), false);
  expect(await house.store.web.isWorking(ana, Date.now())).toBe(false);
  await open({ setWorking: () => Promise.reject(new Error('no database')) }).working(placeOf(ana), true);
});

test('who is signed in nowhere is asked elsewhere', async () => {
  const chat = open();
  await expect(chat.dm(accountOf(ana))).rejects.toMatchObject({ code: 'unreachable', remedy: 'never' });
  await house.store.sessions.open({ hash: 'h', person: ana, expiresAt: Date.now() + 60_000 }, Date.now());
  expect(await chat.dm(accountOf(ana))).toEqual(placeOf(ana));
});
