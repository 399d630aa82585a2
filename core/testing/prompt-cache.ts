import type { ModelRequest, ModelUsage } from '../ports.ts';

/** Blocks that the service looks back from a breakpoint for what it has stored. */
const lookBack = 20;

/** The rule of thumb for English. */
const tokens = (characters: number): number => Math.ceil(characters / 4);

/** Where a request's prefix may be read or stored: after each block, with the characters up to there. */
interface Prefix {
  readonly key: string;
  readonly characters: number;
}

/**
 * Counts a request's tokens as the Messages API does with prompt caching: prefixes are stored at breakpoints only (each
 * system block, the last block of the last message that isn't volatile), and read back block by block from them.
 */
export function createPromptCache(): (request: ModelRequest, answer: string) => ModelUsage {
  const stored = new Set<string>();
  return (request, answer) => {
    const { prefixes, breakpoints, characters } = laidOut(request);
    const readable = breakpoints.flatMap((at) => prefixes.slice(Math.max(0, at - lookBack), at + 1));
    const read = Math.max(0, ...readable.filter(({ key }) => stored.has(key)).map((prefix) => prefix.characters));
    const written = Math.max(0, ...breakpoints.map((at) => prefixes[at]?.characters ?? 0));
    for (const at of breakpoints) stored.add(prefixes[at]?.key ?? '');
    return {
      cachedTokens: tokens(read),
      cacheWriteTokens: tokens(Math.max(0, written - read)),
      inputTokens: tokens(characters - Math.max(written, read)),
      outputTokens: tokens(answer.length),
    };
  };
}

function laidOut({ model, tools, system, messages }: ModelRequest) {
  const spoken = messages.flatMap(({ role, content }) => content.map((part) => ({ role, part })));
  const blocks = [
    ...system.map((text, index) => JSON.stringify(index === 0 ? [model, tools, text] : text)),
    ...spoken.map((block) => JSON.stringify(block)),
  ];
  let text = '';
  const prefixes: Prefix[] = blocks.map((block) => {
    text += block;
    return { key: text, characters: text.length };
  });
  const stable = spoken.findLastIndex(({ part }) => !(part.type === 'text' && part.volatile));
  const breakpoints = [...system.keys(), ...(stable < 0 ? [] : [system.length + stable])];
  return { prefixes, breakpoints, characters: text.length };
}
