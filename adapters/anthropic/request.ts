import type Anthropic from '@anthropic-ai/sdk';
import type { ModelContent, ModelMessage, ModelRequest, ModelTool } from '../../core/ports.ts';

/**
 * A request as the Messages API takes it. Breakpoints of the prompt cache, at most the four that it allows: the last tool,
 * each block of the system prompt, the last message. `thinking` stays unset: which values a model accepts differs.
 */
export function messageParams({ model, system, tools, messages, maxTokens }: ModelRequest) {
  return {
    model,
    max_tokens: maxTokens,
    system: system.map((text) => ({ type: 'text' as const, text, cache_control: cached })),
    tools: tools.map((tool, index) => toolParam(tool, index === tools.length - 1)),
    messages: messages.map((message, index) => messageParam(message, index === messages.length - 1)),
  };
}

/**
 * https://platform.claude.com/docs/en/build-with-claude/vision: 5 MB of base64 an image (three bytes are four characters),
 * 8000 pixels a side, 32 MB a request.
 */
export const imageLimits = { bytes: (5 * 1024 * 1024 * 3) / 4, side: 8_000 } as const;

const imageTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;

const cached = { type: 'ephemeral' } as const;

function toolParam({ name, description, input }: ModelTool, last: boolean): Anthropic.Tool {
  const tool: Anthropic.Tool = { name, description, input_schema: { ...input, type: 'object' } };
  return last ? { ...tool, cache_control: cached } : tool;
}

function messageParam({ role, content }: ModelMessage, last: boolean): Anthropic.MessageParam {
  // The API refuses text without words; a message of nothing else must still say something.
  const said = content.filter((part) => part.type !== 'text' || part.text.trim() !== '');
  const blocks = (said.length > 0 ? said : [{ type: 'text', text: '(no text)' } as const]).map(blockParam);
  // What changes from turn to turn stands behind the breakpoint, so that all before it is read from the cache.
  const stable = said.findLastIndex((part) => !(part.type === 'text' && part.volatile));
  const cachedAt = stable < 0 ? blocks.length - 1 : stable;
  if (!last) return { role, content: blocks };
  return { role, content: blocks.map((block, at) => (at === cachedAt ? { ...block, cache_control: cached } : block)) };
}

type Block =
  | Anthropic.TextBlockParam
  | Anthropic.ImageBlockParam
  | Anthropic.ToolUseBlockParam
  | Anthropic.ToolResultBlockParam;

function blockParam(part: ModelContent): Block {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return imageParam(part);
    case 'tool_use':
      return { type: 'tool_use', id: part.id, name: part.name, input: objectInput(part.input) };
    case 'tool_result':
      return { type: 'tool_result', tool_use_id: part.id, content: part.content, is_error: part.isError };
  }
}

/** An image that the API would refuse, and with it the whole request, becomes words. */
function imageParam({ mediaType, data }: Extract<ModelContent, { type: 'image' }>): Block {
  const media_type = imageTypes.find((type) => type === mediaType);
  if (!media_type || data.length > imageLimits.bytes * (4 / 3))
    return { type: 'text', text: '(an image that cannot be shown)' };
  return { type: 'image', source: { type: 'base64', media_type, data } };
}

/** The API takes objects only, but a model may have written something else before (see `modelEvents`). */
const objectInput = (input: unknown): object =>
  typeof input === 'object' && input !== null && !Array.isArray(input) ? input : { unreadable: input };
