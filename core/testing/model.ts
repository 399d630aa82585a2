import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../errors.ts';
import type { ChatModel, ModelEvent, ModelRequest } from '../ports.ts';
import { createPromptCache } from './prompt-cache.ts';

/** What the model says to one request; a Failure comes after the text before it. */
export interface FakeAnswer {
  readonly text?: string;
  readonly use?: readonly { readonly name: string; readonly input: unknown }[];
  readonly stop?: 'end_turn' | 'tool_use' | 'max_tokens' | 'refusal';
  readonly fails?: Failure;
  /** Milliseconds between two words. */
  readonly everyMs?: number;
}

export interface FakeModel extends ChatModel {
  /** Every request so far, oldest first. */
  readonly requests: readonly ModelRequest[];
}

/** A model that answers as it is told, word by word, and counts tokens as the service does with prompt caching. */
export function createFakeModel(answer: (request: ModelRequest, n: number) => FakeAnswer): FakeModel {
  const requests: ModelRequest[] = [];
  const count = createPromptCache();

  async function* stream(request: ModelRequest, signal?: AbortSignal): AsyncIterable<ModelEvent> {
    const n = requests.push(structuredClone(request));
    const { text = '', use = [], stop, fails, everyMs } = answer(request, n);
    for (const word of text.split(/(?<= )/)) {
      if (signal?.aborted) throw new Failure('The answer was stopped.', { code: 'aborted', remedy: 'never' });
      if (word) yield { type: 'text', text: word };
      if (everyMs) await sleep(everyMs);
    }
    if (fails) throw fails;
    for (const [index, call] of use.entries()) yield { type: 'tool_use', id: `toolu_${n}_${index}`, ...call };
    const usage = count(request, text + JSON.stringify(use));
    yield { type: 'end', stop: stop ?? (use.length > 0 ? 'tool_use' : 'end_turn'), usage };
  }

  return { requests, imageLimits: { bytes: 3_000_000, side: 8_000 }, stream } satisfies ChatModel & {
    requests: readonly ModelRequest[];
  };
}

/** The words of a request's messages, for assertions. */
export const wordsOf = (request: ModelRequest | undefined): string =>
  (request?.messages ?? [])
    .flatMap(({ content }) => content.map((part) => (part.type === 'text' ? part.text : JSON.stringify(part))))
    .join('\n');
