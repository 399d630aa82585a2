import { expect, test } from 'vitest';
import { result } from './protocol.ts';

test.each(['worker_moved', 'worker_out_of_memory', 'invalid_credentials', 'of another release', ''])(
  'a worker that claims to have failed of "%s" has just failed: what others did to it is not for it to say',
  (code) => {
    const said = { type: 'failed', code, reason: 'Because.', retryable: true };
    expect(result.parse(said)).toEqual({ ...said, code: 'worker_failed' });
  },
);

test('what a worker may say of itself stays', () => {
  const said = { type: 'failed', code: 'clone_failed', reason: 'Away.', retryable: true };
  expect(result.parse(said)).toEqual(said);
});
