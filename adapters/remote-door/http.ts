import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { Failure } from '../../core/errors.ts';
import { hasTooMuchStructure, mostStructure } from '../../core/json-structure.ts';
import type { failure } from './wire.ts';

const bodyTimeoutMs = 60_000;

/** The whole body. Throws Failure `too_large` above `limit` bytes and `too_slow` after a minute. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const late = setTimeout(() => request.destroy(wrong('too_slow', 'The body took too long.')), bodyTimeoutMs);
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw wrong('too_large', `The body is larger than ${limit} bytes.`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  } finally {
    clearTimeout(late);
  }
}

/** What was asked, as the schema has it. Throws Failure `invalid_request`. */
export function readAs<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw wrong('invalid_request', `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`);
}

/** Throws Failure `too_large` for what would take many times its size, and `invalid_request`. */
export function parseJson(body: Buffer): unknown {
  if (hasTooMuchStructure(body))
    throw wrong('too_large', `The body has more than ${mostStructure} objects, arrays and members.`);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw wrong('invalid_request', 'The body is not JSON.');
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}

/** A Failure in the form in which it crosses; other errors stay here. */
export function toWire(error: unknown): { status: number; body: z.input<typeof failure> } {
  if (!(error instanceof Failure))
    return {
      status: 500,
      body: { code: 'unavailable', message: 'The program could not answer just now.', remedy: 'retry' },
    };
  const { code, message, remedy, advice, retryAfterMs } = error;
  const body = {
    code,
    message,
    remedy,
    ...(advice && { advice }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  return { status: statuses[code] ?? 503, body };
}

const statuses: Readonly<Record<string, number>> = {
  closed: 401,
  forbidden: 403,
  not_found: 404,
  too_slow: 408,
  full: 413,
  too_large: 413,
  invalid_request: 400,
};

const wrong = (code: string, message: string): Failure => new Failure(message, { code, remedy: 'never' });
