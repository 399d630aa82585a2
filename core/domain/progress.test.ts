import { expect, test } from 'vitest';
import { task } from '../words/examples.ts';
import { progressSteps } from './progress.ts';

const titles = {
  plan: { title: 'Plan' },
  implement: { title: 'Implement' },
  ci: { title: 'CI' },
  review: { title: 'Review' },
};
const states = (...of: Parameters<typeof task>) => progressSteps(task(...of), titles).map((step) => step.state);

test.each([
  ['planning', 'worker', ['running', 'pending', 'pending', 'pending']],
  ['approval', 'you', ['paused', 'pending', 'pending', 'pending']],
  ['implementing', 'queue', ['done', 'running', 'pending', 'pending']],
  ['ci', 'ci', ['done', 'done', 'running', 'pending']],
  ['fixing', 'you', ['done', 'done', 'paused', 'pending']],
  ['review', 'reviewer', ['done', 'done', 'done', 'running']],
  ['addressing', 'worker', ['done', 'done', 'done', 'running']],
  ['merged', 'nobody', ['done', 'done', 'done', 'done']],
] as const)('%s, held by %s, shows %j', (phase, holder, shown) => {
  expect(states({ phase, holder })).toEqual(shown);
});

test('a task without a plan has three steps', () => {
  expect(states({ phase: 'implementing' }, { planFirst: false })).toEqual(['running', 'pending', 'pending']);
});

test('a task that ended early failed where it was; what would have followed never began', () => {
  const ended = { phase: 'cancelled', holder: 'nobody' } as const;
  expect(states(ended)).toEqual(['failed', 'pending', 'pending', 'pending']);
  expect(states({ ...ended, endedIn: 'approval' })).toEqual(['failed', 'pending', 'pending', 'pending']);
  expect(states({ ...ended, endedIn: 'implementing' })).toEqual(['done', 'failed', 'pending', 'pending']);
  expect(states({ ...ended, phase: 'closed', endedIn: 'review' })).toEqual(['done', 'done', 'done', 'failed']);
});
