import { createHash } from 'node:crypto';
import { newId } from './ids.ts';
import { countTokens } from './tokens.ts';
import type { Reply, StopReason } from './types.ts';

/** Size of one streamed chunk. */
export const CHUNK_TOKENS = 4;
const CHUNK_CHARS = CHUNK_TOKENS * 4;

/** One content block of the answer: its value, and the same value in the pieces that are streamed. */
export type AnswerBlock =
  | { type: 'thinking'; chunks: string[]; signature: string }
  | { type: 'text'; chunks: string[] }
  | { type: 'tool_use'; chunks: string[]; id: string; name: string };

export interface Answer {
  id: string;
  model: string;
  blocks: AnswerBlock[];
  stopReason: StopReason;
  outputTokens: number;
}

/** The answer to one request, cut at `maxTokens` as the real model would be. */
export function answerOf(reply: Reply, model: string, maxTokens: number): Answer {
  const blocks: AnswerBlock[] = [];
  if (reply.thinking) {
    const signature = createHash('sha256').update(reply.thinking).digest('base64');
    blocks.push({ type: 'thinking', chunks: pieces(reply.thinking), signature });
  }
  const say = typeof reply.say === 'string' ? pieces(reply.say) : (reply.say ?? []);
  if (say.length > 0) blocks.push({ type: 'text', chunks: say });
  for (const { name, input } of reply.use ?? []) {
    blocks.push({ type: 'tool_use', id: newId('toolu'), name, chunks: pieces(JSON.stringify(input)) });
  }
  const stopReason = reply.stopReason ?? (reply.use?.length ? 'tool_use' : 'end_turn');
  const answer: Answer = { id: newId('msg'), model, blocks, stopReason, outputTokens: tokensOf(blocks) };
  return answer.outputTokens > maxTokens ? truncate(answer, maxTokens) : answer;
}

/** The first `tokens` of an answer, with `stop_reason: max_tokens`. A tool use that does not fit is left out, never cut. */
export function truncate(answer: Answer, tokens: number): Answer {
  const blocks: AnswerBlock[] = [];
  let left = tokens;
  for (const block of answer.blocks) {
    const size = tokensOf([block]);
    if (size <= left) {
      blocks.push(block);
      left -= size;
      continue;
    }
    const cut = block.chunks.join('').slice(0, left * 4);
    if (block.type !== 'tool_use' && cut !== '') blocks.push({ ...block, chunks: pieces(cut) });
    break;
  }
  return { ...answer, blocks, stopReason: 'max_tokens', outputTokens: tokensOf(blocks) };
}

/** The block as the JSON answer and the client's accumulated message hold it. */
export function contentOf(block: AnswerBlock): object {
  const text = block.chunks.join('');
  switch (block.type) {
    case 'thinking':
      return { type: 'thinking', thinking: text, signature: block.signature };
    case 'text':
      return { type: 'text', text, citations: null };
    case 'tool_use':
      return { type: 'tool_use', id: block.id, name: block.name, input: JSON.parse(text), caller: { type: 'direct' } };
  }
}

function tokensOf(blocks: AnswerBlock[]): number {
  return blocks.reduce((sum, block) => sum + Math.max(1, countTokens(block.chunks.join(''))), 0);
}

function pieces(text: string): string[] {
  const points = Array.from(text);
  return Array.from({ length: Math.ceil(points.length / CHUNK_CHARS) }, (_, index) =>
    points.slice(index * CHUNK_CHARS, (index + 1) * CHUNK_CHARS).join(''),
  );
}
