import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';

/** An answer that is not a success, in the broker's own words. `code` is snake case, for programs. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** Seconds after which the client may try again. */
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, message: string, retryAfter?: number) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** Time within which a client must have sent a JSON body. */
const bodyTimeoutMs = 60_000;

/** The whole body; 413 above `limit` bytes, 408 when the client is too slow. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = () => new Refusal(413, 'too_large', `The body is larger than ${limit} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const late = setTimeout(
    () => request.destroy(new Refusal(408, 'too_slow', 'The body took too long.')),
    bodyTimeoutMs,
  );
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  } finally {
    clearTimeout(late);
  }
}

/** The body as `schema` has it; 400 names the field that is wrong. */
export async function readJson<T>(request: IncomingMessage, schema: z.ZodType<T>, limit: number): Promise<T> {
  return parseAs(schema, parseJson(await readBody(request, limit)));
}

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new Refusal(400, 'invalid_json', `The body is not JSON: ${cause instanceof Error ? cause.message : cause}`);
  }
}

function parseAs<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw new Refusal(400, 'invalid_body', `${first?.path.join('.') || 'body'}: ${first?.message ?? 'invalid'}`);
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
