import { describe, expect, test } from 'vitest';
import { initialStatus, isFinal, nextStatus, type Phase, type Status, type TaskEvent } from './task.ts';

const events: readonly TaskEvent[] = [
  { type: 'run_queued', kind: 'fix' },
  { type: 'run_started', kind: 'fix' },
  { type: 'sandbox_waits', detail: 'no node' },
  { type: 'model_waits', detail: 'overloaded', until: 99 },
  { type: 'asked', kind: 'plan', detail: 'plan to read' },
  { type: 'asked', kind: 'question', detail: 'which?' },
  { type: 'parked', detail: 'red' },
  { type: 'ci_watched', detail: '1 of 2', nextAt: 77 },
  { type: 'review_asked' },
  { type: 'merged' },
  { type: 'closed', detail: 'closed' },
  { type: 'cancelled', detail: 'by Ana' },
  { type: 'ci_progressed', detail: '2 of 3', nextAt: 88 },
];

const going: readonly Phase[] = ['planning', 'approval', 'implementing', 'ci', 'fixing', 'review', 'addressing'];
const ended: readonly Phase[] = ['merged', 'closed', 'cancelled'];
const at = (phase: Phase): Status => ({ ...initialStatus(1, true), phase, holder: 'worker', since: 5 });

describe.each(going)('a task in %s', (phase) => {
  test.each([
    [0, 'fixing', 'queue'],
    [1, 'fixing', 'worker'],
    [2, phase, 'cluster'],
    [3, phase, 'model'],
    [4, 'approval', 'you'],
    [5, phase, 'you'],
    [6, phase, 'you'],
    [7, 'ci', 'ci'],
    [8, 'review', 'reviewer'],
    [9, 'merged', 'nobody'],
    [10, 'closed', 'nobody'],
    [11, 'cancelled', 'nobody'],
  ] as const)('moves by event %i to %s, held by %s', (index, to, holder) => {
    const event = events[index];
    if (!event) throw new Error('no such event');
    const next = nextStatus(at(phase), event, 10);
    expect(next).toMatchObject({ phase: to, holder, parked: event.type === 'parked' });
    expect(next.since).toBe(to === phase && holder === 'worker' ? 5 : 10);
    expect(next.detail).toBe(
      'detail' in event ? event.detail : event.type === 'run_queued' ? 'waiting for a free worker' : '',
    );
    expect(next.nextAt).toBe(event.type === 'ci_watched' ? 77 : event.type === 'model_waits' ? 99 : null);
  });
});

describe.each(ended)('a task that is %s', (phase) => {
  test('stays as it is, whatever comes late', () => {
    const status = at(phase);
    expect(isFinal(status)).toBe(true);
    for (const event of events) expect(nextStatus(status, event, 10)).toBe(status);
  });
});

test('being parked takes it from the worker anew, and going on gives a new since', () => {
  const asked = nextStatus(at('fixing'), { type: 'asked', kind: 'question', detail: 'a' }, 10);
  const parked = nextStatus(asked, { type: 'parked', detail: 'b' }, 20);
  expect(parked).toMatchObject({ holder: 'you', since: 20, parked: true });
  expect(nextStatus(parked, { type: 'parked', detail: 'c' }, 30)).toMatchObject({ since: 20, detail: 'c' });
  expect(nextStatus(parked, { type: 'run_queued', kind: 'fix' }, 40)).toMatchObject({ since: 40, parked: false });
});

test('news of the checks change what CI holds, and nothing else', () => {
  const news = { type: 'ci_progressed', detail: '2 of 3', nextAt: 88 } as const;
  const watched = nextStatus(at('fixing'), { type: 'ci_watched', detail: '1 of 3', nextAt: 77 }, 10);
  expect(nextStatus(watched, news, 20)).toEqual({ ...watched, detail: '2 of 3', nextAt: 88 });
  const parked = nextStatus(watched, { type: 'parked', detail: 'red' }, 20);
  for (const status of [parked, at('fixing'), at('merged')]) expect(nextStatus(status, news, 30)).toBe(status);
});

test('a task that skips its plan begins by implementing', () => {
  expect(initialStatus(3, false)).toMatchObject({ phase: 'implementing', holder: 'queue', since: 3 });
  expect(initialStatus(3, true).phase).toBe('planning');
});
