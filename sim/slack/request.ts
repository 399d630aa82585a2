import type { IncomingMessage } from 'node:http';
import { isJson } from './blocks.ts';
import { SlackApiError } from './errors.ts';
import type { Json } from './types.ts';

const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The whole body of a request, at most 64 MB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new SlackApiError('request_too_large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Values of a form: arrays and objects come JSON-encoded inside it. */
function decoded(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch (error) {
    // Text may start with a bracket too; only JSON arguments are objects.
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}

/** Arguments that are text for people, whatever they look like. */
const TEXTUAL = new Set([
  'text',
  'markdown_text',
  'initial_comment',
  'filename',
  'status',
  'title',
  'username',
  'name',
]);

/**
 * Web API arguments from query, form or JSON body.
 * @throws SlackApiError `invalid_json`
 */
export function parseArguments(request: IncomingMessage, body: Buffer): Json {
  const query = new URL(request.url ?? '/', 'http://slack').searchParams;
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/json')) {
    let parsed: unknown;
    try {
      parsed = JSON.parse(body.toString('utf8'));
    } catch (error) {
      throw new SlackApiError('invalid_json', { cause: String(error) });
    }
    if (!isJson(parsed)) throw new SlackApiError('json_not_object');
    return { ...Object.fromEntries(query), ...parsed };
  }
  const form = new URLSearchParams(body.toString('utf8'));
  const pairs = [...query, ...form];
  return Object.fromEntries(pairs.map(([key, value]) => [key, TEXTUAL.has(key) ? value : decoded(value)]));
}

/** Reads arguments of one call as Slack does: leniently about types, strictly about presence. */
export class Arguments {
  readonly raw: Json;

  constructor(raw: Json) {
    this.raw = raw;
  }

  has(name: string): boolean {
    return this.raw[name] !== undefined && this.raw[name] !== null;
  }

  text(name: string): string | undefined {
    const value = this.raw[name];
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' ? value : JSON.stringify(value);
  }

  /** @throws SlackApiError with `code` when the argument is absent or empty */
  need(name: string, code = 'invalid_arguments'): string {
    const value = this.text(name);
    if (value === undefined || value === '') {
      const messages = [`[ERROR] missing required field: ${name}`];
      throw new SlackApiError(code, code === 'invalid_arguments' ? { response_metadata: { messages } } : {});
    }
    return value;
  }

  flag(name: string): boolean {
    return ['true', '1', 'True'].includes(this.text(name) ?? '');
  }

  number(name: string, fallback: number, max: number): number {
    const value = this.text(name);
    if (value === undefined || value === '') return fallback;
    const number = Number(value);
    if (!Number.isInteger(number) || number < 1 || number > max) throw new SlackApiError('invalid_limit');
    return number;
  }

  object(name: string): Json | undefined {
    const value = this.raw[name];
    return isJson(value) ? value : undefined;
  }

  list(name: string): unknown[] | undefined {
    const value = this.raw[name];
    return Array.isArray(value) ? value : undefined;
  }
}
