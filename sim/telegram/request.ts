import type { IncomingMessage } from 'node:http';
import { badRequest, TelegramApiError } from './errors.ts';
import type { NewFile } from './files.ts';
import type { Json } from './types.ts';

/** What bots may upload to the public server, and room for the form around it. */
const MAX_BODY_BYTES = 50 * 1024 * 1024 + 65_536;

/** The whole body of a request. @throws TelegramApiError 413 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new TelegramApiError(413, 'Request Entity Too Large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Reads arguments from the query and from JSON, form and multipart bodies. @throws TelegramApiError 400 */
export async function parseArguments(url: URL, contentType: string, body: Buffer): Promise<Args> {
  const raw: Json = Object.fromEntries(url.searchParams);
  const files = new Map<string, NewFile>();
  if (contentType.startsWith('application/json')) Object.assign(raw, parseJson(body));
  else if (contentType.startsWith('application/x-www-form-urlencoded')) {
    Object.assign(raw, Object.fromEntries(new URLSearchParams(body.toString('utf8'))));
  } else if (contentType.startsWith('multipart/form-data')) {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    for (const [name, value] of form) {
      if (typeof value === 'string') raw[name] = value;
      else files.set(name, { name: value.name, content: Buffer.from(await value.arrayBuffer()) });
    }
  }
  return new Args(raw, files);
}

function parseJson(body: Buffer): Json {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as Json;
  } catch {
    throw badRequest("can't parse request JSON object");
  }
}

/** Arguments of one call; JSON inside of strings is read as well, since forms carry nothing else. */
export class Args {
  readonly raw: Json;
  readonly #files: Map<string, NewFile>;

  constructor(raw: Json, files = new Map<string, NewFile>()) {
    this.raw = raw;
    this.#files = files;
  }

  text(name: string): string | undefined {
    const value = this.raw[name];
    return value === undefined || value === null ? undefined : String(value);
  }

  /** @throws TelegramApiError 400 with the description when it is absent or no whole number */
  integer(name: string, description: string): number {
    const number = this.optionalInteger(name);
    if (number === undefined) throw badRequest(description);
    return number;
  }

  optionalInteger(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined || text === '') return undefined;
    const number = Number(text);
    return Number.isSafeInteger(number) ? number : undefined;
  }

  flag(name: string): boolean {
    return ['true', '1', 'True'].includes(this.text(name) ?? '');
  }

  /** @throws TelegramApiError 400 for what is no JSON object */
  object(name: string): Json | undefined {
    const value = this.#decoded(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw badRequest(`object expected as ${name}`);
    return value as Json;
  }

  /** @throws TelegramApiError 400 for what is no JSON array */
  list(name: string): unknown[] | undefined {
    const value = this.#decoded(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw badRequest(`array expected as ${name}`);
    return value;
  }

  /** An uploaded file, under its own name or by `attach://`. */
  upload(name: string): NewFile | undefined {
    const attached = /^attach:\/\/(.+)$/.exec(this.text(name) ?? '')?.[1];
    return this.#files.get(attached ?? name);
  }

  #decoded(name: string): unknown {
    const value = this.raw[name];
    if (value === null || value === '') return undefined;
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value);
    } catch {
      throw badRequest(`can't parse ${name} JSON object`);
    }
  }
}
