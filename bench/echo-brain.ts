import type { Brain, MessageParam } from '../sim/anthropic/index.ts';

/**
 * A model that answers at once with the words of the messages that it is to answer now, so that who reads the answers can
 * tell what was answered, how often and in which order.
 */
export const echoBrain: Brain = (request) => {
  if (request.kind === 'side') return { say: 'They talked.' };
  const text = request.messages
    .filter(({ role }) => role === 'user')
    .map(textOf)
    .join('\n');
  const asked = /^Answer now: (.*)$/m.exec(text)?.[1] ?? '';
  const ids = [...asked.matchAll(/\bm(\d+) \(/g)].map(([, id]) => id);
  const words = ids.map(
    (id) => new RegExp(`^\\[m${id}\\] [^:]*: (.*)$`, 'm').exec(text)?.[1] ?? `(m${id} is not here)`,
  );
  return { say: words.join('\n') };
};

const textOf = ({ content }: MessageParam): string =>
  typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('\n');
