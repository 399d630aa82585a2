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
});

/** Anthropic-defined tools that the client itself carries out. All other typed tools run at Anthropic. */
const clientTools = /^(custom$|bash_|text_editor_|computer_|memory_)/;

/** Fields through which the model's side would reach out for the worker, or that change the price. */
const closedFields = ['mcp_servers', 'container', 'speed'];

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
  const served = tools.find((tool) => tool.type && !clientTools.test(tool.type));
  if (served) throw forbidden(`The server-side tool ${served.type} is not allowed in a sandbox.`);
  const field = closedFields.find((name) => parsed.data[name] !== undefined && parsed.data[name] !== null);
  if (field) throw forbidden(`The field ${field} is not allowed in a sandbox.`);
  if (messages.some((message) => holdsRemoteSource(message.content))) {
    throw forbidden('Content by URL or file id is not allowed in a sandbox; send it inline.');
  }
  return { model, stream, maxTokens };
}

function forbidden(message: string): Refusal {
  return new Refusal(403, 'permission_error', message);
}

/** Looks into content blocks and what they hold (tool results, a document's own blocks), but not into the inputs of tool calls. */
function holdsRemoteSource(content: unknown): boolean {
  if (!Array.isArray(content)) return false;
  return content.some((block: unknown) => {
    const { source, content: inner } = fields(block);
    const { type, content: held } = fields(source);
    return type === 'url' || type === 'file' || holdsRemoteSource(held) || holdsRemoteSource(inner);
  });
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
