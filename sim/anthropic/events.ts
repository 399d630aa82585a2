import { type Answer, type AnswerBlock, contentOf } from './message.ts';
import type { StopReason, TokenUsage } from './types.ts';

/** One server-sent event; `type` is also its event name. */
export interface StreamEvent {
  type: string;
  [key: string]: unknown;
}

/** The whole message, as the non-streaming answer. */
export function messageJson(answer: Answer, usage: TokenUsage): object {
  return {
    id: answer.id,
    type: 'message',
    role: 'assistant',
    model: answer.model,
    container: null,
    content: answer.blocks.map(contentOf),
    ...stopOf(answer.stopReason),
    usage: { ...usage, service_tier: 'standard' },
  };
}

/** The same message as the events of a stream, in the API's order. */
export function* eventsOf(answer: Answer, usage: TokenUsage): Generator<StreamEvent> {
  const empty = messageJson({ ...answer, blocks: [] }, { ...usage, output_tokens: 1 });
  yield { type: 'message_start', message: { ...empty, ...stopOf(null) } };
  yield { type: 'ping' };
  for (const [index, block] of answer.blocks.entries()) {
    yield { type: 'content_block_start', index, content_block: emptyOf(block) };
    for (const chunk of block.chunks) yield { type: 'content_block_delta', index, delta: deltaOf(block, chunk) };
    if (block.type === 'thinking') {
      yield { type: 'content_block_delta', index, delta: { type: 'signature_delta', signature: block.signature } };
    }
    yield { type: 'content_block_stop', index };
  }
  yield { type: 'message_delta', delta: stopOf(answer.stopReason), usage };
  yield { type: 'message_stop' };
}

function stopOf(reason: StopReason | null): object {
  const refusal = { type: 'refusal', category: null, explanation: null };
  return { stop_reason: reason, stop_sequence: null, stop_details: reason === 'refusal' ? refusal : null };
}

function emptyOf(block: AnswerBlock): object {
  switch (block.type) {
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'text':
      return { type: 'text', text: '', citations: null };
    case 'tool_use':
      return { type: 'tool_use', id: block.id, name: block.name, input: {}, caller: { type: 'direct' } };
  }
}

function deltaOf(block: AnswerBlock, chunk: string): object {
  switch (block.type) {
    case 'thinking':
      return { type: 'thinking_delta', thinking: chunk };
    case 'text':
      return { type: 'text_delta', text: chunk };
    case 'tool_use':
      return { type: 'input_json_delta', partial_json: chunk };
  }
}
