import type { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { SlackApiError } from './errors.ts';
import type { Faults } from './faults.ts';
import { uploadedBytes } from './files.ts';
import type { RateLimits } from './rate-limit.ts';
import { parseArguments, readBody } from './request.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { Json, SlackCall, SlackSimEvents } from './types.ts';
import { type Credentials, callMethod } from './web-api/caller.ts';
import type { Api } from './web-api/method.ts';

export interface ServerParts {
  api: Api;
  credentials: Credentials;
  faults: Faults;
  limits: RateLimits;
  responseUrls: ResponseUrls;
  watchers: EventEmitter<SlackSimEvents>;
}

interface Answer {
  status: number;
  body: Json | string;
  headers?: Record<string, string>;
}

const SERVER_ERROR: Answer = { status: 500, body: 'Internal Server Error' };

/** The HTTP side of Slack: Web API, uploads, downloads and response URLs. */
export function createSlackServer(parts: ServerParts): Server {
  return createServer((request, response) => {
    handle(request, response, parts).catch((error: unknown) => {
      if (response.destroyed || request.destroyed) return;
      write(response, { status: 500, body: `the miniature failed: ${error}` });
    });
  });
}

async function handle(request: IncomingMessage, response: ServerResponse, parts: ServerParts): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://slack').pathname;
  const body = await readBody(request);
  const [, area = '', ...rest] = path.split('/');
  const name = rest.join('/');
  if (area === 'files-pri') return write(response, download(request, name, parts));
  const method = area === 'api' ? name : area === 'response' ? 'response_url' : area;
  const token = tokenOf(request);
  const call: SlackCall = { at: parts.api.workspace.ids.now(), method, args: {}, token };
  const run = async (): Promise<Answer> => {
    if (area === 'api') return webApi(call, parts);
    if (area === 'response') return respond(name, call, parts);
    if (area === 'upload') return upload(name, body, request, parts);
    return { status: 404, body: 'not found' };
  };
  try {
    if (area !== 'upload') call.args = parseArguments(request, body);
    const { token: inBody, ...args } = call.args;
    call.args = args;
    if (typeof inBody === 'string') call.token ??= inBody;
    await perform(call, run, response, parts);
  } catch (error) {
    if (!(error instanceof SlackApiError)) throw error;
    write(response, refusal(error, call));
  }
}

/** Runs a call through rate limit and faults, and answers it. */
async function perform(
  call: SlackCall,
  run: () => Promise<Answer>,
  response: ServerResponse,
  parts: ServerParts,
): Promise<void> {
  parts.watchers.emit('call', call);
  const fault = parts.faults.take(call.method);
  if (fault) call.error = fault.kind === 'error' ? (fault.error ?? 'internal_error') : fault.kind;
  if (fault?.kind === 'ratelimited') return write(response, tooMany(fault.retryAfter ?? 1));
  if (fault?.kind === 'error') return write(response, { status: 200, body: { ok: false, error: call.error } });
  if (fault?.kind === 'error500') return write(response, SERVER_ERROR);
  if (fault?.kind === 'drop_before') return void response.destroy();
  const wait = parts.limits.take(call.method);
  if (wait > 0) {
    call.error = 'ratelimited';
    return write(response, tooMany(wait));
  }
  const answer = await run();
  if (!fault) return write(response, answer);
  if (fault.kind === 'error500_after') return write(response, SERVER_ERROR);
  // `timeout_after` never answers; the client gives up, or the server closes.
  if (fault.kind === 'drop_after') response.destroy();
}

function tooMany(seconds: number): Answer {
  return { status: 429, body: { ok: false, error: 'ratelimited' }, headers: { 'retry-after': String(seconds) } };
}

async function webApi(call: SlackCall, parts: ServerParts): Promise<Answer> {
  try {
    const body = callMethod(call.method, call.args, call.token, parts.credentials, parts.api);
    return { status: 200, body, headers: scopeHeaders(parts, call.token) };
  } catch (error) {
    if (!(error instanceof SlackApiError)) throw error;
    return { ...refusal(error, call), headers: scopeHeaders(parts, call.token) };
  }
}

function refusal(error: SlackApiError, call: SlackCall): Answer {
  call.error = error.code;
  return { status: 200, body: { ok: false, error: error.code, ...error.extra } };
}

function scopeHeaders({ credentials }: ServerParts, token: string | undefined): Record<string, string> {
  if (token === credentials.botToken) return { 'x-oauth-scopes': credentials.scopes.join(',') };
  return token === credentials.appToken ? { 'x-oauth-scopes': 'connections:write' } : {};
}

async function respond(id: string, call: SlackCall, parts: ServerParts): Promise<Answer> {
  try {
    parts.responseUrls.use(id, call.args);
    return { status: 200, body: 'ok' };
  } catch (error) {
    if (!(error instanceof SlackApiError)) throw error;
    return { ...refusal(error, call), status: error.code.endsWith('_url') ? 404 : 500 };
  }
}

async function upload(id: string, body: Buffer, request: IncomingMessage, parts: ServerParts): Promise<Answer> {
  const stored = parts.api.workspace.files.get(id);
  if (!stored || stored.complete) return { status: 404, body: 'no such upload' };
  stored.content = await uploadedBytes(body, request.headers['content-type'] ?? '');
  stored.file.size = stored.content.length;
  stored.complete = true;
  return { status: 200, body: `OK - ${stored.content.length}` };
}

/** Private files need the token, else Slack sends its sign-in page. */
function download(request: IncomingMessage, name: string, parts: ServerParts): Answer {
  const id = /^[^/]*-(\w+)\//.exec(name)?.[1] ?? '';
  const stored = parts.api.workspace.files.get(id);
  if (tokenOf(request) !== parts.credentials.botToken) {
    return { status: 200, body: '<!DOCTYPE html><html>sign in</html>', headers: { 'content-type': 'text/html' } };
  }
  if (!stored?.complete) return { status: 404, body: 'not found' };
  return { status: 200, body: stored.content.toString('latin1'), headers: { 'content-type': stored.file.mimetype } };
}

function tokenOf(request: IncomingMessage): string | undefined {
  return /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function write(response: ServerResponse, answer: Answer): void {
  const isText = typeof answer.body === 'string';
  response.writeHead(answer.status, {
    'content-type': isText ? 'text/plain' : 'application/json; charset=utf-8',
    'x-slack-req-id': crypto.randomUUID(),
    ...answer.headers,
  });
  response.end(isText ? Buffer.from(String(answer.body), 'latin1') : JSON.stringify(answer.body));
}
