import { expect, test } from 'vitest';
import { type CheckItem, ciVerdict } from './ci.ts';

const item = (name: string, state: CheckItem['state']): CheckItem => ({
  ...{ id: name, name, state },
  source: 'check_run',
  url: '',
});

test.each([
  ['none', []],
  ['green', ['success']],
  ['green', ['neutral']],
  ['green', ['success', 'neutral', 'success']],
  ['pending', ['pending']],
  ['pending', ['success', 'pending']],
  ['pending', ['failure', 'pending']],
  ['red', ['failure']],
  ['red', ['success', 'failure']],
  ['red', ['cancelled']],
  ['red', ['timed_out', 'success']],
  ['red', ['action_required']],
  ['red', ['stale', 'success']],
] as const)('%s: %j', (state, states) => {
  expect(ciVerdict(states.map((value, index) => item(`c${index}`, value))).state).toBe(state);
});

test('a pending verdict counts what is done, a red one names what failed', () => {
  expect(ciVerdict([item('a', 'success'), item('b', 'pending'), item('c', 'failure')])).toEqual({
    ...{ state: 'pending', done: 2, total: 3 },
  });
  const failed = item('b', 'timed_out');
  expect(ciVerdict([item('a', 'success'), failed])).toEqual({ state: 'red', failed: [failed], total: 2 });
});

test('ignored checks neither fail nor keep waiting; when nothing else is there it is green', () => {
  expect(ciVerdict([item('a', 'success'), item('flaky', 'failure')], ['flaky']).state).toBe('green');
  expect(ciVerdict([item('a', 'success'), item('flaky', 'pending')], ['flaky']).state).toBe('green');
  expect(ciVerdict([item('flaky', 'failure')], ['flaky'])).toEqual({ state: 'green', total: 0 });
  expect(ciVerdict([], ['flaky']).state).toBe('none');
  expect(ciVerdict([item('a', 'failure')], ['flaky']).state).toBe('red');
});
