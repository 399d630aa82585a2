import { expect, onTestFinished, test, vi } from 'vitest';
import { createTelegramSim } from '../../sim/telegram/index.ts';
import { Budget } from './budget.ts';
import { placeOf } from './place.ts';
import { connect } from './testing.ts';

test('a burst of posts and edits stays within what Telegram takes', async () => {
  const sim = await createTelegramSim();
  onTestFinished(() => sim.close());
  const { chat } = await connect(sim);
  const people = Array.from({ length: 12 }, (_, n) => sim.person(`P${n}`));
  await Promise.all(people.map((person) => person.start()));
  const places = people.map(({ id }) => placeOf(id));
  const refs = await Promise.all(places.map((place, n) => chat.post(place, { text: 'card' }, `card:${n}`)));
  await Promise.all([
    ...refs.flatMap((ref) => [1, 2, 3].map((n) => chat.edit(ref, { text: `card ${n}` }))),
    ...places.flatMap((place, i) => [1, 2].map((n) => chat.post(place, { text: `post ${n}` }, `post:${i}:${n}`))),
  ]);
  expect(sim.violations()).toBe(0);
  for (const [i, person] of people.entries()) {
    const seen = person.sees(person.id).slice(1);
    expect(seen, `person ${i}`).toEqual(['card 3', 'post 1', 'post 2']);
  }
});

test('what people wait for goes before edits of cards', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const budget = new Budget({ chatBurst: 2 });
  const gone: string[] = [];
  const take = (name: string, urgency: 'post' | 'edit') => budget.take(1, urgency).then(() => gone.push(name));
  await Promise.all([
    ...[take('edit 1', 'edit'), take('edit 2', 'edit'), take('post 1', 'post'), take('post 2', 'post')],
    vi.advanceTimersByTimeAsync(10_000),
  ]);
  expect(gone).toEqual(['edit 1', 'post 1', 'post 2', 'edit 2']);
});

test('a group gets no more than its twenty a minute, and what is over waits', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const budget = new Budget();
  const times: number[] = [];
  const began = Date.now();
  const all = Array.from({ length: 45 }, () => budget.take(-5, 'post').then(() => times.push(Date.now() - began)));
  await vi.advanceTimersByTimeAsync(200_000);
  await Promise.all(all);
  for (const [i, at] of times.entries()) {
    expect(times.filter((other) => other > at - 60_000 && other <= at).length, `call ${i}`).toBeLessThan(20);
  }
});

test('a chat that Telegram holds back is left alone, others go on', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const budget = new Budget();
  budget.hold(1, 5_000);
  const began = Date.now();
  const held = budget.take(1, 'post').then(() => Date.now() - began);
  const free = budget.take(2, 'post').then(() => Date.now() - began);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(await free).toBe(0);
  expect(await held).toBeGreaterThanOrEqual(5_000);
});
