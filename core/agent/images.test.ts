import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Place } from '../domain/chat.ts';
import type { Person } from '../domain/policy.ts';
import { Failure } from '../errors.ts';
import type { ModelRequest } from '../ports.ts';
import { png } from '../testing/image.ts';
import { createFakeModel, wordsOf } from '../testing/model.ts';
import { admit, assistantIn, channel, type House, hear, openHouse, settle } from './testing.ts';

let house: House;
let ana: Person;
beforeAll(async () => {
  house = await openHouse();
  ana = await admit(house, 'Ana', 'member');
});
afterAll(() => house?.close());

/** Says something with images of that many pixels' width, which tell them apart. */
async function shows(place: Place, ...widths: number[]) {
  const files = widths.map((width) => ({ name: `w${width}.png`, mimeType: 'image/png', size: 1, handle: '' }));
  const turn = await hear(house, place, { by: ana, text: `see ${widths}`, files });
  const message = turn.said[0]?.id ?? 0;
  for (const [position, width] of widths.entries()) {
    const bytes = png(width, 1);
    const file = { name: `w${width}.png`, mimeType: 'image/png', kind: 'image', size: bytes.length } as const;
    await house.store.files.attach({
      ...file,
      message,
      position,
      bytes,
      problem: null,
      detail: '',
      excerpt: '',
      at: 1,
    });
  }
  return turn;
}

const widthsIn = (request: ModelRequest | undefined): number[] =>
  (request?.messages ?? []).flatMap(({ content }) =>
    content.flatMap((part) => (part.type === 'image' ? [Buffer.from(part.data, 'base64').readUInt32BE(16)] : [])),
  );

test('only the newest images are shown, and the older ones leave in batches, so that the cached prefix seldom changes', async () => {
  const place = channel('images');
  const model = createFakeModel(() => ({ text: 'ok' }));
  const assistant = assistantIn(house, model);
  const seen: number[][] = [];
  for (let n = 1; n <= 9; n += 1) {
    const turn = await shows(place, n);
    await assistant.speak(turn, [], () => undefined);
    await settle(house, turn, 'ok');
    seen.push(widthsIn(model.requests.at(-1)));
  }
  expect(seen).toEqual([
    [1],
    [1, 2],
    [1, 2, 3],
    [1, 2, 3, 4],
    [1, 2, 3, 4, 5],
    [4, 5, 6],
    [4, 5, 6, 7],
    [4, 5, 6, 7, 8],
    [7, 8, 9],
  ]);
  expect(wordsOf(model.requests.at(-1))).toMatch(/"w1\.png", not shown any more; a worker can see it/);
  // Nothing of an earlier request's beginning changed while no batch left.
  const [seventh, eighth] = [model.requests[6], model.requests[7]];
  const stable = JSON.stringify(seventh?.messages.slice(0, -1));
  expect(JSON.stringify(eighth?.messages).startsWith(stable.slice(0, -1))).toBe(true);
});

test('of ten images at once the last few are shown', async () => {
  const model = createFakeModel(() => ({ text: 'ok' }));
  await assistantIn(house, model).speak(
    await shows(channel('ten'), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    [],
    () => undefined,
  );
  expect(widthsIn(model.requests[0])).toEqual([7, 8, 9, 10]);
});

test('an image that the service refuses is left out, so that the conversation goes on', async () => {
  const refused = new Failure('not a valid png', { code: 'invalid_request', remedy: 'never' });
  const model = createFakeModel((request) => (widthsIn(request).length > 0 ? { fails: refused } : { text: 'ok' }));
  const { text } = await assistantIn(house, model).speak(await shows(channel('refused'), 1), [], () => undefined);
  expect(text).toBe('ok');
  expect(wordsOf(model.requests.at(-1))).toContain('An image stood here that could not be shown');
});

test('a refusal that is not about images is told as it is', async () => {
  const refused = new Failure('too long', { code: 'invalid_request', remedy: 'never' });
  const model = createFakeModel(() => ({ fails: refused }));
  const turn = await hear(house, channel('plain'), { by: ana, text: 'hi' });
  await expect(assistantIn(house, model).speak(turn, [], () => undefined)).rejects.toBe(refused);
  expect(model.requests).toHaveLength(1);
});
