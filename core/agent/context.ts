import type { ModelContent, ModelMessage } from '../ports.ts';
import type { StoredMessage } from '../store/conversations.ts';
import { hardest } from './limits.ts';
import { asData, render, type Shown } from './render.ts';

/** What is remembered of a conversation before the messages that are answered now. */
export interface Memory {
  readonly summary: string;
  /** In the order in which they were answered: see {@link answeredOrder}. */
  readonly history: readonly Shown[];
}

/**
 * Messages in the order of their turns, each with its answer behind it: what was said while the assistant was answering
 * belongs after that answer, though it was stored before it. The order never changes later, so the cached prefix holds.
 * Turns follow each other as their first messages do; a turn whose messages are all in the summary comes before the others.
 */
export function answeredOrder<T extends StoredMessage>(messages: readonly T[]): T[] {
  const turns = [...Map.groupBy(messages, ({ turn }) => turn).values()].map((turn) => {
    const said = turn.filter(({ role }) => role === 'person').sort((a, b) => a.at - b.at || a.id - b.id);
    const answers = turn.filter(({ role }) => role === 'assistant');
    return { first: said.length > 0 ? Math.min(...said.map(({ id }) => id)) : 0, all: [...said, ...answers] };
  });
  return turns.sort((a, b) => a.first - b.first).flatMap(({ all }) => all);
}

/**
 * The conversation as the model reads it: the summary, then every message after it, one block each, roles in turns, a user
 * first. Ends with what is answered now, then the rounds of this turn, then `state`, which is not part of the cached prefix.
 */
export function conversation(
  { summary, history }: Memory,
  said: readonly Shown[],
  transcript: readonly ModelMessage[],
  state: string,
): ModelMessage[] {
  const { messages, dropped } = fitting([...history, ...said]);
  const opening = [
    ...(summary ? [`<summary>\n${asData(summary)}\n</summary>`] : []),
    ...(dropped > 0 ? [`<note>${dropped} older messages are left out here; say so if they matter.</note>`] : []),
  ].map((text) => user(text));
  const spoken = messages
    .map((message): ModelMessage => {
      const text = render(message);
      if (message.role === 'assistant') return { role: 'assistant', content: [{ type: 'text', text }] };
      return { role: 'user', content: [{ type: 'text', text }, ...imagesOf(message)] };
    })
    .filter(({ content }) => content.some((part) => part.type !== 'text' || part.text !== ''));
  const begun = opening.length > 0 || spoken[0]?.role === 'user' ? opening : [user('<note>You wrote first.</note>')];
  const ending: ModelMessage = { role: 'user', content: [{ type: 'text', text: state, volatile: true }] };
  return merged([...begun, ...spoken, ...transcript, ending]);
}

const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] });

const imagesOf = ({ attached = [] }: Shown): ModelContent[] =>
  attached.flatMap(({ image, mimeType }) =>
    image ? [{ type: 'image' as const, mediaType: mimeType, data: image }] : [],
  );

/** The newest messages that fit into the hardest limit; the very newest always does. */
function fitting(all: readonly Shown[]): { messages: readonly Shown[]; dropped: number } {
  let characters = 0;
  let from = all.length;
  while (from > 0 && all.length - from < hardest.messages) {
    const next = all[from - 1];
    characters += next ? render(next).length : 0;
    if (characters > hardest.characters && from < all.length) break;
    from -= 1;
  }
  return { messages: all.slice(from), dropped: from };
}

/** Joins neighbours of one role: the API wants roles in turns. */
function merged(messages: readonly ModelMessage[]): ModelMessage[] {
  const out: ModelMessage[] = [];
  for (const message of messages) {
    const last = out.at(-1);
    if (last?.role === message.role) out[out.length - 1] = { ...last, content: [...last.content, ...message.content] };
    else out.push(message);
  }
  return out;
}
