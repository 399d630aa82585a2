import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { expect, test } from 'vitest';
import { slackCode, toFailure } from './errors.ts';

const refused = Object.assign(new Error('fetch failed'), {
  cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
});
const reset = Object.assign(new Error('fetch failed'), {
  cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }),
});
const platform = (error: string) => new WebAPIPlatformError({ ok: false, error, response_metadata: {} });

test.each([
  ['a request that never left', new WebAPIRequestError(refused), 'unavailable', 'retry', 'retry'],
  ['a connection that broke', new WebAPIRequestError(reset), 'ambiguous', 'look', 'retry'],
  ['a server error', new WebAPIHTTPError(503, 'Unavailable', {}), 'ambiguous', 'look', 'retry'],
  ['a web page instead of an answer', platform('<html>Bad gateway</html>'), 'ambiguous', 'look', 'retry'],
  ['Slack’s own failure', platform('internal_error'), 'ambiguous', 'look', 'retry'],
  ['a rate limit', new WebAPIRateLimitedError(3), 'rate_limited', 'retry', 'retry'],
  ['a revoked token', platform('token_revoked'), 'invalid_credentials', 'never', 'never'],
  ['an error we know nothing of', platform('some_new_error'), 'some_new_error', 'never', 'never'],
] as const)('%s', (_, error, code, post, edit) => {
  expect(toFailure(error, 'once')).toMatchObject({ code, remedy: post });
  expect(toFailure(error, 'repeatable').remedy).toBe(edit);
});

test('Slack’s code is read through a failure', () => {
  expect(slackCode(toFailure(platform('is_archived'), 'once'))).toBe('is_archived');
  expect(slackCode(new Error('x'))).toBeUndefined();
});
