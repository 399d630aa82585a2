import { expect, test } from 'vitest';
import type { TaskEvent } from '../domain/task.ts';
import { hostile, task } from './examples.ts';
import { attemptEnd, runEnd } from './runs.ts';
import { ciLine } from './status.ts';
import { timeline } from './timeline.ts';

const alive = /@everyone|<!channel>|<@U|\]\(javascript|<!--|!\[|<img|fixes #5|\u202e/;

const event = (type: string, data: Record<string, unknown> = {}, at = 1) => ({ at, actor: 'mainloop', type, data });

test.each<[TaskEvent, string | undefined]>([
  [{ type: 'run_queued', kind: 'fix' }, 'Waits for a worker to fix CI'],
  [{ type: 'run_started', kind: 'address' }, 'A worker began to address the review'],
  [{ type: 'sandbox_waits', detail: 'no room' }, 'The cluster holds it: no room'],
  [{ type: 'model_waits', detail: 'overloaded', until: null }, 'The model holds it: overloaded'],
  [{ type: 'asked', kind: 'question', detail: '' }, 'Asked a question'],
  [{ type: 'parked', detail: 'CI is red' }, 'Parked: CI is red'],
  [{ type: 'ci_watched', detail: 'waiting for checks', nextAt: 1 }, 'CI runs'],
  [{ type: 'ci_progressed', detail: '1 of 2', nextAt: 1 }, undefined],
  [{ type: 'review_asked' }, 'Ready for review'],
  [{ type: 'merged' }, 'Merged'],
  [{ type: 'closed', detail: 'its pull request was closed' }, 'Closed: its pull request was closed'],
  [{ type: 'cancelled', detail: 'cancelled by Ana' }, 'Ended: cancelled by Ana'],
])('%j is told as it happened', (happened, words) => {
  expect(timeline([event(happened.type, { ...happened })])[0]?.what).toBe(words);
});

test('it is in the order of time, with what an older release wrote, and holds nothing that pings or hides', () => {
  const told = timeline([
    event('proposed', { person: 1, platform: 'slack', account: '' }, 3),
    event('something_old', {}, 1),
    event('parked', { detail: hostile }, 2),
    {
      ...event('steered', { person: 1, platform: 'slack', text: hostile }, 4),
      actor: hostile,
    },
  ]);
  expect(told.map(({ at }) => at)).toEqual([1, 2, 3, 4]);
  expect(told[0]?.what).toBe('something old');
  expect(told[2]).toMatchObject({ who: 'mainloop', what: 'asked for it', where: 'Slack', account: null });
  for (const { who, what, where } of told) expect(`${who ?? ''} ${what} ${where ?? ''}`).not.toMatch(alive);
});

test('how runs and attempts ended is one clause, with what the worker said', () => {
  const done = { head: 'a', title: 't', checks: [], replies: [] };
  expect(runEnd({ type: 'done', summary: 'Fixed.\n\nAll of it.', ...done }, 'acme/web')).toBe(
    'Did its work\nFixed.\nAll of it.',
  );
  expect(runEnd({ type: 'nothing', summary: '' }, 'acme/web')).toBe('Changed nothing');
  expect(runEnd({ type: 'question', questions: [] }, 'acme/web')).toBe('Asked 0 questions');
  expect(runEnd({ type: 'budget' }, 'acme/web')).toBe('Stopped: the budget is spent');
  expect(runEnd({ type: 'cancelled' }, 'acme/web')).toBe('Cancelled');
  const failed = { type: 'failed', code: 'none_such', reason: hostile, advice: '' } as const;
  expect(runEnd(failed, 'acme/web')).toMatch(/^Failed: it could not go on\n/);
  expect(runEnd(failed, hostile)).not.toMatch(alive);
  expect(attemptEnd({ closed: true, stop: null, result: failed })).not.toMatch(alive);
  const ended = { closed: true, stop: null, result: null };
  expect(attemptEnd({ ...ended, closed: false })).toBe('');
  expect(attemptEnd(ended)).toBe('was lost');
  expect(attemptEnd({ ...ended, stop: 'budget' })).toBe('stopped: the budget is spent');
  expect(attemptEnd({ ...ended, stop: 'cancelled', result: { type: 'stopped' } })).toBe('stopped');
  expect(attemptEnd({ ...ended, result: { type: 'failed', reason: 'no room' } })).toBe('failed: no room');
  expect(attemptEnd({ ...ended, result: { type: 'work' } })).toBe('gave its result');
});

test('CI says something while the work stands still: green only where there is CI', () => {
  expect(ciLine(task({ phase: 'ci', detail: '2 of 3 checks are done' }), false)).toBe('2 of 3 checks are done');
  expect(ciLine(task({ phase: 'fixing' }), false)).toBe('red');
  expect(ciLine(task({ phase: 'review' }), false)).toBe('green');
  expect(ciLine(task({ phase: 'review' }), true)).toBe('no CI here');
  for (const phase of ['planning', 'implementing', 'addressing', 'merged', 'closed'] as const)
    expect(ciLine(task({ phase }), false)).toBeNull();
});
