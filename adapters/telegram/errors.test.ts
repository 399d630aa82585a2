import { inspect } from 'node:util';
import { Api, GrammyError } from 'grammy';
import { expect, onTestFinished, test } from 'vitest';
import { createTelegramSim } from '../../sim/telegram/index.ts';
import { toFailure } from './errors.ts';

const refused = (code: number, description: string, parameters = {}) =>
  new GrammyError('', { ok: false, error_code: code, description, parameters }, 'sendMessage', {
    text: 'secret words',
  });

test.each([
  [403, 'Forbidden: bot was blocked by the user', 'unreachable', 'never'],
  [403, "Forbidden: bot can't initiate conversation with a user", 'unreachable', 'never'],
  [400, 'Bad Request: chat not found', 'unreachable', 'never'],
  [400, 'Bad Request: not enough rights to send text messages to the chat', 'unreachable', 'never'],
  [400, 'Bad Request: message thread not found', 'thread_not_found', 'never'],
  [400, 'Bad Request: message to edit not found', 'gone', 'never'],
  [400, "Bad Request: message can't be edited", 'gone', 'never'],
  [400, 'Bad Request: message is too long', 'too_long', 'never'],
  [400, 'Bad Request: query is too old and response timeout expired or query ID is invalid', 'expired', 'never'],
  [400, 'Bad Request: BUTTON_DATA_INVALID', 'refused', 'never'],
  [401, 'Unauthorized', 'invalid_credentials', 'never'],
  [404, 'Not Found', 'invalid_credentials', 'never'],
  [409, 'Conflict: terminated by other getUpdates request', 'conflict', 'retry'],
  [502, 'Bad Gateway', 'ambiguous', 'look'],
])('%i %s is %s, remedy %s', (status, description, code, remedy) => {
  expect(toFailure(refused(status, description), 'once')).toMatchObject({ code, remedy });
});

test('a rate limit says how long', () => {
  const failure = toFailure(refused(429, 'Too Many Requests: retry after 7', { retry_after: 7 }), 'once');
  expect(failure).toMatchObject({ code: 'rate_limited', remedy: 'retry', retryAfterMs: 7_000 });
});

test.each(['drop_before', 'drop_after', 'timeout', 'error500_after'] as const)(
  'after %s a post may have arrived, an edit can be repeated, and neither tells the token or the words',
  async (kind) => {
    const sim = await createTelegramSim();
    onTestFinished(() => sim.close());
    const ana = sim.person('Ana');
    await ana.start();
    const api = new Api(sim.token, { apiRoot: sim.apiRoot, timeoutSeconds: 0.3 });
    sim.faults.add({ kind, method: 'sendMessage' });
    const error = await api.sendMessage(ana.id, 'secret words').catch((caught: unknown) => caught);
    const once = toFailure(error, 'once');
    expect(once).toMatchObject({ code: 'ambiguous', remedy: 'look' });
    expect(toFailure(error, 'repeatable')).toMatchObject({ code: 'unavailable', remedy: 'retry' });
    const all = inspect(once, { depth: 10, showHidden: true });
    expect(all).not.toContain(sim.token);
    expect(all).not.toContain('secret words');
  },
);

test('a server that is not there was never reached', async () => {
  const error = await new Api('42:x', { apiRoot: 'http://127.0.0.1:1' }).getMe().catch((caught: unknown) => caught);
  expect(toFailure(error, 'once')).toMatchObject({ code: 'unavailable', remedy: 'retry' });
});
