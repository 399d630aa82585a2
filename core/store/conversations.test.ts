import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conversationKey, type Place } from '../domain/chat.ts';
import { type OpenStore, openStore } from './testing.ts';

let house: OpenStore;
beforeAll(async () => {
  house = await openStore(12);
});
afterAll(() => house.close());

let threads = 0;
const newPlace = (): Place => {
  threads += 1;
  return { platform: 'slack', space: 'T1', channel: 'C1', thread: `1700.${threads}`, dm: false };
};

const message = (place: Place, id: string, at = Date.now()) => ({
  ...{ conversation: conversationKey(place), place, external: `${place.thread}:${id}`, account: 'slack:T1:U1' },
  ...{ person: 1, author: 'Ana', text: id, files: [], ref: null, at },
});

describe('a conversation', () => {
  test('many messages at once: each belongs to one turn, one turn at a time, none waits for ever', async () => {
    const { store } = house;
    const place = newPlace();
    const key = conversationKey(place);
    const turns: string[][] = [];
    let working = 0;
    const work = async (turn: string): Promise<void> => {
      working += 1;
      expect(working).toBe(1);
      const claimed = await store.conversations.claim(key, turn);
      expect((await store.conversations.claim(key, turn)).length).toBeGreaterThanOrEqual(claimed.length);
      turns.push((await store.conversations.claim(key, turn)).map((item) => item.text));
      working -= 1;
      const next = await store.conversations.release(key, turn);
      if (next) await work(next);
    };
    const say = async (n: number) => {
      const turn = await store.conversations.receive(message(place, `m${n}`));
      if (turn) await work(turn);
    };
    for (let burst = 0; burst < 6; burst += 1) {
      await Promise.all(Array.from({ length: 20 }, (_, n) => say(burst * 20 + n)));
    }
    const answered = turns.flat();
    expect(answered.length).toBe(120);
    expect(new Set(answered).size).toBe(120);
    expect((await store.conversations.find(key))?.activeTurn).toBeNull();
    expect(await store.conversations.activeTurns()).toEqual([]);
  });

  test('what comes while a turn works is answered together by the next, in order', async () => {
    const { store } = house;
    const place = newPlace();
    const key = conversationKey(place);
    const first = (await store.conversations.receive(message(place, 'a', 1))) ?? '';
    await store.conversations.claim(key, first);
    expect(await store.conversations.receive(message(place, 'c', 3))).toBeNull();
    expect(await store.conversations.receive(message(place, 'b', 2))).toBeNull();
    const second = (await store.conversations.release(key, first)) ?? '';
    expect(await store.conversations.release(key, first)).toBe(second);
    expect((await store.conversations.claim(key, second)).map((item) => item.text)).toEqual(['b', 'c']);
    expect(await store.conversations.release(key, second)).toBeNull();
  });

  test('one message delivered many times at once starts one turn', async () => {
    const { store } = house;
    const place = newPlace();
    const turns = await Promise.all(
      Array.from({ length: 10 }, () => store.conversations.receive(message(place, 'same'))),
    );
    expect(new Set(turns.filter((turn) => turn !== null)).size).toBe(1);
    const [turn] = turns.filter((id) => id !== null);
    expect(await store.conversations.claim(conversationKey(place), turn ?? '')).toHaveLength(1);
  });

  test('a redelivered message whose turn could not be started names its turn again, until the turn is over', async () => {
    const { store } = house;
    const place = newPlace();
    const key = conversationKey(place);
    const turn = await store.conversations.receive(message(place, 'a'));
    expect(turn).not.toBeNull();
    expect(await store.conversations.receive(message(place, 'b'))).toBeNull();
    expect(await store.conversations.receive(message(place, 'b'))).toBeNull();
    expect(await store.conversations.receive(message(place, 'a'))).toBe(turn);
    await store.conversations.claim(key, turn ?? '');
    expect(await store.conversations.release(key, turn ?? '')).toBeNull();
    expect(await store.conversations.receive(message(place, 'a'))).toBeNull();
  });

  test('an answer is stored once, and a summary never goes back', async () => {
    const { store } = house;
    const place = newPlace();
    const key = conversationKey(place);
    const turn = (await store.conversations.receive(message(place, 'a'))) ?? '';
    await store.conversations.answered(key, turn, 'one', 1);
    await store.conversations.answered(key, turn, 'two', 2);
    const said = await store.conversations.recent(key, 0);
    expect(said.filter((item) => item.role === 'assistant').map((item) => item.text)).toEqual(['one']);
    await store.conversations.summarise(key, 'late', 9);
    await store.conversations.summarise(key, 'early', 5);
    expect(await store.conversations.find(key)).toMatchObject({ summary: 'late', summaryThrough: 9 });
  });
});
