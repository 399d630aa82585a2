import { Failure } from '../errors.ts';
import type { ModelRequest } from '../ports.ts';
import type { StoredMessage } from '../store/conversations.ts';
import { cut } from '../words/text.ts';
import { batch, kept, summary as limit, verbatim } from './limits.ts';
import { summariser } from './prompt.ts';
import { asData, render } from './render.ts';

/** What a message's id and its writer's name add to its text, roughly and rather too much. */
const frame = 60;

/** Whether what stands after the summary may be too much, by its size as stored. */
export const isOver = ({ messages, characters }: { messages: number; characters: number }): boolean =>
  messages > verbatim.messages || characters + frame * messages > verbatim.characters;

/**
 * The messages to summarise next, oldest first and without a gap, or none while there are few. Takes what is beyond the
 * kept half, as much as one summary takes in; never what still waits for an answer, nor what came after it.
 */
export function nextRange(messages: readonly StoredMessage[], activeTurn: string | null): StoredMessage[] {
  const sizes = messages.map((message) => render(message).length);
  let characters = sizes.reduce((sum, size) => sum + size, 0);
  if (messages.length <= verbatim.messages && characters <= verbatim.characters) return [];
  const waits = messages.findIndex((message) => isWaiting(message, messages, activeTurn));
  const settled = waits < 0 ? messages.length : waits;
  let n = 0;
  let taken = 0;
  while (n < settled && (messages.length - n > kept.messages || characters > kept.characters)) {
    const size = sizes[n] ?? 0;
    if (n > 0 && (n >= batch.messages || taken + size > batch.characters)) break;
    taken += size;
    characters -= size;
    n += 1;
  }
  // An answer goes with what it answers.
  while (n > 0 && n < settled && messages[n]?.role === 'assistant') n += 1;
  return messages.slice(0, n);
}

function isWaiting({ role, turn }: StoredMessage, all: readonly StoredMessage[], activeTurn: string | null): boolean {
  if (role === 'assistant') return false;
  if (turn === null) return true;
  return turn === activeTurn && !all.some((other) => other.role === 'assistant' && other.turn === turn);
}

/** Asks for the summary of what the old one says and what `range` adds. */
export const summaryRequest = (model: string, old: string, range: readonly StoredMessage[]): ModelRequest => {
  const spoken = range.map((message) =>
    message.role === 'assistant' ? `Mainloop: ${asData(render(message))}` : render(message),
  );
  const text = `<summary>\n${asData(old) || '(nothing yet)'}\n</summary>\n\n${spoken.join('\n\n')}\n\nWrite the new memory.`;
  return {
    model,
    system: [summariser],
    tools: [],
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    maxTokens: limit.tokens,
  };
};

/** A summary fit to be stored. Throws Failure `no_summary` for one that would lose what it covers. */
export function checkedSummary(text: string, stop: string): string {
  const words = text.trim();
  if (words !== '' && stop !== 'refusal') return cut(words, limit.characters);
  throw new Failure(`The model wrote no summary (${stop}).`, { code: 'no_summary', remedy: 'retry' });
}
