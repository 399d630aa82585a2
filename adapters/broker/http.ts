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
/** The part of it that one attempt can have: others' large bodies find room beside one that sends all it may. */
const mostOfOne = 112 * mebibyte;
let held = 0;

/** Where a body is held: until its answer is over, on its attempt's account. */
export interface Holding {
  readonly response: ServerResponse;
  readonly share: { held: number };
}

/**
 * The whole body; 413 above `limit` bytes, 408 when the client is too slow. Where a `holding` is named, the body counts
 * `times` its size as held until the answer is over: 503 when all bodies together, or those of the attempt, would be too much.
 */
export async function readBody(request: IncomingMessage, limit: number, holding?: Holding, times = 1): Promise<Buffer> {
  const tooLarge = () => new Refusal(413, 'too_large', `The body is larger than ${limit} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const late = setTimeout(
    () => request.destroy(new Refusal(408, 'too_slow', 'The body took too long.')),
    bodyTimeoutMs,
  );
  let holds = 0;
  const hold = (bytes: number) => {
    const isLarge = holds >= small;
    const own = holding?.share.held ?? 0;
    if (held + bytes > (isLarge ? mostHeld.large : mostHeld.small) || (isLarge && own + bytes > mostOfOne))
      throw new Refusal(503, 'busy', 'Too much is being sent at once. Try again.', 5);
    take(bytes);
  };
  const take = (bytes: number) => {
    held += bytes;
    holds += bytes;
    if (holding) holding.share.held += bytes;
  };
  const release = () => take(-holds);
  holding?.response.once('close', release);
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge();
      if (holding) hold(chunk.length * times);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  } finally {
    clearTimeout(late);
    // Of an answer that is over nothing more is heard.
    if (holding?.response.destroyed) release();
  }
}

/** The body as `schema` has it, held until the answer is over; 400 names the field that is wrong. */
export async function readJson<T>(
  { request, ...holding }: Holding & { readonly request: IncomingMessage },
  schema: z.ZodType<T>,
  limit: number,
): Promise<T> {
  return parseAs(schema, parseJson(await readBody(request, limit, holding, parsedTimes)));
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
