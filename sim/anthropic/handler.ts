import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from './api-error.ts';
import { now } from './clock.ts';
import type { Faults } from './faults.ts';
import { authenticate, headersOf, parseJson, readBody, sendError, sendJson } from './http.ts';
import { newId } from './ids.ts';
import { answerMessages } from './messages-endpoint.ts';
import { findModel, listModels } from './models.ts';
import { countPrompt, type PromptCache } from './prompt-cache.ts';
import type { Recorder } from './recorder.ts';
import type { Brain, RecordedRequest } from './types.ts';
import { validateBody } from './validate.ts';

/** What the requests of one simulator share. */
export interface Context {
  apiKey: string;
  brain: Brain;
  faults: Faults;
  cache: PromptCache;
  recorder: Recorder;
}

/** Answers one HTTP request and records it. Never rejects. */
export async function handle(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const id = newId('req');
  const path = new URL(request.url ?? '/', 'http://sim').pathname;
  const record: RecordedRequest = {
    id,
    at: now(),
    method: request.method ?? 'GET',
    path,
    headers: headersOf(request),
    body: undefined,
    bytes: 0,
  };
  context.recorder.begin(record);
  response.setHeader('request-id', id);
  try {
    await route(request, response, context, record);
  } catch (cause) {
    fail(response, record, cause);
  }
  record.status = response.headersSent ? response.statusCode : 0;
  record.endedAt = now();
  context.recorder.emit('reply', record);
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  context: Context,
  record: RecordedRequest,
): Promise<void> {
  const text = await readBody(request);
  record.bytes = Buffer.byteLength(text);
  authenticate(record.headers, context.apiKey);
  const model = /^\/v1\/models\/([^/]+)$/.exec(record.path)?.[1];
  if (record.method === 'GET' && record.path === '/v1/models') return sendJson(response, listModels());
  if (record.method === 'GET' && model) return sendJson(response, findModel(decodeURIComponent(model)));
  if (record.method !== 'POST') throw new ApiError('not_found_error', 'Not found');
  record.body = parseJson(text);
  const version = record.headers['anthropic-version'] ?? '';
  switch (record.path) {
    case '/v1/messages':
      validateBody(record.body, 'messages', version);
      return answerMessages(record.body, response, context, record);
    case '/v1/messages/count_tokens':
      validateBody(record.body, 'count_tokens', version);
      return sendJson(response, { input_tokens: countPrompt(record.body) });
    default:
      throw new ApiError('not_found_error', 'Not found');
  }
}

/** A brain that throws is a mistake in the script: answered 400, which no client retries, so that it shows at once. */
function fail(response: ServerResponse, record: RecordedRequest, cause: unknown): void {
  const error =
    cause instanceof ApiError
      ? cause
      : new ApiError('invalid_request_error', `simulator: ${cause instanceof Error ? cause.stack : String(cause)}`);
  record.error = { type: error.type, message: error.message };
  if (response.headersSent) response.destroy();
  else sendError(response, error, record.id);
}
