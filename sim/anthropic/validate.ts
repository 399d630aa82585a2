import { invalid } from './api-error.ts';
import { findModel } from './models.ts';
import type { Block, MessageParam, MessagesBody, ToolParam } from './types.ts';
import { validateImages } from './validate-images.ts';
import { validateToolResults } from './validate-tool-results.ts';

const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const ROLES = ['user', 'assistant', 'system'];
const MAX_BREAKPOINTS = 4;

/**
 * Checks a body of `/v1/messages` (or of `count_tokens`, which needs no `max_tokens`) in the order and with the words of
 * the real API. Throws ApiError: 400, or 404 for an unknown model.
 */
export function validateBody(
  body: unknown,
  endpoint: 'messages' | 'count_tokens',
  version: string,
): asserts body is MessagesBody {
  if (!isObject(body)) throw invalid('Input should be a valid dictionary');
  if (typeof body.model !== 'string') throw invalid('model: Field required');
  if (!Array.isArray(body.messages)) throw invalid('messages: Field required');
  const request = body as MessagesBody;
  const model = findModel(request.model);
  if (version >= '2026-10-21') validateSampling(request);
  if (endpoint === 'messages') validateMaxTokens(request.max_tokens, model);
  if (request.messages.length === 0) throw invalid('messages: at least one message is required');
  for (const [index, message] of request.messages.entries()) validateMessage(message, index, request.messages.length);
  if (request.messages[0]?.role !== 'user') throw invalid('messages: first message must use the "user" role');
  if (request.messages.at(-1)?.role === 'assistant') {
    throw invalid(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  }
  validateToolResults(request.messages);
  validateImages(request.messages);
  validateTools(request.tools ?? [], request.tool_choice);
  if (Array.isArray(request.system)) validateBlocks(request.system, 'system');
  validateBreakpoints(request);
}

/** Version 2026-10-21 took the sampling parameters away, even at their default values. */
function validateSampling(request: MessagesBody): void {
  for (const name of ['temperature', 'top_p', 'top_k']) {
    if (name in request) throw invalid(`${name}: Extra inputs are not permitted`);
  }
}

function validateMaxTokens(value: unknown, model: { id: string; max_tokens: number }): void {
  if (value === undefined) throw invalid('max_tokens: Field required');
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw invalid('max_tokens: Input should be a valid integer');
  }
  if (value < 1) throw invalid('max_tokens: Input should be greater than or equal to 1');
  if (value > model.max_tokens) {
    throw invalid(
      `max_tokens: ${value} > ${model.max_tokens}, which is the maximum allowed number of output tokens for ${model.id}`,
    );
  }
}

function validateMessage(message: MessageParam, index: number, count: number): void {
  const at = `messages.${index}`;
  if (!isObject(message)) throw invalid(`${at}: Input should be a valid dictionary`);
  if (!ROLES.includes(message.role)) {
    throw invalid(`messages: Unexpected role "${message.role}". Allowed roles are "user" or "assistant"`);
  }
  const { content } = message;
  if (typeof content !== 'string' && !Array.isArray(content)) throw invalid(`${at}.content: Field required`);
  const lastAssistant = message.role === 'assistant' && index === count - 1;
  if (content.length === 0 && !lastAssistant) {
    throw invalid(`${at}: all messages must have non-empty content except for the optional final assistant message`);
  }
  if (Array.isArray(content)) validateBlocks(content, 'messages');
}

function validateBlocks(blocks: Block[], where: string): void {
  for (const block of blocks) {
    if (block.type !== 'text') continue;
    if (typeof block.text !== 'string') throw invalid(`${where}: text.text: Field required`);
    if (block.text === '') throw invalid(`${where}: text content blocks must be non-empty`);
    if (block.text.trim() === '' && where === 'messages') {
      throw invalid('messages: text content blocks must contain non-whitespace text');
    }
  }
}

function validateTools(tools: ToolParam[], choice: MessagesBody['tool_choice']): void {
  tools.forEach((tool, index) => {
    // Server tools carry a dated `type` and no schema of the caller's.
    if (tool.type !== undefined && tool.type !== 'custom') return;
    const at = `tools.${index}.custom`;
    if (typeof tool.name !== 'string') throw invalid(`${at}.name: Field required`);
    if (!TOOL_NAME.test(tool.name)) {
      throw invalid(`${at}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
    if (tool.input_schema === undefined) throw invalid(`${at}.input_schema: Field required`);
    if (tool.input_schema.type !== 'object') throw invalid(`${at}.input_schema.type: Input should be 'object'`);
  });
  const names = tools.map((tool) => tool.name);
  if (new Set(names).size < names.length) throw invalid('tools: Tool names must be unique.');
  if (choice?.type === 'tool' && !names.includes(choice.name ?? '')) {
    throw invalid(`tool_choice: Tool '${choice.name ?? ''}' not found in provided tools`);
  }
}

function validateBreakpoints(request: MessagesBody): void {
  const blocks: { cache_control?: unknown }[] = [
    request,
    ...(request.tools ?? []),
    ...(Array.isArray(request.system) ? request.system : []),
    ...request.messages.flatMap((message) => (Array.isArray(message.content) ? message.content : [])),
  ];
  const found = blocks.filter((block) => block.cache_control).length;
  if (found > MAX_BREAKPOINTS) {
    throw invalid(`A maximum of ${MAX_BREAKPOINTS} blocks with cache_control may be provided. Found ${found}.`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
