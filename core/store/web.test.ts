import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenStore, openStore } from './testing.ts';

let open: OpenStore;
let [ana, ben] = [0, 0];
beforeAll(async () => {
  open = await openStore();
  const admit = async (id: string) =>
    (await open.store.people.admit({ platform: 'slack', space: 'T1', id, name: id }, 'owner', 1)).id;
  [ana, ben] = [await admit('U1'), await admit('U2')];
});
afterAll(() => open.close());

test('what is posted or said twice is there once, as it was the first time', async () => {
  const { web } = open.store;
  const first = await web.post({ person: ana, key: 'k', doc: { text: 'one' } }, 1);
  expect(await web.post({ person: ana, key: 'k', doc: { text: 'two' } }, 2)).toEqual(first);
  const file = { name: 'a.txt', mimeType: 'text/plain', bytes: Buffer.from('words') };
  const said = await web.say({ person: ana, key: 'web:1:n', text: 'hi', files: [file, file] }, 3);
  expect(await web.say({ person: ana, key: 'web:1:n', text: 'ho', files: [file] }, 4)).toEqual(said);
  expect(said).toMatchObject({ author: 'person', text: 'hi', doc: null, files: [{ name: 'a.txt', size: 5 }, {}] });
  expect((await web.page(ana, null, 10)).map(({ key }) => key)).toEqual(['k', 'web:1:n']);
  expect(await web.byKey('k')).toEqual(first);
});

test('two that say the same at the same moment, with files, store it once', async () => {
  const { web } = open.store;
  const file = { name: 'b.txt', mimeType: 'text/plain', bytes: Buffer.from('x') };
  const words = { person: ben, key: 'web:2:same', text: 'hi', files: [file] };
  const all = await Promise.all(Array.from({ length: 20 }, (_, n) => web.say(words, n)));
  expect(new Set(all.map((message) => message?.id)).size).toBe(1);
  expect(all.every((message) => message?.files.length === 1)).toBe(true);
});

test('a conversation is read backwards, page by page', async () => {
  const { web, people } = open.store;
  const cleo = await people.admit({ platform: 'slack', space: 'T1', id: 'U3' }, 'member', 1);
  for (const n of [1, 2, 3, 4, 5]) await web.post({ person: cleo.id, key: `page:${n}`, doc: { text: `${n}` } }, n);
  const texts = (page: readonly { doc: { text: string } | null }[]) => page.map(({ doc }) => doc?.text);
  const last = await web.page(cleo.id, null, 2);
  expect(texts(last)).toEqual(['4', '5']);
  expect(texts(await web.page(cleo.id, last[0]?.id ?? 0, 9))).toEqual(['1', '2', '3']);
});

test('nobody reads, edits or touches what is in the conversation of somebody else', async () => {
  const { web } = open.store;
  const file = { name: 'a.txt', mimeType: 'text/plain', bytes: Buffer.from('secret') };
  const post = await web.post({ person: ana, key: 'private', doc: { text: 'x' }, files: [file] }, 1);
  const [id, handle] = [post?.id ?? 0, post?.files[0]?.handle ?? ''];
  expect(await web.get(ben, id)).toBeNull();
  expect(await web.edit(ben, id, { text: 'y' }, false, 2)).toBe(false);
  expect(await web.react(ben, id, 'person', 'yes', true)).toBe(false);
  expect(await web.file(handle, ben)).toBeNull();
  expect((await web.file(handle, ana))?.bytes).toEqual(file.bytes);
  expect(await web.file('1 or 1=1', null)).toBeNull();
});

test('a reaction is there once, and gone when it is taken back', async () => {
  const { web } = open.store;
  const id = (await web.post({ person: ana, key: 'r', doc: { text: 'x' } }, 1))?.id ?? 0;
  const now = async () => {
    const message = await web.get(ana, id);
    return [message?.botReactions, message?.personReactions];
  };
  for (let n = 0; n < 2; n += 1) expect(await web.react(ana, id, 'bot', 'yes', true)).toBe(true);
  await web.react(ana, id, 'person', 'no', true);
  expect(await now()).toEqual([['yes'], ['no']]);
  for (let n = 0; n < 2; n += 1) expect(await web.react(ana, id, 'person', 'no', false)).toBe(true);
  expect(await now()).toEqual([['yes'], []]);
});

test('who is gone is written to no more, and says nothing', async () => {
  const { web, people } = open.store;
  const dan = await people.admit({ platform: 'slack', space: 'T1', id: 'U4' }, 'member', 1);
  await people.remove(dan.id);
  expect(await web.post({ person: dan.id, key: 'gone', doc: { text: 'x' } }, 1)).toBeNull();
  expect(await web.say({ person: dan.id, key: 'gone:2', text: 'x', files: [] }, 1)).toBeNull();
});

test('that the assistant is at work is believed until the time that was named', async () => {
  const { web } = open.store;
  await web.setWorking(ana, 1_000);
  expect(await web.isWorking(ana, 999)).toBe(true);
  expect(await web.isWorking(ana, 1_000)).toBe(false);
  await web.setWorking(ana, 2_000);
  await web.setWorking(ana, null);
  expect(await web.isWorking(ana, 999)).toBe(false);
});
