import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { hasTooMuchStructure, mostStructure } from '../../core/json-structure.ts';

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

const mebibyte = 1024 * 1024;
/**
 * What the bodies under way may take of memory together, whoever sent them, bytes. What is small may take all of it, so that
 * no heartbeat fails because others send much.
 */
const mostHeld = { small: 256 * mebibyte, large: 192 * mebibyte };
const small = mebibyte;
/** A body that is parsed and passed on as JSON is there as text, as values and as text again. */
const parsedTimes = 3;
let held = 0;

/**
 * The whole body; 413 above `limit` bytes, 408 when the client is too slow. Where an `answer` is named, the body counts
 * `times` its size as held until that is over: 503 when all bodies together would be too much.
 */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  answer?: ServerResponse,
  times = 1,
): Promise<Buffer> {
  const tooLarge = () => new Refusal(413, 'too_large', `The body is larger than ${limit} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const late = setTimeout(
    () => request.destroy(new Refusal(408, 'too_slow', 'The body took too long.')),
    bodyTimeoutMs,
  );
  let holds = 0;
  const hold = (bytes: number) => {
    const most = holds < small ? mostHeld.small : mostHeld.large;
    if (held + bytes > most) throw new Refusal(503, 'busy', 'Too much is being sent at once. Try again.', 5);
    held += bytes;
    holds += bytes;
  };
  const release = () => {
    held -= holds;
    holds = 0;
  };
  answer?.once('close', release);
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge();
      if (answer) hold(chunk.length * times);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  } finally {
    clearTimeout(late);
    // Of an answer that is over nothing more is heard.
    if (answer?.destroyed) release();
  }
}

/** The body as `schema` has it, held until the answer is over; 400 names the field that is wrong. */
export async function readJson<T>(
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  schema: z.ZodType<T>,
  limit: number,
): Promise<T> {
  return parseAs(schema, parseJson(await readBody(request, limit, response, parsedTimes)));
}

/** 413 for what would take many times its size. */
export function parseJson(body: Buffer): unknown {
  if (hasTooMuchStructure(body))
    throw new Refusal(413, 'too_large', `The body has more than ${mostStructure} objects, arrays and members.`);
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
