import { expect, test } from 'vitest';
import { createGate, createShares } from './gates.ts';

test('a gate lets so many in, and the others in the order in which they came', async () => {
  const gate = createGate(2, 'calls');
  const order: string[] = [];
  const first = await gate.enter(0);
  await gate.enter(0);
  const third = gate.enter(1_000).then((leave) => {
    order.push('third');
    return leave;
  });
  const fourth = gate.enter(1_000).then(() => order.push('fourth'));
  expect(gate.inside).toBe(2);
  first();
  first();
  (await third)();
  await fourth;
  expect(order).toEqual(['third', 'fourth']);
  expect(gate.inside).toBe(2);
});

test('who waits too long is told to come back, and who leaves takes no place', async () => {
  const gate = createGate(1, 'calls');
  const leave = await gate.enter(0);
  await expect(gate.enter(10)).rejects.toMatchObject({
    status: 429,
    retryAfter: 5,
    message: 'Too many calls at once.',
  });
  const gone = new AbortController();
  const waiting = gate.enter(1_000, gone.signal);
  gone.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  leave();
  expect(gate.inside).toBe(0);
  await gate.enter(0);
});

test('an attempt keeps its share while something of it is under way, and is forgotten after a thousand others', async () => {
  const shareOf = createShares();
  const busy = shareOf('1.1.1');
  await busy.requests.enter(0);
  const idle = shareOf('1.1.2');
  for (let n = 0; n < 1_500; n += 1) shareOf(`2.1.${n}`);
  expect(shareOf('1.1.1')).toBe(busy);
  expect(shareOf('1.1.2')).not.toBe(idle);
});
