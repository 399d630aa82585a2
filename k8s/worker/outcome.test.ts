import type { SDKResultMessage } from '@anthropic-ai/claude-agent-sdk';
import { expect, test } from 'vitest';
import { outputSchema, questionsOf, turnEnd } from './outcome.ts';

/** The fields of a result message that decide, as Claude Code 2.1.330 sent them. */
const message = (fields: object) => ({ type: 'result', errors: [], ...fields }) as unknown as SDKResultMessage;
const apiError = (status: number | null, result: string) =>
  message({ subtype: 'success', is_error: true, terminal_reason: 'api_error', api_error_status: status, result });

test.each([
  ['a refusal', { subtype: 'success', is_error: true, stop_reason: 'refusal', result: '' }, 'model_refused', false],
  ['too many turns', { subtype: 'error_max_turns', is_error: true }, 'out_of_turns', false],
  ['a crash inside', { subtype: 'error_during_execution', is_error: true, errors: ['x'] }, 'claude_failed', true],
])('%s becomes a failure with a code', (_, fields, code, retryable) => {
  expect(turnEnd(message(fields))).toMatchObject({ type: 'failed', code, retryable });
});

test.each([
  [429, 'model_overloaded', true],
  [500, 'model_overloaded', true],
  [529, 'model_overloaded', true],
  [404, 'model_not_found', false],
  [403, 'model_forbidden', false],
  [400, 'model_rejected', false],
  [null, 'model_failed', true],
])('an API error %s becomes %s', (status, code, retryable) => {
  expect(turnEnd(apiError(status, 'API Error'))).toMatchObject({ type: 'failed', code, retryable });
});

test("the broker's refusal at the end of the budget is no failure", () => {
  expect(turnEnd(apiError(402, "API Error: 402 This task's budget is used up."))).toEqual({ type: 'budget' });
});

test('a turn that ends well hands over its structured output', () => {
  const done = message({ subtype: 'success', is_error: false, result: '{}', structured_output: { title: 'T' } });
  expect(turnEnd(done)).toEqual({ type: 'done', output: { title: 'T' }, text: '{}' });
});

test('questions are read leniently, and nonsense is none', () => {
  expect(questionsOf({ questions: [{ question: 'Which?' }] })).toEqual([
    { question: 'Which?', header: '', options: [], multiSelect: false },
  ]);
  expect(questionsOf({ questions: [] })).toBeNull();
});

test('the schema of a plan asks for summary and plan, that of work for title and summary', () => {
  expect(outputSchema('plan')).toMatchObject({ type: 'object', required: ['summary', 'plan'] });
  expect(outputSchema('address')).toMatchObject({ type: 'object', required: ['title', 'summary'] });
});
