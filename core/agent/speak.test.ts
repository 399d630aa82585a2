import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Person } from '../domain/policy.ts';
import { Failure } from '../errors.ts';
import type { ModelMessage } from '../ports.ts';
import { createFakeModel, type FakeAnswer, wordsOf } from '../testing/model.ts';
import { answerTokens } from './limits.ts';
import { admit, assistantIn, call, channel, type House, hear, openHouse, settle } from './testing.ts';

let house: House;
let ana: Person;
let ben: Person;
beforeAll(async () => {
  house = await openHouse();
  ana = await admit(house, 'Ana', 'member');
  ben = await admit(house, 'Ben', 'member');
});
afterAll(() => house?.close());

async function spoken(name: string, answer: FakeAnswer) {
  const model = createFakeModel(() => answer);
  const heard: string[] = [];
  const turn = await hear(house, channel(name), { by: ana, text: 'hi' });
  const round = await assistantIn(house, model).speak(turn, [], (text) => heard.push(text));
  return { round, heard, request: model.requests[0] };
}

test('an answer streams as it comes and says which tools it wants', async () => {
  const { round, heard, request } = await spoken('a', {
    text: 'Let me look.',
    use: [{ name: 'list_tasks', input: {} }],
  });
  expect(heard).toEqual(['Let ', 'me ', 'look.']);
  expect(round).toMatchObject({ text: 'Let me look.', stop: 'tool_use', uses: [{ name: 'list_tasks', input: {} }] });
  expect(request).toMatchObject({ model: 'claude-sonnet-5-5', maxTokens: answerTokens });
});

test.each(['max_tokens', 'refusal'] as const)('an answer that ends by %s says so', async (stop) => {
  expect((await spoken(stop, { text: 'So', stop })).round).toMatchObject({ text: 'So', stop });
});

test('a failure of the model passes through after the text before it', async () => {
  const model = createFakeModel(() => ({
    text: 'So far',
    fails: new Failure('cut', { code: 'cut', remedy: 'retry' }),
  }));
  const turn = await hear(house, channel('fails'), { by: ana, text: 'hi' });
  const heard: string[] = [];
  await expect(assistantIn(house, model).speak(turn, [], (text) => heard.push(text))).rejects.toMatchObject({
    code: 'cut',
    remedy: 'retry',
  });
  expect(heard.join('')).toBe('So far');
});

test('a stopped answer ends with the model’s failure', async () => {
  const model = createFakeModel(() => ({ text: 'one two three' }));
  const turn = await hear(house, channel('stops'), { by: ana, text: 'hi' });
  const stop = new AbortController();
  const speaking = assistantIn(house, model).speak(turn, [], () => stop.abort(), stop.signal);
  await expect(speaking).rejects.toMatchObject({ code: 'aborted' });
});

test('what arrives during a turn waits for the next one', async () => {
  const place = channel('later');
  const model = createFakeModel(() => ({ text: 'ok' }));
  const assistant = assistantIn(house, model);
  const turn = await hear(house, place, { by: ana, text: 'first' });
  await expect(hear(house, place, { by: ben, text: 'second' })).rejects.toThrow('another turn');
  await assistant.speak(turn, [], () => undefined);
  expect(wordsOf(model.requests[0])).not.toContain('second');
  await settle(house, turn, 'ok, first');
  const active = (await house.store.conversations.find(turn.conversation))?.activeTurn ?? '';
  const [second] = await house.store.conversations.claim(turn.conversation, active);
  const next = { ...turn, id: active, said: second ? [{ ...second, person: ben }] : [] };
  await assistant.speak(next, [], () => undefined);
  expect(wordsOf(model.requests[1])).toMatch(/Ana: first\nok, first\n\[m\d+\] Ben: second\n<system-reminder>/);
});

test('a second round reads the first one from the cache', async () => {
  const model = createFakeModel((_, n) => (n === 1 ? { use: [{ name: 'list_tasks', input: {} }] } : { text: 'None.' }));
  const assistant = assistantIn(house, model);
  const turn = await hear(house, channel('rounds'), { by: ana, text: `what is open? ${'x'.repeat(4000)}` });
  const first = await assistant.speak(turn, [], () => undefined);
  const [use] = first.uses;
  const { content, isError } = await assistant.use(turn, call('list_tasks', {}));
  const transcript: ModelMessage[] = [
    { role: 'assistant', content: first.uses.map((one) => ({ type: 'tool_use', ...one })) },
    { role: 'user', content: [{ type: 'tool_result', id: use?.id ?? '', content, isError }] },
  ];
  const { usage } = await assistant.speak(turn, transcript, () => undefined);
  expect(usage.cachedTokens).toBeGreaterThan(first.usage.cacheWriteTokens - 1);
});

test('files are named, and said to be out of reach', async () => {
  const model = createFakeModel(() => ({ text: 'ok' }));
  const place = channel('files');
  const turn = await hear(house, place, {
    by: ana,
    text: '',
    files: [{ name: 'shot.png', mimeType: 'image/png', size: 9, handle: 'F1' }],
  });
  await assistantIn(house, model).speak(turn, [], () => undefined);
  expect(wordsOf(model.requests[0])).toContain('Ana: (no text)\n(files that could not be fetched: shot.png)');
});
