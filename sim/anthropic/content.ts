import type { Block } from './types.ts';

/** Content as blocks: a plain string is one text block. */
export function blocksOf(content: string | Block[]): Block[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** Text of a content value, blocks joined by newlines. */
export function textOf(content: string | Block[]): string {
  return blocksOf(content)
    .flatMap((block) => (block.type === 'text' && block.text ? [block.text] : []))
    .join('\n');
}
