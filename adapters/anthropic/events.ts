import type Anthropic from '@anthropic-ai/sdk';
import type { ModelEvent, ModelUsage } from '../../core/ports.ts';
import { cut } from './failure.ts';

/**
 * The API's stream as ours: text as it comes, then the tool uses, then the end with its usage. A tool input that is not
 * JSON arrives as the text that the model wrote, which no tool's schema accepts; one that the token limit cut off is
 * left out. Throws Failure `cut` when the stream ends without an end.
 */
export async function* modelEvents(
  stream: AsyncIterable<Anthropic.RawMessageStreamEvent>,
  onEvent: () => void,
): AsyncIterable<ModelEvent> {
  const uses = new Map<number, { id: string; name: string; json: string }>();
  let usage: ModelUsage = { inputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };
  let stop: Anthropic.StopReason | null = null;
  let ended = false;
  for await (const event of stream) {
    onEvent();
    switch (event.type) {
      case 'message_start':
        usage = merge(usage, event.message.usage);
        break;
      case 'content_block_start': {
        const block = event.content_block;
        if (block.type === 'tool_use') uses.set(event.index, { id: block.id, name: block.name, json: '' });
        if (block.type === 'text' && block.text) yield { type: 'text', text: block.text };
        break;
      }
      case 'content_block_delta': {
        const use = uses.get(event.index);
        if (event.delta.type === 'text_delta') yield { type: 'text', text: event.delta.text };
        else if (event.delta.type === 'input_json_delta' && use) use.json += event.delta.partial_json;
        break;
      }
      case 'message_delta':
        stop = event.delta.stop_reason ?? stop;
        usage = merge(usage, event.usage);
        break;
      case 'message_stop':
        ended = true;
        break;
      case 'content_block_stop':
        break;
    }
  }
  if (!ended || !stop) throw cut(undefined);
  const reason = stopOf(stop);
  for (const { id, name, json } of uses.values()) {
    const input = parse(json);
    if (input === undefined && reason === 'max_tokens') continue;
    yield { type: 'tool_use', id, name, input: input ?? json };
  }
  yield { type: 'end', stop: reason, usage };
}

/** Undefined when it is not JSON. A tool without input streams none. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json || '{}');
  } catch {
    return undefined;
  }
}

/** Stop sequences and pauses of server tools are never asked for, so either would be an ordinary end. */
function stopOf(reason: Anthropic.StopReason): 'end_turn' | 'tool_use' | 'max_tokens' | 'refusal' {
  switch (reason) {
    case 'tool_use':
    case 'max_tokens':
    case 'refusal':
      return reason;
    case 'model_context_window_exceeded':
      return 'max_tokens';
    case 'end_turn':
    case 'stop_sequence':
    case 'pause_turn':
      return 'end_turn';
  }
}

/** Counts are cumulative; a later event leaves out (or nulls) what it does not know. */
function merge(usage: ModelUsage, told: Partial<Anthropic.MessageDeltaUsage>): ModelUsage {
  return {
    inputTokens: told.input_tokens ?? usage.inputTokens,
    cachedTokens: told.cache_read_input_tokens ?? usage.cachedTokens,
    cacheWriteTokens: told.cache_creation_input_tokens ?? usage.cacheWriteTokens,
    outputTokens: told.output_tokens ?? usage.outputTokens,
  };
}
