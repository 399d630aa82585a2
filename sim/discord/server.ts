import type { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { DiscordApiError, refuseStatus } from './errors.ts';
import type { ApiFault, Faults } from './faults.ts';
import { tooMany } from './rate-limit.ts';
import { parseBody, readBody } from './rest/request.ts';
import { type Api, Call, type Reply } from './rest/route.ts';
import { type Found, findRoute } from './rest/router.ts';
import type { DiscordCall, DiscordSimEvents } from './types.ts';

export interface ServerParts {
  /** Comes later: the gateway that the API tells needs this server first. */
  api: () => Api;
  token: string;
  faults: Faults;
  watchers: EventEmitter<DiscordSimEvents>;
}

type Answer = Reply & { headers?: Record<string, string> };

/** The HTTP side of Discord: REST v10 below `/api`, and the attachments. */
export function createDiscordServer(parts: ServerParts): Server {
  return createServer((request, response) => {
    handle(request, response, parts).catch((error: unknown) => {
      if (response.destroyed || request.destroyed) return;
      write(response, { status: 500, body: { message: `the miniature failed: ${error}`, code: 0 } });
    });
  });
}

async function handle(request: IncomingMessage, response: ServerResponse, parts: ServerParts): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://discord');
  if (url.pathname.startsWith('/attachments/')) return download(url, response, parts.api());
  const path = url.pathname.replace(/^\/api(\/v\d+)?/, '');
  const method = request.method ?? 'GET';
  const found = findRoute(method, path);
  const at = parts.api().world.now();
  const call: DiscordCall = { at, route: found?.name ?? `${method} ?`, path, body: {}, files: [] };
  const headers: Record<string, string> = {};
  try {
    const bytes = await readBody(request);
    const parsed = await parseBody(request.headers['content-type'] ?? '', bytes);
    call.body = parsed.body;
    call.files = parsed.files.map(({ filename }) => filename);
    const run = (): Reply => {
      if (!found) throw refuseStatus(404, 'Not Found');
      const api = parts.api();
      api.threads.archiveStale();
      if (!found.params.token && request.headers.authorization !== `Bot ${parts.token}`) {
        throw refuseStatus(401, 'Unauthorized');
      }
      Object.assign(headers, api.limits.take(found.name, majorOf(found)));
      return found.handler(new Call(found.params, url.searchParams, parsed), api);
    };
    await perform(call, `${method} ${path}`, run, response, headers, parts);
  } catch (error) {
    if (!(error instanceof DiscordApiError)) throw error;
    finish(response, call, refusal(error), headers);
  }
}

/** Runs a call through the faults, and answers it. */
async function perform(
  call: DiscordCall,
  path: string,
  run: () => Reply,
  response: ServerResponse,
  headers: Record<string, string>,
  { faults, watchers }: ServerParts,
): Promise<void> {
  watchers.emit('call', call);
  const fault = faults.take(call.route, path);
  if (!fault) return finish(response, call, outcome(run), headers);
  call.fault = fault.kind;
  const before = instead(fault);
  if (before) return finish(response, call, before, headers);
  if (fault.kind === 'drop_before') return void response.destroy();
  // `timeout` kinds never answer; the client gives up, or the server closes.
  if (fault.kind === 'timeout') return;
  const answer = outcome(run);
  call.status = answer.status;
  if (fault.kind === 'drop_after') response.destroy();
  if (fault.kind === 'error500_after')
    write(response, { status: 500, body: { message: '500: Internal Server Error', code: 0 } });
}

/** The answer of a fault that comes in place of the effect. */
function instead({ kind, retryAfter = 1, isGlobal = false }: ApiFault): Answer | undefined {
  if (kind === 'ratelimited') {
    const scope = isGlobal ? 'global' : 'user';
    const flags: Record<string, string> = isGlobal ? { 'x-ratelimit-global': 'true' } : {};
    return refusal(tooMany(retryAfter, { 'x-ratelimit-scope': scope, ...flags }));
  }
  if (kind === 'error500') return { status: 500, body: { message: '500: Internal Server Error', code: 0 } };
  if (kind === 'error502') return { status: 502, body: { message: '502: Bad Gateway', code: 0 } };
  return undefined;
}

function outcome(run: () => Reply): Answer {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof DiscordApiError)) throw error;
    return refusal(error);
  }
}

function refusal({ status, body, headers }: DiscordApiError): Answer {
  return { status, body, headers };
}

function finish(response: ServerResponse, call: DiscordCall, answer: Answer, headers: Record<string, string>): void {
  call.status = answer.status;
  const { body } = answer;
  if (answer.status >= 400 && typeof body === 'object' && body !== null && 'code' in body)
    call.code = Number(body.code);
  write(response, { ...answer, headers: { ...headers, ...answer.headers } });
}

/** What a bucket is counted by: channel, guild, or webhook. */
function majorOf({ params }: Found): string {
  return params.channel ?? params.guild ?? params.token ?? '';
}

/** Attachments need no token but a link that is not older than 24 hours. */
function download(url: URL, response: ServerResponse, { world }: Api): void {
  const [, , channelId, id] = url.pathname.split('/');
  const attachment = world.attachments.get(id ?? '');
  const expires = Number.parseInt(url.searchParams.get('ex') ?? '0', 16) * 1000;
  if (!attachment || attachment.channelId !== channelId || expires < world.now()) {
    response.writeHead(404, { 'content-type': 'text/plain' });
    return void response.end('This content is no longer available.');
  }
  response.writeHead(200, { 'content-type': attachment.contentType });
  response.end(attachment.content);
}

function write(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  // A 204 with a content type makes clients parse the body that it has not.
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { ...type, ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
