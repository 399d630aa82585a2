import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, invalid } from './api-error.ts';

/** Claude Code 2.1 sends the older, the SDK since 1.0 the newer. */
const VERSIONS = ['2023-06-01', '2026-10-21'];
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** The whole body; 413 above the API's 32 MB. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new ApiError('request_too_large', 'Request exceeds the maximum size');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`The request body is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** Throws 401 without the right key in either header (the SDK since 1.0 sends it as Bearer), 400 without a known version. */
export function authenticate(headers: Record<string, string>, apiKey: string): void {
  const bearer = headers.authorization?.replace(/^Bearer /, '');
  const key = headers['x-api-key'] ?? bearer;
  if (key === undefined) throw new ApiError('authentication_error', 'x-api-key header is required');
  if (key !== apiKey) {
    throw new ApiError(
      'authentication_error',
      headers['x-api-key'] === undefined ? 'Invalid bearer token' : 'invalid x-api-key',
    );
  }
  const version = headers['anthropic-version'];
  if (version === undefined) throw invalid('anthropic-version: header is required');
  if (!VERSIONS.includes(version)) throw invalid(`anthropic-version: "${version}" is not a valid version`);
}

export function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}

export function sendJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function sendError(response: ServerResponse, error: ApiError, requestId: string): void {
  const retryAfter = error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter) };
  response
    .writeHead(error.status, { 'content-type': 'application/json', ...retryAfter })
    .end(JSON.stringify(error.body(requestId)));
}
