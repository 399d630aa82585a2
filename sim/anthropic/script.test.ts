import { expect, test } from 'vitest';
import { modelRequest } from './model-request.ts';
import { ask, byPrompt, continuing, finish, script, use } from './script.ts';
import type { Block, MessageParam } from './types.ts';

const tools = ['Bash', 'StructuredOutput'].map((name) => ({ name }));
const says = (text: string): MessageParam => ({ role: 'user', content: text });
const uses = (id: string): MessageParam => ({ role: 'assistant', content: [{ type: 'tool_use', id, name: 'Bash' }] });
const result = (id: string, content = 'ok', more: Block[] = []): MessageParam => ({
  role: 'user',
  content: [{ type: 'tool_result', tool_use_id: id, content }, ...more],
});
const request = (messages: MessageParam[], names = tools) =>
  modelRequest({ model: 'claude-sonnet-5-5', max_tokens: 1, messages, tools: names }, {});

const brain = script([use('Bash', { command: 'one' }), ask('Which?', ['a', 'b']), finish({ ok: true })]);
const first = { use: [{ name: 'Bash', input: { command: 'one' } }] };
const second = { use: [{ name: 'AskUserQuestion' }] };
const last = { use: [{ name: 'StructuredOutput', input: { ok: true } }] };

test('the position is read from the conversation, so the same request always gets the same step', () => {
  const middle = request([says('Go'), uses('1'), result('1')]);
  expect(brain(middle)).toMatchObject(second);
  expect(brain(request([says('Go')]))).toMatchObject(first);
  expect(brain(middle)).toMatchObject(second);
  expect(brain(request([says('Go'), uses('1'), result('1'), uses('2'), result('2')]))).toMatchObject(last);
  expect(brain(request([says('Go'), ...['1', '2', '3'].flatMap((id) => [uses(id), result(id)])]))).toEqual({
    say: 'Done.',
  });
});

test('a new prompt starts again; notes of Claude Code and steering do not', () => {
  const note: Block = { type: 'text', text: '<system-reminder>\nBe brief' };
  const steer: MessageParam = {
    role: 'system',
    content:
      'The user sent a new message while you were working:\nAlso tests\n\nThis is how Claude Code surfaces messages',
  };
  const steered = request([says('Go'), uses('1'), result('1', 'ok', [note]), steer]);
  expect(brain(steered)).toMatchObject(second);
  expect(steered).toMatchObject({ steers: ['Also tests'], prompt: 'Go', lastUserText: '' });
  const cut = [says('Go'), uses('1'), result('1'), { role: 'assistant', content: 'I w' }];
  expect(brain(request([...cut, says('Output token limit hit. Resume directly')]))).toMatchObject(second);
  expect(brain(request([...cut, says('Go on')]))).toMatchObject(first);
  const joined = request([says('Go'), uses('1'), result('1', 'ok', [{ type: 'text', text: 'Next' }])]);
  expect(joined.prompt).toBe('Next');
  expect(brain(joined)).toMatchObject(first);
});

test('a step whose input the client refused is repeated', () => {
  const refused = result('1', '<tool_use_error>InputValidationError: command is missing</tool_use_error>');
  expect(brain(request([says('Go'), uses('1'), refused]))).toMatchObject(first);
});

test('a continuing prompt goes on with the turn before, and a call lost with its process is repeated', () => {
  const goOn = continuing(/^(Continue|The person answered)/, byPrompt([[/Go/, brain]]));
  const filler: MessageParam = { role: 'assistant', content: 'No response requested.' };
  const parked = [says('Go'), uses('1'), result('1'), uses('2'), result('2', 'rejected'), filler];
  const answered = request([...parked, says('The person answered: blue')]);
  expect(goOn(answered)).toMatchObject(last);
  expect(answered.lastUserText).toBe('The person answered: blue');
  const lost = [says('Go'), uses('1'), result('1', '[Tool call interrupted: the session ended'), filler];
  expect(goOn(request([...lost, says('Continue please')]))).toMatchObject(first);
});

test('scripts are chosen by prompt, and side calls are answered ok', () => {
  const choose = byPrompt([[/^Plan/, script([{ say: 'a plan' }])]], () => ({ say: 'what?' }));
  expect(choose(request([says('Plan it')]))).toEqual({ say: 'a plan' });
  expect(choose(request([says('Hello')]))).toEqual({ say: 'what?' });
  expect(choose(request([says('Plan a title')], []))).toEqual({ say: 'ok' });
});

test('without the structured-output tool a result is finished as JSON text', () => {
  const plain = script([finish({ ok: true })]);
  expect(plain(request([says('Go')], [{ name: 'Bash' }]))).toEqual({ say: '{"ok":true}' });
});
