import type { IncomingMessage } from 'node:http';
import { refuse } from '../errors.ts';
import { isJson } from '../json.ts';
import type { Json } from '../types.ts';

const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** A file of a multipart body; `index` is the n of `files[n]`. */
export interface UploadedFile {
  index: number;
  filename: string;
  contentType: string;
  content: Buffer;
}

export interface ParsedBody {
  /** An object, an array (bulk overwrite), or undefined when there was none. */
  raw: unknown;
  body: Json;
  files: UploadedFile[];
}

/** @throws DiscordApiError 40005 above 64 MB */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw refuse(40005);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/**
 * JSON, or multipart with `payload_json` and `files[n]`.
 * @throws DiscordApiError 50109
 */
export async function parseBody(contentType: string, bytes: Buffer): Promise<ParsedBody> {
  if (bytes.length === 0) return { raw: undefined, body: {}, files: [] };
  if (!contentType.startsWith('multipart/form-data')) return { ...parsed(bytes.toString('utf8')), files: [] };
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  const files: UploadedFile[] = [];
  for (const [field, value] of form) {
    if (typeof value === 'string') continue;
    const index = Number(/^files\[(\d+)\]$/.exec(field)?.[1] ?? files.length);
    const content = Buffer.from(await value.arrayBuffer());
    files.push({ index, filename: value.name, contentType: value.type || 'application/octet-stream', content });
  }
  const json = form.get('payload_json');
  return { ...parsed(typeof json === 'string' ? json : '{}'), files };
}

function parsed(text: string): { raw: unknown; body: Json } {
  try {
    const raw: unknown = JSON.parse(text);
    return { raw, body: isJson(raw) ? raw : {} };
  } catch (error) {
    throw error instanceof SyntaxError ? refuse(50109) : error;
  }
}
