import { z } from 'zod';
import type { OpenAttempt } from '../../core/door.ts';
import { Refusal } from './http.ts';

/** The part of a Messages API request that decides whether it may pass. */
const shape = z.looseObject({
  model: z.string(),
  stream: z.boolean().optional(),
  max_tokens: z.number().optional(),
  tools: z.array(z.looseObject({ type: z.string().nullish(), name: z.string().optional() })).optional(),
  messages: z.array(z.looseObject({ content: z.unknown().optional() })).optional(),
  context_management: z.looseObject({ edits: z.array(z.looseObject({ type: z.string() })).optional() }).nullish(),
});

/** Anthropic-defined tools that the client itself carries out. All other typed tools run at Anthropic. */
const clientTools = /^(custom$|bash_|text_editor_|computer_|memory_)/;

/**
 * What Claude Code sends. Any other field might let the model's side reach out for the worker, keep something for it, or
 * cost more than is counted: `mcp_servers`, `container`, `thread`, `speed`, `service_tier`, `inference_geo`, `fallbacks`…
 */
const openFields = new Set([
  ...['model', 'messages', 'system', 'tools', 'tool_choice', 'max_tokens', 'stream', 'metadata', 'thinking'],
  ...['output_config', 'output_format', 'context_management', 'cache_control', 'diagnostics'],
  ...['temperature', 'top_p', 'top_k', 'stop_sequences'],
]);

export interface ModelRequest {
  readonly model: string;
  readonly stream: boolean;
  /** 0 where it is not said: such a request is not answered, and tokens are counted without it. */
  readonly maxTokens: number;
}

/**
 * Lets a request for an allowed model pass and throws {@link Refusal} otherwise: a sandbox without a network must not
 * get one through Anthropic's servers (web search, remote MCP, files and images fetched by URL).
 */
export function checkModelRequest(body: unknown, attempt: OpenAttempt): ModelRequest {
  const parsed = shape.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Refusal(400, 'invalid_request_error', `${issue?.path.join('.') || 'body'}: ${issue?.message}`);
  }
  const { model, stream = false, max_tokens: maxTokens = 0, tools = [], messages = [] } = parsed.data;
  if (!attempt.allowedModels.includes(model)) {
    throw forbidden(`The model ${model} is not allowed for this task; allowed: ${attempt.allowedModels.join(', ')}.`);
  }
  const served = [...tools, ...messages.flatMap(addedTools)].find(({ type }) => type && !clientTools.test(type));
  if (served) throw forbidden(`The server-side tool ${served.type} is not allowed in a sandbox.`);
  const [field] = Object.entries(fields(body)).find(([name, value]) => value !== null && !openFields.has(name)) ?? [];
  if (field !== undefined) throw forbidden(`The field ${field} is not allowed in a sandbox.`);
  // The others make Anthropic call a model to sum up what was said.
  const edit = parsed.data.context_management?.edits?.find(({ type }) => !type.startsWith('clear_'));
  if (edit) throw forbidden(`The edit ${edit.type} of context_management is not allowed in a sandbox.`);
  if (messages.some((message) => holdsRemoteSource(message.content))) {
    throw forbidden('Content by URL or file id is not allowed in a sandbox; send it inline.');
  }
  return { model, stream, maxTokens };
}

function forbidden(message: string): Refusal {
  return new Refusal(403, 'permission_error', message);
}

/** Tools that a message brings along in the middle of a conversation. */
function addedTools({ content }: { content?: unknown }): { type?: string }[] {
  if (!Array.isArray(content)) return [];
  return content
    .filter((block: unknown) => fields(block).type === 'tool_addition')
    .map((block: unknown) => fields(fields(fields(block).tool).definition));
}

/** Looks into content blocks and what they hold (tool results, a document's own blocks), but not into the inputs of tool calls. */
function holdsRemoteSource(content: unknown): boolean {
  if (!Array.isArray(content)) return false;
  return content.some((block: unknown) => {
    const { source, content: inner, file_id: uploaded } = fields(block);
    const { type, content: held } = fields(source);
    return (
      type === 'url' || type === 'file' || uploaded !== undefined || holdsRemoteSource(held) || holdsRemoteSource(inner)
    );
  });
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
