import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../errors.ts';
import type { ChatModel, ModelEvent, ModelMessage, ModelRequest } from '../ports.ts';

export interface ModelBench {
  readonly model: ChatModel;
  /** What the model says to the next request. */
  next(answer: { text: string; use?: { name: string; input: unknown } }): void;
  /** The next request is refused for being too many. */
  refuseNext(): void;
  close(): Promise<void>;
}

const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] });
const tools = [{ name: 'list_tasks', description: 'Lists tasks.', input: { type: 'object', properties: {} } }];
const request = (...messages: readonly ModelMessage[]): ModelRequest => ({
  ...{ model: 'claude-sonnet-5-5', system: ['You are Mainloop.'], tools, maxTokens: 1_000 },
  messages,
});

/** What every {@link ChatModel} promises, shown through a real one. */
export function modelContract(name: string, make: () => Promise<ModelBench>): void {
  describe(`${name} model`, () => {
    let bench: ModelBench;
    beforeEach(async () => {
      bench = await make();
    });
    afterEach(() => bench.close());

    async function answer(asked: ModelRequest, signal?: AbortSignal): Promise<ModelEvent[]> {
      const events: ModelEvent[] = [];
      for await (const event of bench.model.stream(asked, signal)) events.push(event);
      return events;
    }
    const textOf = (events: ModelEvent[]) => events.map((event) => (event.type === 'text' ? event.text : '')).join('');

    test('an answer comes in pieces that make up its text, and ends once with what it cost', async () => {
      bench.next({ text: 'Hello there, Ana.' });
      const events = await answer(request(user('Hi')));
      expect(textOf(events)).toBe('Hello there, Ana.');
      expect(events.filter(({ type }) => type === 'end')).toHaveLength(1);
      expect(events.at(-1)).toMatchObject({
        type: 'end',
        stop: 'end_turn',
        usage: { outputTokens: expect.any(Number) },
      });
    });

    test('a tool is used with its input after the text, and its result can be answered', async () => {
      bench.next({ text: 'Let me look.', use: { name: 'list_tasks', input: { all: true } } });
      const events = await answer(request(user('What runs?')));
      const use = events.find((event) => event.type === 'tool_use');
      expect(use).toMatchObject({ name: 'list_tasks', input: { all: true }, id: expect.any(String) });
      expect(events.at(-1)).toMatchObject({ stop: 'tool_use' });
      if (use?.type !== 'tool_use') throw new Error('no tool use');
      bench.next({ text: 'Nothing runs.' });
      const call = { type: 'tool_use' as const, id: use.id, name: use.name, input: use.input };
      const result = { type: 'tool_result' as const, id: use.id, content: '[]', isError: false };
      const more = request(
        user('What runs?'),
        { role: 'assistant', content: [call] },
        { role: 'user', content: [result] },
      );
      expect(textOf(await answer(more))).toBe('Nothing runs.');
    });

    test('a refusal for being too many is a failure that passes', async () => {
      bench.refuseNext();
      const failure = await answer(request(user('Hi'))).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Failure);
      expect(failure).toMatchObject({ code: 'rate_limited', remedy: 'retry' });
    });

    test('a request that was given up ends with a failure', async () => {
      bench.next({ text: 'Hello' });
      await expect(answer(request(user('Hi')), AbortSignal.abort())).rejects.toBeInstanceOf(Failure);
    });
  });
}
