import { beforeEach, expect, test } from 'vitest';
import { createListening, type Listening } from './listening.ts';

let now: number;
let listening: Listening;
beforeEach(() => {
  now = 1_000_000;
  listening = createListening(() => now);
});

test('a broker that calls in time is heard since the program began', () => {
  for (let calls = 0; calls < 10; calls += 1) {
    now += 5_000;
    listening.heard();
  }
  expect(listening.since()).toBe(1_000_000);
});

test('nothing is heard while the broker is away, and afterwards only since it is back', () => {
  now += 16_000;
  expect(listening.since()).toBeNull();
  now += 60_000;
  listening.heard();
  expect(listening.since()).toBe(now);
});
